// Attention by its definition in three dispatches: what every GPU contender is measured against.
import { onGpu, openGpu } from '../ours.mjs';

export const name = 'plain three kernels';
export const device = 'gpu';
export const open = openGpu;
export const prepare = onGpu('plain_attention');
