// jax-js (npm @jax-js/jax) on WebGPU.
import { onJax, openJax } from '../jax.mjs';

export const name = 'jax-js, WebGPU';
export const device = 'gpu';
export const open = () => openJax('webgpu');
export const prepare = onJax('webgpu');
