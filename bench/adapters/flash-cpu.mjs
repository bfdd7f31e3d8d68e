// Flash attention on the CPU, as the lab runs it where there is no GPU.
import { onCpu, ready } from '../ours.mjs';

export const name = 'flash, CPU path';
export const device = 'cpu';
export const open = ready;
export const prepare = onCpu('flash_attention');
