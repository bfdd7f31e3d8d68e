// Motion: a step forward shows what it moves; scrubbing, less motion and high speed do not.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { start } from './browser.mjs';
import { address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'flash-attention';

/** For `init`: what moves in a figure's stage, as `[{ name, frame, millis, from }]`, and one act with what it set in motion. */
const helpers = () => {
  window.__moving = id => document.querySelector(`figure[id="${id}"] .stage`).getAnimations({ subtree: true }).map(({ animationName, effect }) => ({
    name: animationName,
    frame: effect.target.querySelector('.frame-now') !== null,
    passing: effect.target.closest('.passing') !== null,
    digit: effect.target.closest('.window') !== null,
    millis: effect.getComputedTiming().duration,
    from: effect.target.getAttribute('data-from') ?? '',
  }));
  window.__act = async (id, action) => {
    document.querySelector(`figure[id="${id}"] [data-action="${action}"]`).click();
    // Effects run as microtasks of the click.
    for (let n = 0; n < 8; n += 1) await null;
    return window.__moving(id);
  };
};

const act = (page, id, action) => page.page.evaluate(([id, action]) => window.__act(id, action), [id, action]);

async function open(id, { step = 0, ...options } = {}) {
  const page = await site.visit(address('en', SLUG, { fig: id, step }), { init: [helpers], ...options });
  return { page, figure: page.figure(id) };
}

/** Whether the step shown carries a tile, read off its end state. */
const carries = figure => figure.root.locator('.stage [data-from] .frame-now').count();

/** The first step that loads a tile before one that does not. */
async function load(id) {
  const { page, figure } = await open(id);
  let step = 0;
  for (let loads = 0; ; step += 1) {
    await figure.press('forward');
    const before = loads;
    loads = await carries(figure);
    if (before > 0 && loads === 0) break;
  }
  await page.close();
  return step;
}

for (const id of ['tiles', 'backward']) {
  const step = await load(id);

  for (const width of [360, 1440]) {
    test(`${id}: a step forward slides the frames of its tiles straight through the gate at ${width} px`, async () => {
      const { page } = await open(id, { step: step - 1, viewport: { width, height: 1000 } });
      const moving = await act(page, id, 'forward');
      const frames = moving.filter(({ frame }) => frame);
      assert.ok(frames.length > 0, JSON.stringify(moving));
      for (const { name, millis, from, passing } of frames) {
        assert.equal(millis, 320);
        assert.equal(name, passing ? 'pass' : 'come', 'a frame that only passes is not seen to stay');
        assert.match(from, /^translate\(0px,-?[1-9][\d.]*px\)/, 'neither left nor right');
      }
      assert.ok(moving.some(({ digit }) => digit), 'no digit of the counter rolls');
      page.assertClean();
      await page.close();
    });
  }

  test(`${id}: what has arrived does not move again`, async () => {
    const { page } = await open(id, { step: step - 1 });
    await act(page, id, 'forward');
    const again = await act(page, id, 'forward');
    assert.deepEqual(again.filter(({ frame, digit }) => frame || digit), []);
    assert.ok(again.length > 0, 'nothing shows what the next step changes');
    await page.close();
  });

  test(`${id}: scrubbing and going back show end states at once`, async () => {
    const { page, figure } = await open(id, { step: step + 1 });
    assert.deepEqual(await act(page, id, 'back'), []);
    assert.ok(await carries(figure) > 0);
    await figure.slider.scrollIntoViewIfNeeded();
    const box = await figure.slider.boundingBox();
    const y = box.y + box.height / 2;
    let carried = 0;
    await page.page.mouse.move(box.x + box.width / 4, y);
    await page.page.mouse.down();
    for (let n = 10; n < 40; n += 1) {
      await page.page.mouse.move(box.x + box.width * n / 40, y);
      assert.deepEqual(await page.page.evaluate(id => window.__moving(id), id), [], `at step ${await figure.step()}`);
      carried += await carries(figure);
    }
    await page.page.mouse.up();
    assert.ok(carried > 0, 'no step that carries a tile was scrubbed over');
    await page.close();
  });

  test(`${id}: with reduced motion nothing moves, and changed cells have an outline for that step`, async () => {
    const { page, figure } = await open(id, { step: step - 1, reducedMotion: 'reduce' });
    const outlined = () => figure.root.evaluate(figure => {
      const ink = getComputedStyle(figure).color;
      return [...figure.querySelectorAll('.stage [data-cell] > rect:first-child')].filter(rect => getComputedStyle(rect).stroke === ink).map(rect => rect.parentNode.dataset.cell);
    });
    assert.deepEqual(await act(page, id, 'forward'), []);
    const seen = [];
    for (let n = 0; n < 7; n += 1) {
      assert.deepEqual(await act(page, id, 'forward'), []);
      seen.push(await outlined());
    }
    const told = seen.filter(cells => cells.length > 0);
    assert.ok(told.length >= 4, `outlined: ${JSON.stringify(seen)}`);
    // A step of these changes what no other of them changes.
    const all = told.flat();
    assert.equal(new Set(all).size, all.length, `an outline outlives its step: ${JSON.stringify(seen)}`);
    await page.close();
  });

  test(`${id}: playing at 4x moves no frame, at 1x it does`, async () => {
    for (const [speed, expected] of [['4', false], ['1', true]]) {
      const { page, figure } = await open(id, { step: step - 1 });
      await figure.control('speed').selectOption(speed);
      const seen = await page.page.evaluate(async ([id, end]) => {
        const figure = document.querySelector(`figure[id="${id}"]`);
        const frames = [];
        figure.querySelector('[data-action="play"]').click();
        while (Number(figure.dataset.step) < end) {
          await new Promise(done => requestAnimationFrame(done));
          for (let n = 0; n < 8; n += 1) await null;
          frames.push(...window.__moving(id).filter(({ frame, digit }) => frame || digit));
        }
        return frames.length;
      }, [id, step + 1]);
      assert.equal(seen > 0, expected, `${speed}x: ${seen}`);
      await page.close();
    }
  });
}
