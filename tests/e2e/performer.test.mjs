// The journeys of `performer`: vectors are dragged in the plane, estimates are broken and mended, features are fixed, ranks counted.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { LANGS, address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'performer';
const at = (lang, query) => address(lang, SLUG, query);
const named = name => new URLSearchParams(location.search).has(name);

for (const lang of LANGS) {
  test(`a vector is dragged, and moved by keys, in ${lang}`, async () => {
    const page = await site.visit(at(lang, { fig: 'variance' }));
    const figure = page.figure('variance');
    const step = await figure.step();
    const handle = figure.root.locator('[data-drag="x"]');
    await handle.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await handle.boundingBox();
    await page.page.mouse.move(x + width / 2, y + height / 2);
    await page.page.mouse.down();
    await page.page.mouse.move(x + width / 2 + 12, y + height / 2 - 25, { steps: 10 });
    await page.page.mouse.up();
    await page.until('the address names the vector', named, 'x');
    const dragged = page.query().x.split(',').map(Number);
    assert.ok(dragged.every(Number.isFinite) && dragged[1] > 0, `${dragged}`);
    assert.equal(await figure.step(), step, 'the step is kept');
    await handle.focus();
    await page.page.keyboard.press('ArrowRight');
    await page.until('a key moves it on', before => Number(new URLSearchParams(location.search).get('x').split(',')[0]) > before, dragged[0]);
    assert.equal(await figure.step(), step, 'a key on a handle steps the player as well');
    assert.ok(await handle.evaluate(el => el === document.activeElement), 'the handle loses the focus when it is drawn again');
    page.assertClean();
    await page.close();
  });
}

test('a key moves a vector on from where it stands, however it is written', async () => {
  for (const x of ['1 0.5', '1;0.5', '1，0.5', '−1,0.5']) {
    const page = await site.visit(at('en', { fig: 'variance', x }));
    await page.figure('variance').root.locator('[data-drag="x"]').focus();
    await page.page.keyboard.press('ArrowRight');
    const next = x.startsWith('−') ? '-0.95,0.5' : '1.05,0.5';
    await page.until(`${x} becomes ${next}`, next => new URLSearchParams(location.search).get('x') === next, next);
    page.assertClean(x);
    await page.close();
  }
});

test('lock= freezes a vector', async () => {
  const page = await site.visit(at('en', { fig: 'variance', lock: 'x' }));
  const handle = page.figure('variance').root.locator('[data-drag="x"]');
  await handle.focus();
  await page.page.keyboard.press('ArrowRight');
  const { x, y, width, height } = await handle.boundingBox();
  await page.page.mouse.move(x + width / 2, y + height / 2);
  await page.page.mouse.down();
  await page.page.mouse.move(x + width / 2 + 30, y + height / 2 - 30, { steps: 5 });
  await page.page.mouse.up();
  await page.settle();
  assert.equal(page.query().x, undefined);
  page.assertClean();
  await page.close();
});

test('what is no vector is said, and nothing is lost', async () => {
  for (const x of ['abc', '1', '1,2,3', 'NaN,1', '1e9,0', '']) {
    const page = await site.visit(at('en', { fig: 'variance', x }));
    assert.ok(await page.messages.count() >= 1, `x=${x}`);
    await page.figure('variance').finish();
    page.assertClean(`x=${x}`);
    await page.close();
  }
});

test('equal norms of the keys bring both outputs together', async () => {
  const gaps = [];
  for (const equalnorms of ['off', 'on']) {
    const page = await site.visit(at('en', { fig: 'morph', equalnorms }));
    const [, ...rows] = await page.figure('morph').table();
    const number = text => Number(text.replace(/×10⁻(.)$/, (_, digit) => `e-${'⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)}`));
    gaps.push(Math.max(...rows.map(row => Math.abs(number(row[2]) - number(row[3])))));
    page.assertClean();
    await page.close();
  }
  assert.ok(gaps[0] > 0.03, `unequal keys: ${gaps[0]}`);
  assert.ok(gaps[1] <= 1e-4, `equal keys: ${gaps[1]}`);
});

test('the rank of linear attention is cut at d, whatever is typed', async () => {
  const page = await site.visit(at('en', { fig: 'rank' }));
  const figure = page.figure('rank');
  const before = await figure.table();
  await figure.field('d').evaluate(input => {
    input.value = '4';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.until('the address names d', d => new URLSearchParams(location.search).get('d') === d, '4');
  const after = await figure.table();
  assert.notDeepEqual(after, before);
  // Singular values of the map, largest first: from the fifth on rounding alone.
  const values = after.slice(1).map(row => (/10⁻¹/.test(row[2]) ? 0 : Number(row[2])));
  assert.ok(values.slice(0, 4).every(value => value > 0.01) && values.slice(4).every(value => value === 0), `${values}`);
  assert.match(await figure.caption(), /\b4\b/);
  page.assertClean();
  await page.close();
});
