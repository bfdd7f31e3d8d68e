// Every frame has an address, and the same address shows the same frame.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { SEED, tilesStates } from './random.mjs';
import { CHAPTERS, FIGURES, address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'flash-attention';

async function frame(figure) {
  return { step: await figure.step(), last: await figure.last(), caption: await figure.caption(), residual: await figure.residual(), table: await figure.table() };
}

for (const [idx, { query, at }] of tilesStates(20).entries()) {
  test(`state ${idx} of seed ${SEED}: a fresh browser shows the same frame (${JSON.stringify(query)})`, async () => {
    const first = await site.visit(address('en', SLUG, query));
    const figure = first.figure('tiles');
    assert.equal(await first.messages.count(), 0, 'a valid address gave a message');
    await figure.seek(Math.floor(at * await figure.last()));
    const copied = await figure.address();
    const seen = await frame(figure);
    const second = await site.visit(copied);
    assert.deepEqual(await frame(second.figure('tiles')), seen, copied);
    first.assertClean();
    second.assertClean();
    await first.close();
    await second.close();
  });
}

for (const { slug, id } of FIGURES) {
  test(`${slug} ${id}: Copy link gives the address of the frame, without defaults`, async () => {
    const page = await site.visit(address('en', slug, { fig: id }), { permissions: ['clipboard-read', 'clipboard-write'] });
    const figure = page.figure(id);
    if (await figure.last() > 0) await figure.press((await figure.step()) > 0 ? 'back' : 'forward');
    await figure.press('link');
    await page.until('something is copied', async () => (await navigator.clipboard.readText()).startsWith('http'));
    const copied = await page.page.evaluate(() => navigator.clipboard.readText());
    const names = [...new URL(copied).searchParams.keys()].sort();
    assert.deepEqual(names.filter(name => name !== 'fig' && name !== 'step'), [], `defaults are left out: ${copied}`);
    const other = await site.visit(copied.slice(page.root.length));
    assert.deepEqual(await frame(other.figure(id)), await frame(figure));
    page.assertClean();
    await other.close();
    await page.close();
  });
}

test('the address is current within 300 ms of the last act', async () => {
  const page = await site.visit(address('en', SLUG, { step: 0 }));
  // Not while the kernel is still being compiled on the processors that also run this page.
  await page.page.waitForFunction(() => document.querySelector('figure[id="tiles"]').dataset.agreement);
  const millis = await page.page.evaluate(() => new Promise(done => {
    const button = document.querySelector('figure[id="tiles"] [data-action="forward"]');
    for (let n = 0; n < 5; n += 1) button.click();
    const start = performance.now();
    const look = () => {
      const step = new URLSearchParams(location.search).get('step');
      if (step === '5') done(performance.now() - start);
      else if (performance.now() - start > 5000) done(Infinity);
      else requestAnimationFrame(look);
    };
    look();
  }));
  // Two frames of grace: one to notice it, one for a busy processor.
  assert.ok(millis <= 300 + 34, `${millis.toFixed(0)} ms`);
  await page.close();
});

test('a reader who has moved nothing has a bare address', async () => {
  const page = await site.visit(`en/${SLUG}/`);
  await page.settle();
  assert.equal(new URL(page.page.url()).search, '');
  await page.close();
});

for (const { slug, main } of CHAPTERS) {
  test(`${slug}: switching the language keeps the figure's state`, async () => {
    const page = await site.visit(address('en', slug, { step: 1 }));
    const figure = page.figure(main);
    if (await figure.last() > 1) await figure.press('forward', 2);
    await page.settle();
    const seen = { step: await figure.step(), numbers: await figure.numbers() };
    await page.page.locator('[data-action="lang"]').first().click();
    await page.page.waitForURL(`**/zh/${slug}/**`);
    await page.until('the page speaks Chinese', () => document.documentElement.lang.startsWith('zh') && document.documentElement.dataset.ready === 'true');
    await figure.at(seen.step);
    assert.deepEqual({ step: await figure.step(), numbers: await figure.numbers() }, seen);
    page.assertClean();
    await page.close();
  });
}
