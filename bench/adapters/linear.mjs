// Linear attention, over all keys, on the GPU.
import { onGpu, openGpu } from '../ours.mjs';

export const name = 'linear attention, over all keys';
export const device = 'gpu';
export const linear = 'all';
export const open = openGpu;
export const prepare = onGpu('linear_attention');
