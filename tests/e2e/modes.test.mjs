// Ways to use a figure elsewhere: presented, embedded, with controls kept or frozen; and predict, which never stands in the way.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { CHAPTERS, FIGURES, address } from './site.mjs';

const site = await start();
after(() => site.close());

const visibleFigures = page => page.page.locator('figure[data-figure]').filter({ visible: true }).evaluateAll(figures => figures.map(figure => figure.id));

for (const { slug, id } of FIGURES) {
  test(`${slug} ${id}: embedded, it is alone and steps`, async () => {
    const page = await site.visit(address('en', slug, { fig: id, step: 0, embed: 1 }), { viewport: { width: 900, height: 700 } });
    const figure = page.figure(id);
    assert.deepEqual(await visibleFigures(page), [id]);
    if (await figure.last() > 0) {
      await figure.press('forward');
      await figure.at(1);
    }
    page.assertClean();
    await page.close();
  });

  test(`${slug} ${id}: the snippet of Embed is an iframe that needs no scrollbar`, async () => {
    const page = await site.visit(address('en', slug, { fig: id }), { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.figure(id).press('embed');
    await page.until('something is copied', async () => (await navigator.clipboard.readText()).includes('<iframe'));
    const snippet = await page.page.evaluate(() => navigator.clipboard.readText());
    const declared = Number(/height="(\d+)"/.exec(snippet)?.[1]);
    assert.ok(declared > 100, snippet);
    const host = await page.page.context().newPage();
    await host.setViewportSize({ width: 1280, height: declared + 200 });
    await host.setContent(`<!doctype html><title>a course page</title>${snippet}`);
    const frame = await (await host.locator('iframe').elementHandle()).contentFrame();
    await frame.waitForFunction(() => document.documentElement.dataset.ready === 'true');
    const content = await frame.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(content <= declared, `${content} px of content in ${declared} px`);
    page.assertClean();
    await page.close();
  });

  test(`${slug} ${id}: presented, it fits the screen, and a clicker steps it`, async () => {
    const page = await site.visit(address('en', slug, { fig: id, step: 0, present: 1 }), { viewport: { width: 1920, height: 1080 } });
    const figure = page.figure(id);
    assert.deepEqual(await visibleFigures(page), [id]);
    assert.deepEqual(await page.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]), [1920, 1080]);
    if (await figure.last() > 1) {
      for (const [key, step] of [['ArrowRight', 1], ['PageDown', 2], ['PageUp', 1], ['ArrowLeft', 0]]) {
        await page.page.keyboard.press(key);
        await figure.at(step);
      }
    }
    page.assertClean();
    await page.close();
  });
}

test('lock= freezes controls, show= keeps only those it names', async () => {
  const locked = await site.visit(address('en', 'flash-attention', { fig: 'tiles', lock: 'br,mask' }));
  const control = (page, name) => page.figure('tiles').root.locator(`[data-field="${name}"]`);
  const disabled = (page, name) => control(page, name).first().evaluate(element =>
    [element, ...element.querySelectorAll('*')].filter(part => 'disabled' in part).every(part => part.disabled));
  assert.ok(await disabled(locked, 'br') && await disabled(locked, 'mask'), 'a locked control is not disabled');
  assert.ok(!await disabled(locked, 'bc'), 'a control that is not locked is disabled');
  const shown = await site.visit(address('en', 'flash-attention', { fig: 'tiles', show: 'br,mask' }));
  for (const name of ['br', 'mask']) assert.ok(await control(shown, name).filter({ visible: true }).count() > 0, name);
  assert.equal(await control(shown, 'bc').filter({ visible: true }).count(), 0);
  await locked.figure('tiles').press('forward');
  locked.assertClean();
  shown.assertClean();
  await locked.close();
  await shown.close();
});

for (const { slug, main } of CHAPTERS) {
  test(`${slug} ${main}: predict starts by its control, explains, blocks nothing, and keeps its score`, async () => {
    const page = await site.visit(address('en', slug, { fig: main }));
    const figure = page.figure(main);
    const answers = figure.root.locator('[data-answer]').filter({ visible: true });
    const verdict = figure.root.locator('[data-action="predict-next"]').filter({ visible: true });
    assert.equal(await answers.count(), 0, 'a question before it was asked for');
    await figure.press('predict');
    await answers.first().waitFor();
    const asked = await figure.step();
    await answers.first().click();
    await verdict.waitFor();
    await figure.press('forward');
    await figure.at(asked + 1);
    const marks = figure.root.locator('.score i');
    await figure.press('predict');
    await answers.first().waitFor();
    assert.equal(await marks.count(), 1);
    await page.page.reload();
    await page.ready();
    await figure.press('predict');
    await answers.first().waitFor();
    assert.equal(await marks.count(), 1, 'the score is lost with a reload');
    page.assertClean();
    await page.close();
  });
}
