// The page that run.mjs drives: it holds the contenders and runs them, the clock and the table are run.mjs'.
const SEED = 7;
/** Query rows whose output is checked: all up to this many, else so many at equal distances. */
const CHECKED = 256;

const prepared = new Map();
let made;

/** Seeded inputs of one size; the last size is kept. */
async function inputsOf(n, d) {
  if (made?.n === n && made.d === d) return made;
  const { inputs, ready } = await import('./ours.mjs');
  await ready();
  const all = inputs(n, d, SEED);
  const [q, k, v] = [0, 1, 2].map(part => all.slice(part * n * d, (part + 1) * n * d));
  return (made = { q, k, v, n, d, exact: {} });
}

/** In f64 what the contender computes, of some rows: softmax attention, or linear attention over `all` keys or `causal`. */
async function exactOf(linear, some, rows, { k, v, d }) {
  const { exact, exact_linear } = await import('./ours.mjs');
  return linear ? exact_linear(some, Uint32Array.from(rows), k, v, d, linear === 'causal') : exact(some, k, v, d);
}

/** max |o - exact| over the checked rows; NaN counts as infinite. */
async function errorOf(output, linear, inputs) {
  const { q, n, d } = inputs;
  if (output.length !== n * d) throw new Error(`${output.length} numbers instead of ${n} x ${d}`);
  const stride = Math.max(1, Math.floor(n / CHECKED));
  const rows = Array.from({ length: Math.ceil(n / stride) }, (_, nth) => nth * stride);
  const some = new Float32Array(rows.length * d);
  rows.forEach((row, nth) => some.set(q.subarray(row * d, (row + 1) * d), nth * d));
  const exact = (made.exact[linear ?? 'softmax'] ??= await exactOf(linear, some, rows, inputs));
  let worst = 0;
  rows.forEach((row, nth) => {
    for (let c = 0; c < d; c++) {
      const error = Math.abs(output[row * d + c] - exact[nth * d + c]);
      worst = error <= worst ? worst : Number.isNaN(error) ? Infinity : error;
    }
  });
  return worst;
}

async function once(contender) {
  await contender.run();
  return contender.read();
}

window.bench = {
  /** From opened device to first output, in ms, twice: what the second does not pay is compiling. Then the error. */
  async prepare(id, n, d) {
    const inputs = await inputsOf(n, d);
    const adapter = await import(`./adapters/${id}.mjs`);
    await adapter.open?.();
    const took = [];
    let contender, output;
    for (const _ of ['first', 'second']) {
      contender?.dispose();
      const from = performance.now();
      contender = await adapter.prepare(inputs);
      output = await once(contender);
      took.push(performance.now() - from);
    }
    prepared.set(id, contender);
    const error = await errorOf(output, adapter.linear, inputs);
    return { name: adapter.name, device: adapter.device, linear: Boolean(adapter.linear), took, error };
  },
  /** So many runs with their readback; ms each. */
  async runs(id, count) {
    const contender = prepared.get(id);
    const from = performance.now();
    for (let nth = 0; nth < count; nth++) await once(contender);
    return (performance.now() - from) / count;
  },
  dispose() {
    for (const contender of prepared.values()) contender.dispose();
    prepared.clear();
  },
  /** ms of the opening of the page to the first output. */
  async cold(id, n, d) {
    const adapter = await import(`./adapters/${id}.mjs`);
    // Inputs without our wasm, which a peer would not load.
    const wave = phase => Float32Array.from({ length: n * d }, (_, i) => Math.sin(phase + 0.37 * i));
    const contender = await adapter.prepare({ q: wave(0), k: wave(1), v: wave(2), n, d });
    const output = await once(contender);
    if (!output.every(Number.isFinite)) throw new Error(`${adapter.name}: not finite`);
    return performance.now();
  },
  /** The limit probe: 112 floating-point operations a turn, in calls short enough for the optimised code to take over. */
  async multiplyAdds(calls, turns) {
    const { multiply_adds, ready } = await import('./ours.mjs');
    await ready();
    for (let call = 0; call < calls; call++) multiply_adds(turns, 0.999, 0.001);
  },
  /** How long the slices of the CPU path keep the main thread: median and longest of a run, in ms. */
  async slices(n, d) {
    const { OnCpu } = await import('./ours.mjs');
    const { q, k, v } = await inputsOf(n, d);
    const run = new OnCpu('flash_attention', [q, k, v], n, d);
    run.start();
    const took = [];
    let more = true;
    while (more) {
      const from = performance.now();
      more = run.step();
      took.push(performance.now() - from);
    }
    run.free();
    took.sort((a, b) => a - b);
    return { median: took[took.length >> 1], most: took.at(-1) };
  },
};
window.dispatchEvent(new Event('bench'));
