// jax-js (npm @jax-js/jax) in WebAssembly, on one thread: a static site has no more.
import { onJax, openJax } from '../jax.mjs';

export const name = 'jax-js, wasm';
export const device = 'cpu';
export const open = () => openJax('wasm');
export const prepare = onJax('wasm');
