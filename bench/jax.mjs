// jax-js for its adapters: one compiled function, inputs resident.

let library;

/** Loads the library and opens a device: `webgpu` or `wasm`. */
export async function openJax(device) {
  library ??= await import('./peers/jax/index.js');
  await library.init(device);
  return library;
}

/** Attention on that device. */
export function onJax(device) {
  return async ({ q, k, v, n, d }) => {
    const { defaultDevice, jit, nn, numpy: np } = await openJax(device);
    defaultDevice(device);
    const [qs, ks, vs] = [q, k, v].map(x => np.array(x, { device }).reshape([n, d]));
    await Promise.all([qs, ks, vs].map(x => x.blockUntilReady()));
    const scale = 1 / Math.sqrt(d);
    const attention = jit((q, k, v) => np.matmul(nn.softmax(np.matmul(q, np.transpose(k)).mul(scale), -1), v));
    let output;
    return {
      async run() { output = attention(qs.ref, ks.ref, vs.ref); },
      read: () => output.data(),
      dispose() {
        for (const x of [qs, ks, vs]) x.dispose();
        attention.dispose?.();
      },
    };
  };
}
