// WCAG 2.2 A and AA and best practices on every page, in both languages and themes, and in presenter and embed.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { CHAPTERS, ROUTES, address } from './site.mjs';

const { source } = createRequire(import.meta.url)('axe-core');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const site = await start();
after(() => site.close());

async function assertAccessible(page) {
  await page.page.evaluate(source);
  const violations = await page.page.evaluate(tags => window.axe.run(document, { runOnly: { type: 'tag', values: tags } }).then(({ violations }) =>
    violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 5).map(node => `    ${node.target.join(' ')}: ${node.failureSummary.replaceAll('\n', ' ')}`).join('\n')}`)), TAGS);
  assert.deepEqual(violations, [], violations.join('\n'));
}

const presented = CHAPTERS.flatMap(({ slug, main }) => ['en', 'zh'].flatMap(lang =>
  [{ present: 1 }, { embed: 1 }].map(mode => address(lang, slug, { fig: main, ...mode }))));

for (const theme of ['light', 'dark']) {
  for (const route of [...ROUTES, ...presented]) {
    test(`${route} in ${theme}`, async () => {
      const page = await site.visit(`${route}${route.includes('?') ? '&' : '?'}theme=${theme}`, { reducedMotion: 'reduce' });
      await assertAccessible(page);
      page.assertClean();
      await page.close();
    });
  }

  test(`a figure with its table open and a message shown, in ${theme}`, async () => {
    const page = await site.visit(address('en', 'flash-attention', { fig: 'tiles', br: -4, rescale: 'off', theme }), { reducedMotion: 'reduce' });
    await page.figure('tiles').table();
    await page.settle();
    await assertAccessible(page);
    await page.close();
  });

  test(`on a phone in ${theme}`, async () => {
    const page = await site.visit(address('zh', 'flash-attention', { fig: 'tiles', theme }), {
      viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce',
    });
    await assertAccessible(page);
    const small = await page.figure('tiles').root.locator('button:visible, [role="slider"]:visible, select:visible').evaluateAll(controls =>
      controls.map(control => ({ name: control.dataset.action ?? control.textContent.trim(), box: control.getBoundingClientRect() }))
        .filter(({ box }) => box.height < 44 && box.width < 44).map(({ name, box }) => `${name}: ${box.width} x ${box.height}`));
    assert.deepEqual(small, [], 'targets smaller than 44 px');
    await page.close();
  });
}

test('404.html', async () => {
  const page = await site.visit('404.html', { ready: false, reducedMotion: 'reduce' });
  await assertAccessible(page);
  await page.close();
});
