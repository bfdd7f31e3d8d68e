// The three steps on the CPU, with the table of scores in memory.
import { onCpu, ready } from '../ours.mjs';

export const name = 'plain, CPU path';
export const device = 'cpu';
export const open = ready;
export const prepare = onCpu('plain_attention');
