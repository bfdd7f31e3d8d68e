// Our own methods for the adapters: the wasm of bench/page.rs behind the interface of README.md.
import init, { OnCpu, exact, exact_linear, inputs, multiply_adds, on_gpu, open_gpu } from './ours/bench.js';

let loading;
/** Loads the wasm once. */
export const ready = () => (loading ??= init());
export { OnCpu, exact, exact_linear, inputs, multiply_adds };

/** Opens the device, once for all kernels. */
export async function openGpu() {
  await ready();
  await open_gpu();
}

/** A GPU kernel; without a variant, the one that the page would take on this adapter. */
export function onGpu(kernel, variant) {
  return async ({ q, k, v, n, d }) => {
    await ready();
    const prepared = await on_gpu(kernel, variant, [q, k, v], n, d);
    let output;
    return {
      async run() { output = prepared.run(); },
      read: () => output,
      dispose: () => prepared.free(),
    };
  };
}

/** A method of the CPU path, at one go. */
export function onCpu(method) {
  return async ({ q, k, v, n, d }) => {
    await ready();
    const prepared = new OnCpu(method, [q, k, v], n, d);
    return {
      async run() {
        prepared.start();
        while (prepared.step());
      },
      read: async () => prepared.read(),
      dispose: () => prepared.free(),
    };
  };
}
