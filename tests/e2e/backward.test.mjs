// The figure `backward`: a click on the grid of tile pairs chooses the pair, and its address says so.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { address } from './site.mjs';

const site = await start();
after(() => site.close());

test('a click in the grid chooses the pair, and keeps the step', async () => {
  const page = await site.visit(address('en', 'flash-attention', { fig: 'backward', step: 4 }));
  const figure = page.figure('backward');
  const before = await figure.table();
  await figure.root.locator('[data-set="i=2&j=1"]').click();
  await page.until('the address names the pair', () => {
    const query = new URLSearchParams(location.search);
    return query.get('i') === '2' && query.get('j') === '1';
  });
  assert.equal(await figure.step(), 4);
  assert.notDeepEqual(await figure.table(), before);
  assert.ok(await figure.residual() < 1e-4);
  page.assertClean();
  await page.close();
});
