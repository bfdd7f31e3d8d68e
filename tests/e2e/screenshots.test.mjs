// Pictures for looking at, kept in screenshots/; only what holds with any fonts is asserted: nothing sticks out of the window.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { ROOT, start } from './browser.mjs';
import { CHAPTERS, LANGS, address } from './site.mjs';

const OUT = process.env.SCREENSHOTS ?? `${ROOT}screenshots`;
fs.mkdirSync(OUT, { recursive: true });

const site = await start();
after(() => site.close());

const SIZES = {
  phone: { viewport: { width: 360, height: 800 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  tablet: { viewport: { width: 768, height: 1024 } },
  wide: { viewport: { width: 1440, height: 1000 } },
  projector: { viewport: { width: 1920, height: 1080 }, query: { present: 1 } },
  embed: { viewport: { width: 960, height: 720 }, query: { embed: 1 } },
};

/** Elements of the page's own width that stick out of it, unless they scroll in a box of their own. */
function overflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll('*')].filter(element => element.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map(element => `${element.nodeName}.${element.getAttribute('class') ?? ''}#${element.id}`);
}

const PLACES = [
  { name: 'home', sizes: ['phone', 'tablet', 'wide'], path: (lang, query) => `${lang}/?${new URLSearchParams(query)}` },
  ...CHAPTERS.map(({ slug }) => ({ name: slug, sizes: ['phone', 'tablet', 'wide'], path: (lang, query) => address(lang, slug, query) })),
  ...CHAPTERS.flatMap(({ slug, figures }) => figures.map(id => ({
    name: `${slug}-${id}`, id, sizes: Object.keys(SIZES), path: (lang, query) => address(lang, slug, { fig: id, ...query }),
  }))),
];

for (const { name, id, sizes, path } of PLACES) {
  for (const lang of LANGS) {
    for (const theme of ['light', 'dark']) {
      test(`${name} ${lang} ${theme}`, async () => {
        for (const size of sizes) {
          const { query, ...options } = SIZES[size];
          const page = await site.visit(path(lang, { theme, ...query }), { ...options, reducedMotion: 'reduce' });
          if (id && !query) await page.figure(id).root.scrollIntoViewIfNeeded();
          await page.settle();
          await page.page.screenshot({ path: `${OUT}/${name}-${lang}-${theme}-${size}.png`, fullPage: !id && size !== 'wide' });
          assert.deepEqual(await page.page.evaluate(overflow), [], `${size}: wider than the window`);
          page.assertClean();
          await page.close();
        }
      });
    }
  }
}

test('a figure in focus fits into one window of 1440 x 1000', async () => {
  for (const { slug, main } of CHAPTERS) {
    const page = await site.visit(address('en', slug, { fig: main }));
    const height = await page.figure(main).root.evaluate(figure => figure.getBoundingClientRect().height);
    assert.ok(height <= 1000, `${main} is ${height} px high`);
    await page.close();
  }
});

test('presenting, no text is smaller than 24 px', async () => {
  for (const { slug, main } of CHAPTERS) {
    const page = await site.visit(address('en', slug, { fig: main, present: 1 }), { viewport: { width: 1920, height: 1080 } });
    const small = await page.page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = new Set();
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const box = element.getBoundingClientRect();
        const hidden = !element.checkVisibility() || box.width < 2 || box.height < 2;
        const size = Number.parseFloat(getComputedStyle(element).fontSize);
        if (walker.currentNode.nodeValue.trim() && !hidden && size < 24) found.add(`${size} px: ${walker.currentNode.nodeValue.trim().slice(0, 30)}`);
      }
      return [...found].slice(0, 10);
    });
    assert.deepEqual(small, []);
    await page.close();
  }
});
