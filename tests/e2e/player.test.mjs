// The player of every figure: buttons, slider, keys, touch.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { FIGURES, address } from './site.mjs';

const site = await start();
after(() => site.close());

/** Opens a figure at step 0. */
async function open({ slug, id }, options) {
  const page = await site.visit(address('en', slug, { fig: id, step: 0 }), options);
  return { page, figure: page.figure(id) };
}

/** The figures that have a player, found out in one visit per chapter. */
async function players() {
  const found = [];
  for (const place of FIGURES) {
    const { page, figure } = await open(place);
    if (await figure.last() > 0) found.push(place);
    await page.close();
  }
  return found;
}

const PLAYERS = await players();
/** Figures in which something can be typed: the rule on typing is tested on these. */
const typedInto = [];

test('there is a figure with a player', () => assert.ok(PLAYERS.length > 0));

for (const place of PLAYERS) {
  const name = `${place.slug} ${place.id}`;

  test(`${name}: buttons move as they say and stop at the ends`, async () => {
    const { page, figure } = await open(place);
    const last = await figure.last();
    await figure.press('forward');
    await figure.at(1);
    await figure.press('back');
    await figure.at(0);
    await figure.press('last');
    await figure.at(last);
    assert.ok(await figure.control('forward').evaluate(button => button.disabled || button.getAttribute('aria-disabled') === 'true'));
    await figure.press('first');
    await figure.at(0);
    assert.ok(await figure.control('back').evaluate(button => button.disabled || button.getAttribute('aria-disabled') === 'true'));
    for (const action of ['first', 'back', 'play', 'forward', 'last', 'seek', 'speed', 'data', 'link', 'png', 'svg', 'csv', 'embed']) {
      assert.equal(await figure.root.locator(`[data-action="${action}"]`).count(), 1, action);
    }
    page.assertClean();
    await page.close();
  });

  test(`${name}: the slider is named, and says step and caption`, async () => {
    const { page, figure } = await open(place);
    for (const step of [0, 1, await figure.last()]) {
      await figure.seek(step);
      await page.settle();
      assert.equal(Number(await figure.slider.getAttribute('aria-valuenow')), step);
      assert.equal(Number(await figure.slider.getAttribute('aria-valuemax')), await figure.last());
      const text = await figure.slider.getAttribute('aria-valuetext');
      assert.ok(text.trim().length > 10, `aria-valuetext is ${text}`);
      assert.ok((await figure.caption()).includes(text) || text.includes(await figure.caption()), `slider: ${text}; caption: ${await figure.caption()}`);
    }
    assert.ok(await figure.slider.evaluate(slider => slider.getAttribute('aria-label') || slider.getAttribute('aria-labelledby')));
    page.assertClean();
    await page.close();
  });

  test(`${name}: N forward then N back shows the identical table`, async () => {
    const { page, figure } = await open(place);
    const last = await figure.last();
    const from = Math.floor(last / 3);
    await figure.seek(from);
    const n = Math.min(20, last - from);
    const before = { table: await figure.table(), caption: await figure.caption(), residual: await figure.residual() };
    await figure.press('forward', n);
    await figure.at(from + n);
    await figure.press('back', n);
    await figure.at(from);
    assert.deepEqual({ table: await figure.table(), caption: await figure.caption(), residual: await figure.residual() }, before);
    await page.close();
  });

  test(`${name}: keys act while focus is in the figure`, async () => {
    const { page, figure } = await open(place);
    const key = name => page.page.keyboard.press(name);
    await figure.slider.focus();
    await key('ArrowRight');
    await figure.at(1);
    await key('ArrowRight');
    await figure.at(2);
    await key('ArrowLeft');
    await figure.at(1);
    await key('End');
    await figure.at(await figure.last());
    await key('Home');
    await figure.at(0);
    await key('e');
    await page.until('the next event is shown', id => Number(document.querySelector(`figure[id="${id}"]`).dataset.step) > 0, place.id);
    await key('Home');
    await figure.at(0);
    await key(' ');
    await page.until('space plays', id => Number(document.querySelector(`figure[id="${id}"]`).dataset.step) > 0, place.id);
    await key(' ');
    await key('?');
    const help = page.page.locator('dialog[open], [role="dialog"], [data-action="close-help"]').filter({ visible: true });
    await help.first().waitFor();
    await key('Escape');
    await help.first().waitFor({ state: 'hidden' });
    page.assertClean();
    await page.close();
  });

  test(`${name}: keys do nothing outside the figure and while typing`, async () => {
    const { page, figure } = await open(place);
    await page.page.evaluate(() => document.activeElement?.blur());
    for (const key of ['ArrowRight', 'End', 'e', ' ']) await page.page.keyboard.press(key);
    await page.settle();
    assert.equal(await figure.step(), 0, 'without focus');
    const typed = figure.root.locator('textarea:visible, input[type="text"]:visible, input:not([type]):visible, input[type="number"]:visible');
    if (await typed.count() > 0) {
      typedInto.push(place.id);
      await typed.first().focus();
      await page.page.keyboard.press('ArrowRight');
      await page.page.keyboard.press('End');
      await page.settle();
      assert.equal(await figure.step(), 0, 'while typing');
    }
    await page.close();
  });

  test(`${name}: playing ends at the last step, at the chosen speed`, async () => {
    const { page, figure } = await open(place);
    const speed = figure.control('speed');
    const speeds = await speed.evaluate(select => [...select.options].map(option => Number(option.value)));
    assert.ok(speeds.includes(1) && Math.min(...speeds) === 0.25 && Math.max(...speeds) === 4, `speeds ${speeds}`);
    await speed.selectOption('4');
    await figure.seek(Math.max(0, await figure.last() - 3));
    const name = button => button.getAttribute('aria-label') ?? button.textContent;
    const paused = await figure.control('play').evaluate(name);
    await figure.press('play');
    assert.notEqual(await figure.control('play').evaluate(name), paused, 'the button does not offer to pause');
    await figure.at(await figure.last());
    await page.until('the button offers to play again', ([id, paused]) => {
      const button = document.querySelector(`figure[id="${id}"]`).querySelector('[data-action="play"]');
      return (button.getAttribute('aria-label') ?? button.textContent) === paused;
    }, [place.id, paused]);
    page.assertClean();
    await page.close();
  });

  test(`${name}: a finger drags the slider`, async () => {
    const { page, figure } = await open(place, { hasTouch: true, isMobile: true, viewport: { width: 360, height: 800 } });
    await figure.slider.scrollIntoViewIfNeeded();
    const box = await figure.slider.boundingBox();
    const client = await page.page.context().newCDPSession(page.page);
    const touch = (type, share) => client.send('Input.dispatchTouchEvent', {
      type, touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + box.width * share, y: box.y + box.height / 2 }],
    });
    await touch('touchStart', 0.3);
    for (const share of [0.35, 0.45, 0.6, 0.7]) await touch('touchMove', share);
    await touch('touchEnd');
    const last = await figure.last();
    await page.until('the finger moves the cursor', ([id, low, high]) => {
      const step = Number(document.querySelector(`figure[id="${id}"]`).dataset.step);
      return step >= low && step <= high;
    }, [place.id, Math.floor(last * 0.4), Math.ceil(last * 0.9)]);
    page.assertClean();
    await page.close();
  });
}

test('typing was tried somewhere', () => assert.notDeepEqual(typedInto, []));
