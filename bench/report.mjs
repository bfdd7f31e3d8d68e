// The benchmark's table as text.
/** What the others are compared with: the first that ran. */
const BASES = { gpu: ['plain', 'flash'], cpu: ['plain-cpu', 'flash-cpu'] };

const pad = (cells, widths) => cells.map((cell, nth) => (nth === 0 ? cell.padEnd(widths[nth]) : cell.padStart(widths[nth]))).join('  ').trimEnd();

function table(rows) {
  const widths = rows[0].map((_, nth) => Math.max(...rows.map(row => row[nth].length)));
  return rows.map(row => pad(row, widths)).join('\n');
}

const short = ms => (ms >= 100 ? ms.toFixed(0) : ms.toFixed(1));
const spread = ({ least, most }) => `${short(least)}..${short(most)}`;

/** The last column but one: of the limit on the CPU; on the GPU what compiling took, at the first size, where a run is short beside it. */
function sizeTable({ n, results, limitGflops }, device, isFirst) {
  const some = results.filter(result => result.device === device);
  if (some.length === 0) return '';
  const base = BASES[device].map(id => some.find(result => result.id === id)).find(Boolean);
  const rows = some.map(result => [
    result.name, short(result.cpuMs.median), spread(result.cpuMs), short(result.wallMs.median),
    base ? (base.cpuMs.median / result.cpuMs.median).toFixed(2) : '-', result.gflops.toFixed(1),
    ...(device === 'cpu' ? [`${((100 * result.gflops) / limitGflops.median).toFixed(0)} %`] : isFirst ? [short(result.compileMs)] : []),
    result.error.toExponential(1),
  ]);
  const last = device === 'cpu' ? ['of limit'] : isFirst ? ['compile ms'] : [];
  return table([[`n = ${n}, ${device}`, 'CPU ms', 'spread', 'wall ms', base ? `x ${base.id.replace('-cpu', '')}` : '-', 'GFLOP/s', ...last, 'max error'], ...rows]);
}

/** All of it. */
export function report({ cpu, cores, d, rounds, sizes, sliceMs, cold }) {
  const names = Object.fromEntries(sizes[0].results.map(result => [result.id, result.name]));
  const limits = sizes.map(({ n, limitGflops }) => `${limitGflops.median.toFixed(1)} (n = ${n})`).join(', ');
  return [
    `${cpu}, ${cores} cores; d = ${d}, f32, not masked; ${rounds} rounds, contenders taking turns`,
    'CPU ms: processor time of the whole browser for one run and its readback, median; spread: least to most',
    ...sizes.flatMap((size, nth) => [sizeTable(size, 'gpu', nth === 0), sizeTable(size, 'cpu', nth === 0)]).filter(Boolean),
    `limit of WebAssembly SIMD on one thread, GFLOP/s: ${limits}`,
    `slices of the CPU path: ${sliceMs.median.toFixed(1)} ms, the longest ${sliceMs.most.toFixed(1)} ms (wall)`,
    table([
      [`cold start, n = ${cold.n}, ${cold.times} times`, 'wall ms', 'spread', 'CPU ms', 'spread'],
      ...Object.entries(cold.contenders).map(([id, { wallMs, cpuMs }]) => [names[id], ...[wallMs, cpuMs].flatMap(ms => [short(ms.median), spread(ms)])]),
    ]),
  ].join('\n\n');
}
