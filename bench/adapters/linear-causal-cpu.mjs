// Linear attention, causal, chunk by chunk, on the CPU.
import { onCpu, ready } from '../ours.mjs';

export const name = 'linear, causal, CPU path';
export const device = 'cpu';
export const linear = 'causal';
export const open = ready;
export const prepare = onCpu('linear_attention_causal');
