// Sizes on the wire (kB = 1000 bytes, gzip), layout shift, and the time a step takes. The figures are printed with every run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import zlib from 'node:zlib';
import { DIST, start } from './browser.mjs';
import { CHAPTERS, FIGURES, LANGS, ROUTES, address } from './site.mjs';

const site = await start();
after(() => site.close());

const BUDGET = { visit: 500_000, prose: 60_000, wasm: 350_000, figureData: 300_000, shift: 0.02, stepMillis: 16 };
const kB = bytes => `${(bytes / 1000).toFixed(1)} kB`;
const gzip = file => zlib.gzipSync(fs.readFileSync(file), { level: 9 }).length;

test('one wasm file, small enough', context => {
  const files = fs.readdirSync(DIST).filter(name => name.endsWith('.wasm'));
  assert.equal(files.length, 1, files.join(', '));
  const bytes = gzip(path.join(DIST, files[0]));
  context.diagnostic(`wasm ${kB(bytes)} gzip of ${kB(BUDGET.wasm)}`);
  assert.ok(bytes <= BUDGET.wasm, kB(bytes));
});

test('no data file is larger than a figure may load', context => {
  const data = path.join(DIST, 'data');
  const sizes = fs.readdirSync(data, { recursive: true }).map(name => path.join(data, name)).filter(file => fs.statSync(file).isFile())
    .map(file => ({ file: path.relative(DIST, file), bytes: gzip(file) })).sort((a, b) => b.bytes - a.bytes);
  context.diagnostic(`${sizes.length} data files, the largest ${sizes[0].file} ${kB(sizes[0].bytes)}`);
  assert.deepEqual(sizes.filter(({ bytes }) => bytes > BUDGET.figureData), []);
});

/** Everything a first visit loads without a click: address and bytes on the wire. */
async function firstVisit(path) {
  const loaded = [];
  const page = await site.visit(path, {
    before: async page => {
      const client = await page.context().newCDPSession(page);
      await client.send('Network.enable');
      const urls = new Map();
      client.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
      client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => loaded.push({ url: urls.get(requestId), bytes: encodedDataLength }));
    },
  });
  await page.page.waitForLoadState('networkidle');
  const optionalFonts = await page.page.evaluate(() => {
    const preloaded = [...document.querySelectorAll('link[rel="preload"][as="font"]')].map(link => link.href);
    return [...document.styleSheets].flatMap(sheet => [...sheet.cssRules].map(rule => ({ rule, base: sheet.href ?? location.href })))
      .filter(({ rule }) => rule instanceof CSSFontFaceRule && ['swap', 'optional', 'fallback'].includes(rule.style.getPropertyValue('font-display')))
      .flatMap(({ rule, base }) => [...rule.style.getPropertyValue('src').matchAll(/url\("?([^")]+)"?\)/g)].map(([, url]) => new URL(url, base).href))
      .filter(url => !preloaded.includes(url));
  });
  page.assertClean();
  const files = loaded.filter(({ url }) => url?.startsWith('http')).map(({ url, bytes }) => ({ name: url.slice(page.root.length), url, bytes }));
  await page.close();
  return { files, optionalFonts };
}

for (const route of ROUTES) {
  test(`${route} is light`, async context => {
    const { files, optionalFonts } = await firstVisit(route);
    const wasm = files.find(({ name }) => name.endsWith('.wasm'));
    assert.ok(wasm, 'no wasm was loaded');
    const stem = wasm.name.replace(/(_bg)?\.wasm$/, '');
    const isLater = ({ name, url }) => name.startsWith(stem) || name.startsWith('data/') || /favicon|icon/.test(name) || optionalFonts.includes(url);
    const sum = list => list.reduce((total, { bytes }) => total + bytes, 0);
    const [visit, prose] = [sum(files), sum(files.filter(file => !isLater(file)))];
    context.diagnostic(`first visit ${kB(visit)} of ${kB(BUDGET.visit)}, before the prose is readable ${kB(prose)} of ${kB(BUDGET.prose)}`);
    for (const { name, bytes } of files) context.diagnostic(`  ${name || 'document'} ${kB(bytes)}`);
    const urls = files.map(({ url }) => url);
    assert.deepEqual(urls.filter((url, idx) => urls.indexOf(url) !== idx), [], 'a file is asked for twice');
    assert.ok(visit <= BUDGET.visit, `first visit ${kB(visit)}`);
    assert.ok(prose <= BUDGET.prose, `before the prose is readable ${kB(prose)}`);
  });

  for (const width of [360, 1440]) {
    test(`${route} does not jump at ${width} px`, async context => {
      const page = await site.visit(route, {
        viewport: { width, height: 900 },
        init: [() => {
          window.__shifts = [];
          new PerformanceObserver(list => {
            for (const entry of list.getEntries()) {
              const of = entry.sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
              if (!entry.hadRecentInput) window.__shifts.push({ value: entry.value, of: String(of) });
            }
          }).observe({ type: 'layout-shift', buffered: true });
        }],
      });
      await page.page.waitForLoadState('networkidle');
      await page.settle();
      const shifts = await page.page.evaluate(() => window.__shifts);
      const total = shifts.reduce((sum, { value }) => sum + value, 0);
      context.diagnostic(`layout shift ${total.toFixed(4)} of ${BUDGET.shift}`);
      assert.ok(total <= BUDGET.shift, JSON.stringify(shifts));
      await page.close();
    });
  }
}

/** Milliseconds from a press of *forward* until effects and layout are done, step by step. */
function measureSteps({ id, most }) {
  const figure = document.querySelector(`figure[id="${id}"]`);
  const button = figure.querySelector('[data-action="forward"]');
  // Effects run as microtasks of the click; a whole turn of the event loop would also count the painting of the frame before.
  const turn = async () => { for (let n = 0; n < 8; n += 1) await null; };
  const frame = () => new Promise(done => requestAnimationFrame(done));
  return (async () => {
    const millis = [];
    for (let n = 0; n < most && Number(figure.dataset.step) < Number(figure.dataset.lastStep); n += 1) {
      const before = figure.dataset.step;
      const start = performance.now();
      button.click();
      await turn();
      figure.getBoundingClientRect();
      document.body.getBoundingClientRect();
      millis.push(performance.now() - start);
      if (figure.dataset.step === before) throw new Error(`step ${before} was not left within one turn`);
      await frame();
    }
    return millis;
  })();
}

for (const { slug, id } of FIGURES) {
  for (const width of [360, 1440]) {
    test(`${slug} ${id}: a step is drawn in time at ${width} px`, async context => {
      const page = await site.visit(address('en', slug, { fig: id, step: 0 }), { viewport: { width, height: 1000 } });
      if (await page.figure(id).last() === 0) return page.close();
      const millis = (await page.page.evaluate(measureSteps, { id, most: 200 })).sort((a, b) => a - b);
      const at = share => millis[Math.min(millis.length - 1, Math.floor(share * millis.length))];
      context.diagnostic(`${millis.length} steps: median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, most ${at(1).toFixed(1)} ms`);
      assert.ok(millis.length > 0 && at(0.5) < BUDGET.stepMillis, `median ${at(0.5).toFixed(1)} ms`);
      page.assertClean();
      await page.close();
    });
  }
}

test('every chapter has both languages', () => {
  for (const { slug } of CHAPTERS) for (const lang of LANGS) assert.ok(fs.existsSync(path.join(DIST, lang, slug, 'index.html')), `${lang}/${slug}`);
});
