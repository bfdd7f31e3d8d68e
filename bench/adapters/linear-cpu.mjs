// Linear attention, over all keys, on the CPU.
import { onCpu, ready } from '../ours.mjs';

export const name = 'linear, over all keys, CPU path';
export const device = 'cpu';
export const linear = 'all';
export const open = ready;
export const prepare = onCpu('linear_attention');
