// The lab: measures on request, says with which clock, never holds the page up, can be stopped, survives what a device does.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BACKEND, keepDevices, start } from './browser.mjs';
import { address } from './site.mjs';

const site = await start();
after(() => site.close());

const MINUTES = 240_000;
const SLUG = 'flash-attention';
const lab = query => address('en', SLUG, { fig: 'lab', ...query });

/** Notes every task that held the page up for more than 50 ms. */
const noteLongTasks = () => {
  window.__long = [];
  new PerformanceObserver(list => window.__long.push(...list.getEntries().map(entry => entry.duration))).observe({ type: 'longtask' });
};

async function finished(page) {
  await page.page.waitForFunction(() => document.querySelector('#lab [data-action="run"]'), null, { timeout: MINUTES });
}

/** Rows of the table as objects. */
async function rows(figure) {
  const [head, ...body] = await figure.table();
  return body.map(cells => Object.fromEntries(cells.map((cell, idx) => [head[idx], cell])));
}

const measured = row => Number(row['median ms']) > 0;

test('it measures both methods, and says how', async context => {
  const page = await site.visit(lab({ n: 512 }));
  const figure = page.figure('lab');
  assert.equal(await figure.last(), 0);
  assert.equal((await rows(figure)).filter(measured).length, 0, 'something is measured before anybody asked');
  await figure.press('run');
  await finished(page);
  const all = await rows(figure);
  assert.deepEqual([...new Set(all.map(row => row.n))], ['128', '256', '512']);
  for (const row of all) {
    const runs = BACKEND === 'gpu' || row.method.endsWith('CPU');
    assert.equal(measured(row), runs, JSON.stringify(row));
    if (!runs) assert.equal(row.note, 'no GPU');
    if (!runs) continue;
    const [median, low, high] = ['median ms', 'fastest', 'slowest'].map(name => Number(row[name]));
    assert.ok(low <= median && median <= high, JSON.stringify(row));
    assert.ok(Number(row['vs f64']) <= 1e-6, JSON.stringify(row));
    assert.match(row.note, row.method.endsWith('CPU') ? /clock around the slices/ : /timestamps|until the GPU was done/);
  }
  const extra = (method, n) => Number(all.find(row => row.method === method && row.n === String(n))?.['extra bytes']);
  assert.ok(extra('standard, CPU', 512) >= 4 * 512 * 512);
  assert.ok(extra('FlashAttention, CPU', 512) <= 64 * 1024);
  if (BACKEND === 'gpu') {
    assert.equal(extra('standard, GPU', 512), 4 * 512 * 512);
    assert.equal(extra('FlashAttention, GPU', 512), 4 * 512);
    const agreement = await figure.agreement();
    assert.ok(agreement > 0 && agreement < 5e-6, `${agreement}: two programs on two devices never agree to the last bit`);
  }
  assert.ok(await figure.residual() > 0 && await figure.residual() <= 1e-6);
  assert.match(await figure.caption(), /^n\s=\s512, on (the CPU|a GPU that the CPU imitates)/);
  context.diagnostic(await figure.caption());
  page.assertClean();
  await page.close();
});

for (const [slug, query] of [[SLUG, { n: 2048 }], ['linear-attention', { n: 2048 }], ['performer', { n: 2048 }], ['performer', { n: 1024, m: 1024 }]]) {
  test(`${slug} ${JSON.stringify(query)}: on the processor no task holds the page up for more than 50 ms`, async context => {
    const page = await site.visit(address('en', slug, { fig: 'lab', ...query, backend: 'cpu' }), { init: [noteLongTasks] });
    await page.page.evaluate(() => { window.__long.length = 0; });
    await page.figure('lab').press('run');
    await finished(page);
    const long = await page.page.evaluate(() => window.__long);
    const worst = (await rows(page.figure('lab'))).filter(measured).map(row => `${row.method} ${row.n}: ${row['median ms']}`).slice(-2);
    context.diagnostic(`${long.length} tasks over 50 ms ${JSON.stringify(long)}; ${worst.join(', ')}`);
    assert.deepEqual(long, []);
    await page.close();
  });
}

for (const [slug, query, most] of [['linear-attention', { n: 512 }, 1e-5], ['linear-attention', { n: 512, mask: 'causal', d: 32 }, 1e-5], ['performer', { n: 1024, m: 64 }, 1e-3]]) {
  test(`${slug} ${JSON.stringify(query)}: what can run is measured, and is right`, async context => {
    const page = await site.visit(address('zh', slug, { fig: 'lab', ...query }));
    const figure = page.figure('lab');
    assert.equal(await figure.field('n').inputValue(), String(query.n), 'the list shows what the address asks for');
    await figure.press('run');
    await finished(page);
    const [head, ...body] = await figure.table();
    const [method, median, error] = [0, head.indexOf('中位数 ms'), head.indexOf('对照 f64')];
    for (const row of body) {
      const runs = BACKEND === 'gpu' || row[method].includes('CPU');
      assert.equal(Number(row[median]) > 0, runs, row.join(' | '));
      if (runs) assert.ok(Number(row[error]) <= most, row.join(' | '));
    }
    context.diagnostic(await figure.caption());
    page.assertClean();
    await page.close();
  });
}

test('counts of the longest length do not wrap around where sizes have 32 bits', async () => {
  const page = await site.visit(address('en', 'linear-attention', { fig: 'lab', n: 16384 }));
  const cell = page.figure('lab').root.locator('[data-cell="softmax:16384"]');
  await cell.waitFor({ state: 'attached' });
  assert.match(await cell.getAttribute('aria-label'), /34,359,738,368$/);
  page.assertClean();
  await page.close();
});

test('it stops when asked, keeps what it has, and starts again', async () => {
  const page = await site.visit(lab({ n: 4096, backend: 'cpu' }));
  const figure = page.figure('lab');
  await figure.press('run');
  await page.until('something is measured', () => Number(document.querySelector('#lab progress')?.value) > 2);
  await figure.press('stop');
  await finished(page);
  const kept = (await rows(figure)).filter(measured).length;
  assert.ok(kept > 0 && kept < 12, `${kept} rows`);
  await page.page.keyboard.press('r');
  await page.until('it measures again', () => document.querySelector('#lab [data-action="stop"]'));
  await page.page.keyboard.press('r');
  await finished(page);
  page.assertClean();
  await page.close();
});

test('other inputs end a run, and leaving the page does', async () => {
  const page = await site.visit(lab({ n: 4096, backend: 'cpu' }));
  const figure = page.figure('lab');
  await figure.press('run');
  await page.until('it measures', () => document.querySelector('#lab [data-action="stop"]'));
  await figure.root.locator('[data-field="mask"] [data-value="causal"]').click();
  await finished(page);
  assert.equal((await rows(figure)).filter(measured).length, 0);
  await page.until('the address names the mask', () => new URLSearchParams(location.search).get('mask') === 'causal');
  await figure.press('run');
  await page.until('it measures', () => document.querySelector('#lab [data-action="stop"]'));
  await page.page.locator('header a.mark').click();
  await page.until('the home page is there', () => document.documentElement.dataset.slug === 'home');
  await page.settle();
  page.assertClean();
  await page.close();
});

if (BACKEND === 'gpu') {
  test('a device lost in mid-run: the processor goes on alone', async () => {
    const page = await site.visit(lab({ n: 1024 }), { init: [keepDevices] });
    const figure = page.figure('lab');
    await figure.press('run');
    await page.until('something is measured', () => Number(document.querySelector('#lab progress')?.value) > 3);
    await page.page.evaluate(() => window.__devices.forEach(device => device.destroy()));
    await finished(page);
    const all = await rows(figure);
    const last = all.filter(row => row.n === '1024');
    assert.ok(last.filter(row => row.method.endsWith('CPU')).every(measured), JSON.stringify(last));
    assert.ok(last.filter(row => row.method.endsWith('GPU')).every(row => row.note === 'no GPU'), JSON.stringify(last));
    await page.backendNote.first().waitFor();
    page.assertClean();
    await page.close();
  });

  test('where the table does not fit, the figure says so and FlashAttention goes on', async () => {
    // A device that allows one binding no more than 1 MiB: the table of 512 tokens fits, that of 1,024 does not.
    const smallBindings = () => {
      const limits = Object.getOwnPropertyDescriptor(GPUDevice.prototype, 'limits').get;
      Object.defineProperty(GPUDevice.prototype, 'limits', {
        get() {
          const all = limits.call(this);
          return new Proxy(all, { get: (target, name) => (name === 'maxStorageBufferBindingSize' ? 1 << 20 : Reflect.get(target, name)) });
        },
      });
    };
    const page = await site.visit(lab({ n: 1024, d: 32 }), { init: [smallBindings] });
    const figure = page.figure('lab');
    await figure.press('run');
    await finished(page);
    const last = (await rows(figure)).filter(row => row.n === '1024');
    assert.match(last.find(row => row.method === 'standard, GPU').note, /does not fit: 4\.2 MB of 1\.0 MB/);
    assert.ok(measured(last.find(row => row.method === 'FlashAttention, GPU')));
    assert.match(await figure.caption(), /n\s=\s1,024 the table needs 4\.2 MB, and the GPU allows 1\.0 MB/);
    page.assertClean();
    await page.close();
  });
}
