// Every page answers, becomes ready, is clean, and can be read without any of its scripts.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BACKEND, start } from './browser.mjs';
import { CHAPTERS, FIGURES, LANGS, ROUTES } from './site.mjs';

const site = await start();
after(() => site.close());

test('the site has chapters with figures, one of them the main one', () => {
  assert.ok(CHAPTERS.length > 0 && FIGURES.length > 0);
  for (const chapter of CHAPTERS) assert.ok(chapter.main, `${chapter.slug} has no figure with data-main`);
});

for (const route of ROUTES) {
  test(`${route} becomes ready on ${BACKEND} and is clean`, async () => {
    const page = await site.visit(route);
    assert.equal(page.response.status(), 200);
    assert.equal(await page.backend(), BACKEND === 'gpu' ? 'webgpu' : 'cpu');
    const lang = await page.page.evaluate(() => document.documentElement.lang);
    assert.equal(lang.slice(0, 2), route.slice(0, 2));
    assert.notEqual(await page.page.title(), '');
    const ids = await page.page.locator('[id]').evaluateAll(elements => elements.map(element => element.id));
    assert.deepEqual(ids.filter((id, idx) => ids.indexOf(id) !== idx), [], 'an id stands twice');
    for (const id of await page.page.locator('figure[data-figure]').evaluateAll(figures => figures.map(figure => figure.id))) {
      const figure = page.figure(id);
      const [step, last] = [await figure.step(), await figure.last()];
      assert.ok(Number.isInteger(step) && Number.isInteger(last) && step <= last, `${id}: step ${step} of ${last}`);
      assert.equal(await figure.root.locator('.fig-wait').filter({ visible: true }).count(), 0, `${id} still waits`);
      assert.ok((await figure.table()).length > 1, `${id} has an empty table`);
    }
    page.assertClean();
    await page.close();
  });

  test(`${route} is readable without scripts`, async () => {
    const page = await site.visit(route, { javaScriptEnabled: false, ready: false });
    const facts = await page.page.locator('main').evaluate(main => ({
      heading: main.ownerDocument.querySelector('h1')?.textContent.trim(), length: main.innerText.length,
      formulas: main.querySelectorAll('math').length, alternates: main.ownerDocument.querySelectorAll('link[hreflang]').length,
    }));
    assert.ok(facts.heading, 'no h1');
    assert.ok(facts.alternates >= 2, 'no hreflang links');
    const isChapter = route.split('/').length > 2;
    assert.ok(facts.length > (isChapter ? 2000 : 200), `only ${facts.length} characters`);
    assert.ok(!isChapter || facts.formulas > 10, `only ${facts.formulas} formulas`);
    page.assertClean();
    await page.close();
  });
}

for (const [locale, lang] of [['en-GB', 'en'], ['zh-CN', 'zh'], ['zh-TW', 'zh'], ['de-DE', 'en']]) {
  test(`the root picks ${lang} for ${locale}`, async () => {
    const page = await site.visit('', { locale, ready: false });
    await page.page.waitForURL(`**/${lang}/**`);
    await page.ready();
    page.assertClean();
    await page.close();
  });
}

test('the root without scripts links to both languages', async () => {
  const page = await site.visit('', { javaScriptEnabled: false, ready: false });
  for (const lang of LANGS) assert.ok(await page.page.locator(`a[href$="${lang}/"]`).count() > 0, lang);
  await page.close();
});

test('an address that does not exist answers 404 with a page that leads home', async () => {
  for (const path of ['nope', 'en/nope/']) {
    const page = await site.visit(path, { ready: false });
    assert.equal(page.response.status(), 404);
    assert.ok(await page.page.locator('h1').first().innerText());
    assert.ok(await page.page.locator('a[href]').count() > 0);
    await page.close();
  }
});

test('following links and going back keeps one page alive', async () => {
  const page = await site.visit('en/');
  await page.page.evaluate(() => { window.__same = true; });
  const { slug } = CHAPTERS[0];
  await page.page.locator(`main a[href*="${slug}"]`).first().click();
  await page.page.waitForURL(`**/en/${slug}/**`);
  await page.ready();
  await page.figure(CHAPTERS[0].main).root.waitFor();
  assert.ok(await page.page.evaluate(() => window.__same), 'the chapter was loaded as a new document');
  await page.page.goBack();
  await page.page.waitForURL('**/en/');
  await page.until('the home page is back', () => document.documentElement.dataset.slug === 'home' && document.documentElement.dataset.ready === 'true');
  page.assertClean();
  await page.close();
});

test('the switch of theme holds on the next page', async () => {
  const page = await site.visit('en/', { colorScheme: 'light' });
  const paper = () => page.page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper'));
  const light = await paper();
  await page.page.locator('[data-action="theme"]').first().click();
  await page.until('the theme changes', light => getComputedStyle(document.documentElement).getPropertyValue('--paper') !== light, light);
  const dark = await paper();
  await page.page.reload();
  await page.ready();
  assert.equal(await paper(), dark);
  page.assertClean();
  await page.close();
});
