// Flash attention as the page runs it: the variant that this adapter gets, on SwiftShader the rolled one.
import { onGpu, openGpu } from '../ours.mjs';

export const name = 'flash attention, chosen';
export const device = 'gpu';
export const open = openGpu;
export const prepare = onGpu('flash_attention');
