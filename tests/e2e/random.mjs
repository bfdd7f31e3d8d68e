// Seeded random states. The seed is printed with every use; SEED=<n> repeats a run.
export const SEED = Number(process.env.SEED ?? 20220527);

/** mulberry32: a stream of numbers in [0, 1). */
export function stream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `n` states of `tiles`: real heads and generated matrices, block sizes that divide and that do not, masks, both loop orders. */
export function tilesStates(n, seed = SEED) {
  const next = stream(seed);
  const int = (low, high) => low + Math.floor(next() * (high - low + 1));
  const pick = list => list[int(0, list.length - 1)];
  return Array.from({ length: n }, (_, idx) => {
    const common = {
      fig: 'tiles', br: int(1, 7), bc: int(1, 7), mask: pick(['none', 'causal', 'causal-top-left']), order: pick(['fa1', 'fa2']),
    };
    const source = idx % 2 === 0
      // A causal mask goes by position, so reversed keys stand without one.
      ? { source: 'head', layer: int(0, 5), head: int(0, 11), ...(common.mask === 'none' && { keys: pick(['given', 'reversed']) }) }
      : { source: 'random', n: int(2, 14), m: int(2, 14), d: int(2, 8), seed: int(1, 9999) };
    return { query: { ...source, ...common }, at: next() };
  });
}
