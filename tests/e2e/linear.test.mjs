// The journeys of `linear-attention`: the bracket is moved by hand and locks under the softmax, the stream is read in chunks, maps are compared.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BACKEND, start } from './browser.mjs';
import { LANGS, address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'linear-attention';
const at = (lang, query) => address(lang, SLUG, query);
const query = (name, value) => [([name, value]) => new URLSearchParams(location.search).get(name) === value, [name, value]];

/** The middle of an element. */
async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}

for (const lang of LANGS) {
  test(`the bracket is dragged from one product to the other, and back by a key, in ${lang}`, async () => {
    const page = await site.visit(at(lang, { fig: 'bracket', n: 6, d: 3, dv: 3 }));
    const figure = page.figure('bracket');
    await figure.finish();
    const left = await figure.table();
    const handle = figure.root.locator('[data-drag="order"]');
    await handle.scrollIntoViewIfNeeded();
    const svg = await figure.root.locator('.stage-svg').boundingBox();
    const stops = Object.fromEntries((await handle.getAttribute('data-stops')).split(' ').map(stop => stop.split(':')));
    const [x, y] = await middle(handle);
    await page.page.mouse.move(x, y);
    await page.page.mouse.down();
    await page.page.mouse.move(svg.x + Number(stops.right), y, { steps: 8 });
    await page.page.mouse.up();
    await page.until('the address names the order', ...query('order', 'right'));
    await figure.finish();
    assert.notDeepEqual(await figure.table(), left);
    assert.ok(await figure.residual() < 1e-5);
    await handle.focus();
    const prevented = await page.page.evaluate(() => new Promise(done => {
      addEventListener('keydown', event => done(event.defaultPrevented), { once: true });
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, bubbles: true, cancelable: true }));
    }));
    assert.equal(prevented, false, 'a key with Alt is the browser’s');
    await page.page.keyboard.press('ArrowLeft');
    await page.until('the address names no order', ...query('order', null));
    assert.ok(await handle.evaluate(el => el === document.activeElement), 'the handle loses the focus when it is drawn again');
    page.assertClean();
    await page.close();
  });
}

test('under the softmax the bracket stays, and says why', async () => {
  const page = await site.visit(at('en', { fig: 'bracket', softmax: 'on', order: 'right' }));
  const figure = page.figure('bracket');
  assert.equal(await page.messages.count(), 1);
  assert.match(await page.messages.first().textContent(), /softmax/i);
  await figure.finish();
  assert.ok(await figure.residual() < 1e-5);
  page.assertClean();
  await page.close();
});

test('any size of chunk gives the same last output, and the kernel agrees', async () => {
  const outputs = [];
  for (const chunk of [1, 5, 12]) {
    const page = await site.visit(at('en', { fig: 'recurrent', chunk }));
    const figure = page.figure('recurrent');
    await figure.finish();
    assert.ok(await figure.residual() < 1e-5);
    if (BACKEND === 'gpu') assert.ok(await figure.agreed() < 1e-5);
    outputs.push((await figure.table()).at(-1));
    page.assertClean();
    await page.close();
  }
  assert.match(outputs[0][0], /^o 12$/);
  for (const output of outputs) assert.deepEqual(output, outputs[0]);
});

test('without the denominator, or with the future, the output is another one', async () => {
  for (const broken of [{ denominator: 'off' }, { future: 'on' }]) {
    const page = await site.visit(at('en', { fig: 'recurrent', ...broken }));
    const figure = page.figure('recurrent');
    await figure.finish();
    assert.ok(await figure.residual() > 0.05, JSON.stringify(broken));
    assert.ok(await figure.root.locator('.fig-body.broken').count() === 1);
    page.assertClean();
    await page.close();
  }
});

test('every feature map is shown for every row, by list and by click', async () => {
  const page = await site.visit(at('en', { fig: 'feature-maps' }));
  const figure = page.figure('feature-maps');
  const seen = new Set();
  for (const map of ['identity', 'relu', 'exp', 'taylor1', 'square', 'double', 'cosine', 'elu1']) {
    await figure.field('map').selectOption(map);
    await page.until('the address names the map', ...query('map', map === 'elu1' ? null : map));
    seen.add(await figure.caption());
    // Under the identity a denominator comes so near to 0 that one output is off by two thousand times its length.
    assert.ok(await figure.residual() < (map === 'identity' ? 0.1 : 1e-4), `${map}: ${await figure.residual()}`);
  }
  assert.equal(seen.size, 8, 'two maps have the same caption');
  await figure.root.locator('[data-set*="map=relu"]').first().click();
  await page.until('a click chooses a map', ...query('map', 'relu'));
  const before = await figure.caption();
  await figure.root.locator('[data-row="4"]').first().click();
  await page.until('a click chooses a row', ...query('row', '4'));
  assert.notEqual(await figure.caption(), before);
  page.assertClean();
  await page.close();
});

test('lock= freezes what a click on the stage would set', async () => {
  const page = await site.visit(at('en', { fig: 'feature-maps', lock: 'map' }));
  const figure = page.figure('feature-maps');
  const before = await figure.caption();
  await figure.root.locator('[data-set*="map=relu"]').first().click();
  await page.settle();
  assert.equal(await figure.caption(), before);
  assert.equal(page.query().map, undefined);
  page.assertClean();
  await page.close();
});

test('a finger drags the bracket', async () => {
  const page = await site.visit(at('en', { fig: 'bracket' }), { viewport: { width: 360, height: 800 }, hasTouch: true });
  const figure = page.figure('bracket');
  const handle = figure.root.locator('[data-drag="order"]');
  await handle.scrollIntoViewIfNeeded();
  const svg = await figure.root.locator('.stage-svg').boundingBox();
  const right = Number(/right:([\d.]+)/.exec(await handle.getAttribute('data-stops'))[1]);
  const [x, y] = await middle(handle);
  const { width, height } = await handle.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} x ${height}`);
  const client = await page.page.context().newCDPSession(page.page);
  const touch = (type, x) => client.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
  await touch('touchStart', x);
  for (const share of [0.3, 0.6, 1]) await touch('touchMove', x + (svg.x + right - x) * share);
  await touch('touchEnd');
  await page.until('the address names the order', ...query('order', 'right'));
  page.assertClean();
  await page.close();
});
