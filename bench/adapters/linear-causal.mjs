// Linear attention, causal, chunk by chunk, on the GPU.
import { onGpu, openGpu } from '../ours.mjs';

export const name = 'linear attention, causal';
export const device = 'gpu';
export const linear = 'causal';
export const open = openGpu;
export const prepare = onGpu('linear_attention_causal');
