// Drives the browser benchmark: rounds in which the contenders take turns, a table on stdout, everything in JSON.
// usage: run.mjs FOLDER JSON [--quick] [--only id,id] [--sizes n,n]    (scripts/bench calls it)
import fs from 'node:fs';
import os from 'node:os';
import { chromium } from 'playwright-core';
import { serve } from '../scripts/static-server.mjs';
import { cpuMs } from './cpu.mjs';
import { report } from './report.mjs';

const [folder, json, ...options] = process.argv.slice(2);
const quick = options.includes('--quick');
const list = option => (options.includes(option) ? options[options.indexOf(option) + 1].split(',') : null);
const only = list('--only');
const D = 64;
const SIZES = list('--sizes')?.map(Number) ?? (quick ? [256, 1024] : [256, 512, 1024, 2048]);
const ROUNDS = quick ? 3 : 7;
/** CPU time that a contender's turn takes at least, if one run takes less. */
const TURN_MS = quick ? 120 : 250;
const COLD = { n: 512, times: quick ? 1 : 5 };
/** Of the two products: by their definition, or with the bracket moved (over all keys; causal does more). */
const FLOPS = (n, linear) => 4 * n * D * (linear ? D : n);
const PROBE = { calls: 100, turns: 200_000, flops: 112 };

const EXECUTABLE = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path => path && fs.existsSync(path));
if (!EXECUTABLE) throw new Error('no Chromium: install the package chromium, or name one in CHROMIUM');

const server = await serve(folder);

/** A browser with a fresh profile, WebGPU on SwiftShader, and the page in it. */
async function open() {
  const browserServer = await chromium.launchServer({
    executablePath: EXECUTABLE,
    ignoreDefaultArgs: ['--headless', '--enable-unsafe-swiftshader', '--disable-gpu'],
    args: [
      '--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader',
    ],
  });
  const browser = await chromium.connect(browserServer.wsEndpoint());
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on('request', request => {
    if (!request.url().startsWith(server.address) && !request.url().startsWith('blob:')) {
      console.error(`foreign request: ${request.url()}`);
      process.exitCode = 1;
    }
  });
  page.on('console', message => message.type() === 'error' && console.error(`page: ${message.text()}`));
  await page.goto(server.address);
  await page.waitForFunction(() => window.bench);
  return { page, pid: browserServer.process().pid, close: () => browserServer.close() };
}

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const summary = list => ({ median: median(list), least: Math.min(...list), most: Math.max(...list) });

/** CPU ms and wall ms of one call in the page, each divided by `count`. */
async function timed({ page, pid }, count, call, argument) {
  const [cpu, wall] = [cpuMs(pid), performance.now()];
  await page.evaluate(call, argument);
  return { cpu: (cpuMs(pid) - cpu) / count, wall: (performance.now() - wall) / count };
}

/** How many runs make a turn: so many that what the request costs does not count. Meanwhile optimised code takes over. */
async function turn(browser, id) {
  for (let count = 1; ; count *= 2) {
    const { cpu } = await timed(browser, count, ([id, count]) => window.bench.runs(id, count), [id, count]);
    if (cpu * count >= TURN_MS / 2) return Math.ceil(TURN_MS / cpu);
  }
}

async function size(browser, ids, n) {
  const contenders = [];
  for (const id of ids) {
    const { took, ...facts } = await browser.page.evaluate(([id, n, d]) => window.bench.prepare(id, n, d), [id, n, D]);
    const count = await turn(browser, id);
    contenders.push({ id, ...facts, firstMs: took[0], compileMs: Math.max(0, took[0] - took[1]), count, cpu: [], wall: [] });
  }
  const limit = [];
  await browser.page.evaluate(([calls, turns]) => window.bench.multiplyAdds(calls, turns), [PROBE.calls, PROBE.turns]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const { cpu, wall } = await timed(browser, contender.count, ([id, count]) => window.bench.runs(id, count), [contender.id, contender.count]);
      contender.cpu.push(cpu);
      contender.wall.push(wall);
    }
    const { cpu } = await timed(browser, 1, ([calls, turns]) => window.bench.multiplyAdds(calls, turns), [PROBE.calls, PROBE.turns]);
    limit.push((PROBE.calls * PROBE.turns * PROBE.flops) / cpu / 1e6);
  }
  await browser.page.evaluate(() => window.bench.dispose());
  const results = contenders.map(({ cpu, wall, ...facts }) => ({
    ...facts, n, cpuMs: summary(cpu), wallMs: summary(wall), gflops: FLOPS(n, facts.linear) / median(cpu) / 1e6,
  }));
  return { n, results, limitGflops: summary(limit) };
}

async function cold(ids) {
  const results = {};
  for (let time = 0; time < COLD.times; time++) {
    for (const id of ids) {
      const browser = await open();
      // The page is open already: another address in the fresh browser is what is timed.
      const before = cpuMs(browser.pid);
      await browser.page.goto(`${server.address}?cold`);
      await browser.page.waitForFunction(() => window.bench);
      const wall = await browser.page.evaluate(([id, n, d]) => window.bench.cold(id, n, d), [id, COLD.n, D]);
      (results[id] ??= []).push({ wall, cpu: cpuMs(browser.pid) - before });
      await browser.close();
    }
  }
  const of = (list, clock) => summary(list.map(time => time[clock]));
  return Object.fromEntries(Object.entries(results).map(([id, list]) => [id, { wallMs: of(list, 'wall'), cpuMs: of(list, 'cpu') }]));
}

const ids = fs.readdirSync(`${folder}/adapters`).filter(file => file.endsWith('.mjs')).map(file => file.slice(0, -4));
const chosen = ids.filter(id => !only || only.includes(id));
const browser = await open();
// The first size twice: the first seconds of a browser are not like the rest. What was compiled then counts.
const opening = await size(browser, chosen, SIZES[0]);
const sizes = [await size(browser, chosen, SIZES[0])];
sizes[0].results.forEach((result, nth) => (result.compileMs = opening.results[nth].compileMs));
for (const n of SIZES.slice(1)) sizes.push(await size(browser, chosen, n));
const sliceMs = await browser.page.evaluate(([n, d]) => window.bench.slices(n, d), [SIZES.at(-1), D]);
await browser.close();
const result = {
  date: new Date().toISOString(), cpu: os.cpus()[0].model.trim(), cores: os.cpus().length, d: D, rounds: ROUNDS, quick, sizes,
  sliceMs, cold: { n: COLD.n, times: COLD.times, contenders: await cold(chosen) },
};
await server.close();
fs.writeFileSync(json, `${JSON.stringify(result, null, 1)}\n`);
console.log(report(result));
