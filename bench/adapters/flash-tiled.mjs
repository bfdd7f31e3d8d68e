// Flash attention from workgroup memory: the variant that real GPUs get.
import { onGpu, openGpu } from '../ours.mjs';

export const name = 'flash attention, tiled';
export const device = 'gpu';
export const open = openGpu;
export const prepare = onGpu('flash_attention', 'tiled');
