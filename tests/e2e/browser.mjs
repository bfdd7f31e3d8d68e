// Starts the built site under a sub-path of a plain static server, and Chromium with or without WebGPU.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { serve } from '../../scripts/static-server.mjs';
import { SitePage } from './page.mjs';

export const ROOT = new URL('../../', import.meta.url).pathname;
export const DIST = process.env.DIST ?? `${ROOT}dist`;
export const PREFIX = '/some/sub/path/';

/** `gpu`: WebGPU on SwiftShader. `cpu`: navigator.gpu is there, but no adapter. */
export const BACKEND = process.env.BACKEND ?? 'gpu';

const ADAPTER = {
  gpu: ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader'],
  cpu: ['--disable-gpu'],
};

const EXECUTABLE = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path => path && existsSync(path));

/** The site and a browser: `visit` opens a page in a fresh context, that is with empty caches and storage. */
export async function start() {
  if (!ADAPTER[BACKEND]) throw new Error(`BACKEND=${BACKEND}: gpu or cpu`);
  if (!existsSync(DIST)) throw new Error(`${DIST} is missing: run scripts/build first`);
  if (!EXECUTABLE) throw new Error('no Chromium: install the package chromium, or name one in CHROMIUM');
  const server = await serve(DIST, { prefix: PREFIX });
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    ignoreDefaultArgs: ['--headless', '--enable-unsafe-swiftshader', '--disable-gpu'],
    args: [
      '--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', ...ADAPTER[BACKEND],
    ],
  });
  return {
    address: server.address,
    /** Opens an address below the site's root. `init`: functions that run in the page before its own scripts. Other options are Playwright's. */
    async visit(path, { init = [], before, ready = true, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, locale: 'en-US', reducedMotion: 'no-preference', ...options });
      for (const script of init) await context.addInitScript(script);
      const page = new SitePage(await context.newPage(), server.address);
      await page.watch();
      await before?.(page.page);
      await page.goto(path);
      if (ready) await page.ready();
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** For `init`: keeps every device that the page gets, so that a test can destroy it. */
export const keepDevices = () => {
  window.__devices = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    const device = await request.apply(this, options);
    window.__devices.push(device);
    return device;
  };
};
