// The numbers on the page: their distance from the reference and from the kernel, and what is downloaded equals what is shown.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PNG } from 'pngjs';
import { BACKEND, start } from './browser.mjs';
import { SEED, tilesStates } from './random.mjs';
import { FIGURES, LANGS, address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'flash-attention';
/** f32 against f64 on heads of size 32 and at most 16 keys: some units in the last place of values near 1, grown by the sum. */
const EXPLAINED = 2e-5;
/** GPU against its twin: the same sums, with exp and division of another library. */
const AGREEMENT = 1e-4;

for (const [idx, { query }] of tilesStates(20, SEED + 1).entries()) {
  test(`state ${idx} of seed ${SEED + 1}: within tolerance of the reference on ${BACKEND} (${JSON.stringify(query)})`, async () => {
    const page = await site.visit(address('en', SLUG, query));
    const figure = page.figure('tiles');
    await figure.finish();
    const residual = await figure.residual();
    assert.ok(residual >= 0 && residual < EXPLAINED, `residual ${residual}`);
    if (BACKEND === 'gpu') {
      const agreement = await figure.agreed();
      assert.ok(agreement >= 0 && agreement < AGREEMENT, `agreement ${agreement}`);
      assert.equal(await page.backend(), 'webgpu');
    }
    page.assertClean();
    await page.close();
  });
}

test('the residual is 0 before anything is computed', async () => {
  const page = await site.visit(address('en', SLUG, { fig: 'tiles', step: 0 }));
  assert.equal(await page.figure('tiles').residual(), 0);
  await page.close();
});

test('without the rescaling the result is visibly wrong', async () => {
  const page = await site.visit(address('en', SLUG, { fig: 'tiles', layer: 5, head: 9, rescale: 'off' }));
  const figure = page.figure('tiles');
  await figure.finish();
  assert.ok(await figure.residual() > 0.01, `residual ${await figure.residual()}`);
  page.assertClean();
  await page.close();
});

test('backend=cpu is honoured and shows the same numbers', async () => {
  const asked = await site.visit(address('en', SLUG, { fig: 'tiles', step: 20, backend: 'cpu' }));
  const plain = await site.visit(address('en', SLUG, { fig: 'tiles', step: 20 }));
  assert.equal(await asked.backend(), 'cpu');
  assert.deepEqual(await asked.figure('tiles').table(), await plain.figure('tiles').table());
  asked.assertClean();
  await asked.close();
  await plain.close();
});

/** RFC 4180. */
function parseCsv(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;
  while (cell.lastIndex < text.length) {
    const [, quoted, plain, end] = cell.exec(text);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',' && cell.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

const ascii = rows => rows.map(row => row.map(cell => cell.replaceAll('−', '-').trim()));

for (const { slug, id } of FIGURES) {
  for (const lang of LANGS) {
    test(`${lang} ${slug} ${id}: the CSV equals the table`, async () => {
      const page = await site.visit(address(lang, slug, { fig: id }));
      const figure = page.figure(id);
      if (await figure.last() > 0) await figure.seek(Math.floor((await figure.last()) / 2));
      const { name, bytes } = await figure.download('csv');
      assert.match(name, /\.csv$/);
      assert.deepEqual(ascii(parseCsv(bytes.toString('utf8').replace(/^\uFEFF/, ''))), ascii(await figure.table()));
      page.assertClean();
      await page.close();
    });
  }

  test(`${slug} ${id}: the SVG stands alone`, async () => {
    const page = await site.visit(address('en', slug, { fig: id }));
    const { name, bytes } = await page.figure(id).download('svg');
    const text = bytes.toString('utf8');
    assert.match(name, /\.svg$/);
    assert.ok(!text.includes('var('), 'a custom property is not resolved');
    assert.doesNotMatch(text, /\sdata-[a-z]+=/, 'what only the page understands is in the file');
    const facts = await page.page.evaluate(text => {
      const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
      return { name: root.localName, faults: root.querySelectorAll('parsererror').length, elements: root.querySelectorAll('*').length, width: root.getAttribute('width') };
    }, text);
    assert.equal(facts.name, 'svg');
    assert.equal(facts.faults, 0);
    assert.ok(facts.elements > 10 && Number.parseFloat(facts.width) > 100, JSON.stringify(facts));
    page.assertClean();
    await page.close();
  });

  test(`${slug} ${id}: the PNG is a picture`, async () => {
    const page = await site.visit(address('en', slug, { fig: id }));
    const { name, bytes } = await page.figure(id).download('png');
    assert.match(name, /\.png$/);
    const { width, height, data } = PNG.sync.read(bytes);
    assert.ok(width > 300 && height > 100, `${width} x ${height}`);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4) colours.add(data.readUInt32BE(at));
    assert.ok(colours.size > 8, `only ${colours.size} colours`);
    page.assertClean();
    await page.close();
  });
}
