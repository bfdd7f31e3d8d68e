// What a browser can refuse: the page goes on, says so, and shows the same numbers.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BACKEND, keepDevices, start } from './browser.mjs';
import { CHAPTERS, address } from './site.mjs';

const site = await start();
after(() => site.close());

const SLUG = 'flash-attention';
const FRAME = address('en', SLUG, { fig: 'tiles', step: 30 });

/** Forbids a kind of storage as a browser does that blocks all site data. */
const forbidStorage = () => {
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
    Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
  }
};

const breakShaders = () => {
  const create = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    return create.call(this, { ...descriptor, code: 'this is not WGSL' });
  };
};

async function worksOnCpu(page) {
  await page.until('the processor takes over', () => document.documentElement.dataset.backend === 'cpu');
  await page.backendNote.first().waitFor();
  assert.ok((await page.backendNote.first().innerText()).trim().length > 10);
  const plain = await site.visit(FRAME + '&backend=cpu');
  assert.deepEqual(await page.figure('tiles').table(), await plain.figure('tiles').table());
  await plain.close();
  await page.figure('tiles').press('forward');
  await page.figure('tiles').at(31);
}

if (BACKEND === 'cpu') {
  test('no adapter: a note, and the processor', async () => {
    const page = await site.visit(FRAME);
    await worksOnCpu(page);
    page.assertClean();
    await page.close();
  });

  test('no WebGPU at all: a note, and the processor', async () => {
    const page = await site.visit(FRAME, { init: [() => { delete Navigator.prototype.gpu; }] });
    await worksOnCpu(page);
    page.assertClean();
    await page.close();
  });

  test('asking for WebGPU where there is none says so', async () => {
    const page = await site.visit(FRAME + '&backend=webgpu');
    await worksOnCpu(page);
    page.assertClean();
    await page.close();
  });
}

if (BACKEND === 'gpu') {
  test('the device is lost in mid-run: a note, and the processor', async () => {
    const page = await site.visit(FRAME, { init: [keepDevices] });
    assert.equal(await page.backend(), 'webgpu');
    const before = await page.figure('tiles').table();
    assert.ok(await page.page.evaluate(() => {
      for (const device of window.__devices) device.destroy();
      return window.__devices.length;
    }) > 0, 'the page has no device');
    await worksOnCpu(page);
    await page.figure('tiles').press('back');
    await page.figure('tiles').at(30);
    assert.deepEqual(await page.figure('tiles').table(), before);
    page.assertClean();
    await page.close();
  });

  test('kernels that do not compile: a note, and the processor', async () => {
    const page = await site.visit(FRAME, { init: [breakShaders] });
    await worksOnCpu(page);
    // The browser itself writes the shader's errors to the console; nothing else may be there.
    assert.deepEqual(page.faults.filter(fault => !/WGSL|[Ss]hader|WebGPU|GPU/.test(fault)), []);
    await page.close();
  });

  test('the adapter gives no device: a note, and the processor', async () => {
    const page = await site.visit(FRAME, { init: [() => {
      GPUAdapter.prototype.requestDevice = async () => { throw new DOMException('refused', 'OperationError'); };
    }] });
    await worksOnCpu(page);
    page.assertClean();
    await page.close();
  });
}

test('storage forbidden: the page works', async () => {
  const page = await site.visit(FRAME, { init: [forbidStorage] });
  await page.figure('tiles').press('forward');
  await page.figure('tiles').at(31);
  await page.page.locator('[data-action="theme"]').first().click();
  await page.page.locator('[data-action="lang"]').first().click();
  await page.page.waitForURL('**/zh/**');
  await page.ready();
  page.assertClean();
  await page.close();
});

test('the next page cannot be fetched: the link is an ordinary page load', async () => {
  const page = await site.visit('en/', {
    before: page => page.route('**/flash-attention/**', route => route.request().isNavigationRequest() ? route.continue() : route.abort()),
  });
  await page.page.locator(`main a[href*="${SLUG}"]`).first().click();
  await page.page.waitForURL(`**/en/${SLUG}/**`);
  await page.page.locator('figure[data-figure]').first().waitFor();
  await page.close();
});

test('without WebAssembly the place of a figure says what is missing', async () => {
  for (const { slug, main } of CHAPTERS) {
    const page = await site.visit(`en/${slug}/`, { ready: false, init: [() => { delete window.WebAssembly; }] });
    await page.until('the placeholder speaks', id => /WebAssembly/.test(document.querySelector(`figure[id="${id}"]`).innerText), main);
    assert.ok((await page.page.locator('main').innerText()).length > 2000);
    await page.close();
  }
});

test('the wasm file does not arrive: the place of a figure says so', async () => {
  const page = await site.visit(`en/${SLUG}/`, { ready: false, before: page => page.route('**/*.wasm', route => route.abort()) });
  await page.until('the placeholder speaks', () => {
    const figure = document.querySelector('figure[data-main]');
    return figure.querySelector('.fig-wait')?.checkVisibility() && figure.innerText.trim().length > 20;
  });
  await page.close();
});

test('the code of a figure that does not arrive: the figure says so, and tries again', async () => {
  let refused = true;
  const page = await site.visit(address('en', SLUG, { fig: 'traffic' }), {
    ready: false,
    before: page => page.route(/split_.*measured\.wasm/, route => (refused ? route.abort() : route.continue())),
  });
  const figure = page.figure('traffic');
  await figure.root.locator('[data-problem="data"]').waitFor();
  assert.equal(await page.figure('tiles').root.locator('[data-problem]').count(), 0, 'another figure suffers');
  refused = false;
  await figure.press('retry');
  assert.ok((await figure.table()).length > 1);
  await page.close();
});
