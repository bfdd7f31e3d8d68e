// Bad input, in the address or typed: a clear message, nothing lost, no fault.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { CHAPTERS, address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'flash-attention';

async function dismissAll(page) {
  for (let n = await page.messages.count(); n > 0; n -= 1) await page.messages.first().locator('button[data-action="dismiss"]').click();
  await page.until('the messages are gone', () => [...document.querySelectorAll('[data-problem]')].every(message => !message.checkVisibility()));
}

const BAD_ADDRESSES = [
  { br: '-4' }, { bc: '0' }, { br: '1e39' }, { bc: 'NaN' }, { step: '99999999' }, { step: '-1' }, { step: 'abc' }, { mask: 'foo' }, { layer: '99' },
  { head: '1.5' }, { fig: 'nope' }, { wibble: '1' }, { source: '🙂' }, { seed: '-1e400' }, { row: '999' }, { backend: 'abacus' }, { theme: 'plaid' },
  { n: '💥'.repeat(50), source: 'random' }, { br: '5', bc: '', order: 'fa3' },
];

for (const query of BAD_ADDRESSES) {
  test(`?${new URLSearchParams(query)} gives a message that can be dismissed`, async () => {
    const page = await site.visit(address('en', SLUG, query));
    const figure = page.figure('tiles');
    assert.ok(await page.messages.count() > 0, 'no message');
    assert.ok((await page.messages.first().innerText()).trim().length > 10);
    assert.ok((await figure.table()).length > 1, 'the figure is gone');
    assert.ok(await figure.step() <= await figure.last());
    await dismissAll(page);
    await figure.press((await figure.step()) > 0 ? 'back' : 'forward');
    page.assertClean();
    await page.close();
  });
}

for (const { slug } of CHAPTERS) {
  test(`${slug}: messages speak the page's language`, async () => {
    const page = await site.visit(address('zh', slug, { wibble: 1 }));
    assert.match(await page.messages.first().innerText(), /\p{Script=Han}/u);
    await page.close();
  });
}

const GOOD = '1,0\n0,1\n1,1';
const BAD_TEXTS = {
  'a ragged table': ['1,2,3\n4,5,6,7'],
  NaN: ['1,NaN\n2,3\n4,5'],
  'beyond f32': ['1e39,1\n2,3\n4,5'],
  emoji: ['1,🙂\n2,3\n4,5'],
  words: ['once upon a time'],
  nothing: [''],
  '10 MB of text': ['0.25,'.repeat(200) + '1\n', 10_000],
};

for (const [name, [piece, times = 1]] of Object.entries(BAD_TEXTS)) {
  test(`typed: ${name} gives a message, keeps the text and the last valid figure`, async () => {
    const page = await site.visit(address('en', SLUG, { fig: 'tiles', source: 'typed' }));
    const figure = page.figure('tiles');
    for (const field of ['q', 'k', 'v']) await figure.paste(field, GOOD);
    await page.settle();
    assert.equal(await page.messages.count(), 0, 'valid input gave a message');
    await figure.finish();
    const before = await figure.numbers();
    await figure.paste('q', piece, times);
    await page.messages.first().waitFor();
    assert.ok(await figure.field('q').evaluate((input, [piece, times]) => input.value === piece.repeat(times), [piece, times]), 'what was typed is lost');
    await figure.finish();
    assert.deepEqual(await figure.numbers(), before, 'the figure does not show the last valid input');
    await figure.paste('q', GOOD);
    await page.until('the message goes with its cause', () => [...document.querySelectorAll('[data-problem]')].every(message => !message.checkVisibility()));
    page.assertClean();
    await page.close();
  });
}

test('typed rows live in the fragment and open in a fresh browser', async () => {
  const page = await site.visit(address('en', SLUG, { fig: 'tiles', source: 'typed' }));
  const figure = page.figure('tiles');
  for (const field of ['q', 'k', 'v']) await figure.paste(field, '0.5,-1\n2,0.25');
  await figure.finish();
  const copied = await figure.address();
  assert.match(copied, /#.*q=/);
  const other = await site.visit(copied);
  assert.deepEqual(await other.figure('tiles').table(), await figure.table());
  page.assertClean();
  other.assertClean();
  await other.close();
  await page.close();
});
