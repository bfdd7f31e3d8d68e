// Page objects: what a reader sees and does, by the page's contract (roles, data-action, data-figure-data), never by its markup.
import assert from 'node:assert/strict';

const READY = 30_000;
const SOON = 10_000;

export class SitePage {
  constructor(page, root) {
    this.page = page;
    this.page.setDefaultTimeout(SOON);
    this.root = root;
    /** Console errors, uncaught exceptions, policy violations, requests to another host: none may happen. */
    this.faults = [];
    this.requests = [];
  }

  async watch() {
    const note = text => this.faults.push(text);
    this.page.on('pageerror', error => note(`exception: ${error.message}`));
    this.page.on('console', message => message.type() === 'error' && note(`console: ${message.text()} (${message.location().url})`));
    this.page.on('request', request => {
      this.requests.push(request.url());
      if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).origin !== new URL(this.root).origin) note(`foreign request: ${request.url()}`);
    });
    await this.page.exposeFunction('__violation', note);
    await this.page.addInitScript(() => document.addEventListener('securitypolicyviolation', event =>
      window.__violation(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)));
  }

  async goto(path) {
    this.response = await this.page.goto(this.root + path);
  }

  /** Waits until the probe has finished and every figure has drawn its opening frame. */
  async ready() {
    await this.page.waitForFunction(() => document.documentElement.dataset.ready === 'true', null, { timeout: READY }).catch(error => {
      throw new Error(`${this.page.url()} is not ready: ${this.faults.join('; ') || error.message}`);
    });
  }

  figure(id) {
    return new Figure(this, id);
  }

  backend() {
    return this.page.evaluate(() => document.documentElement.dataset.backend);
  }

  get messages() {
    return this.page.locator('[data-problem]').filter({ visible: true });
  }

  get backendNote() {
    return this.page.locator('[data-note="backend"]').filter({ visible: true });
  }

  /** The query of the address bar. */
  query() {
    return Object.fromEntries(new URL(this.page.url()).searchParams);
  }

  /** Waits until a predicate on the page holds. */
  async until(what, predicate, argument) {
    await this.page.waitForFunction(predicate, argument, { timeout: SOON }).catch(() => assert.fail(`never came true: ${what} (${this.page.url()})`));
  }

  /** Lets everything that a past act has set off happen: effects, layout, one painted frame. */
  async settle() {
    await this.page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(0);
    }))));
  }

  assertClean(what = this.page.url()) {
    assert.deepEqual(this.faults, [], what);
  }

  async close() {
    await this.page.context().close();
  }
}

export class Figure {
  constructor(site, id) {
    this.site = site;
    this.page = site.page;
    this.id = id;
    this.root = site.page.locator(`figure[id="${id}"]`);
  }

  async attribute(name) {
    return this.root.getAttribute(name);
  }

  async step() {
    return Number(await this.attribute('data-step'));
  }

  async last() {
    return Number(await this.attribute('data-last-step'));
  }

  control(action) {
    return this.root.locator(`[data-action="${action}"]`).first();
  }

  get slider() {
    return this.root.getByRole('slider').and(this.page.locator('[data-action="seek"]')).first();
  }

  async press(action, times = 1) {
    for (let n = 0; n < times; n += 1) await this.control(action).click();
  }

  /** Waits until the figure shows a step. */
  async at(step) {
    await this.site.until(`${this.id} at step ${step}`, ([id, step]) => document.querySelector(`figure[id="${id}"]`)?.dataset.step === String(step), [this.id, step]);
  }

  /** Goes to the last step. */
  async finish() {
    if (await this.step() < await this.last()) await this.press('last');
    await this.at(await this.last());
  }

  /** Goes to a step from the nearest end, as a reader does. */
  async seek(step) {
    const last = await this.last();
    const fromEnd = step > last / 2;
    await this.slider.focus();
    await this.page.keyboard.press(fromEnd ? 'End' : 'Home');
    await this.at(fromEnd ? last : 0);
    for (let n = fromEnd ? last - step : step; n > 0; n -= 1) await this.page.keyboard.press(fromEnd ? 'ArrowLeft' : 'ArrowRight');
    await this.at(step);
  }

  /** Waits until the address bar names the step on the stage (left out while it is 0 and nothing has moved); returns the address below the root. */
  async address() {
    await this.site.until('the address names the step', id =>
      (new URLSearchParams(location.search).get('step') ?? '0') === document.querySelector(`figure[id="${id}"]`).dataset.step, this.id);
    return this.page.url().slice(this.site.root.length);
  }

  /** Head and rows of the figure's table, which is opened if it is not there yet. */
  async table() {
    const table = this.root.locator('table[data-figure-data]');
    if (await table.count() === 0) {
      await this.press('data');
      await table.first().waitFor({ state: 'attached', timeout: SOON });
    }
    return table.first().evaluate(table => [...table.rows].map(row => [...row.cells].map(cell => cell.textContent.trim())));
  }

  /** The numbers of the table alone: they do not depend on the language. */
  async numbers() {
    const rows = await this.table();
    return rows.slice(1).map(row => row.filter(cell => /^[−+\-]?[\d.,]+(×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?$|^[−-]?∞$|^NaN$/.test(cell)));
  }

  async caption() {
    return (await this.root.locator('[aria-live]').first().textContent()).trim();
  }

  async #measure(name) {
    const found = await this.root.evaluate((figure, name) => (figure.matches(`[${name}]`) ? figure : figure.querySelector(`[${name}]`))?.getAttribute(name), name);
    return found === undefined || found === null ? undefined : Number(found);
  }

  /** max |explained - reference| so far; NaN if it does not parse, undefined if it is not stated. */
  residual() {
    return this.#measure('data-residual');
  }

  /** max |GPU - CPU twin|. */
  agreement() {
    return this.#measure('data-agreement');
  }

  /** Waits for the kernel to have run. */
  async agreed() {
    await this.site.until(`${this.id} states its agreement`, id => {
      const figure = document.querySelector(`figure[id="${id}"]`);
      return figure.matches('[data-agreement]') || figure.querySelector('[data-agreement]');
    }, this.id);
    return this.agreement();
  }

  /** The input element of a control, by the name of its parameter. */
  field(name) {
    const input = ':is(textarea, input, select)';
    return this.root.locator(`${input}[data-field="${name}"], [data-field="${name}"] ${input}`).first();
  }

  /** Puts a text, so many times over, into a field as pasting does, then leaves it. */
  async paste(name, piece, times = 1) {
    await this.field(name).evaluate((input, [piece, times]) => {
      const text = piece.repeat(times);
      input.focus();
      const prototype = input.tagName === 'TEXTAREA' ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
      Object.getOwnPropertyDescriptor(prototype, 'value').set.call(input, text);
      input.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
      input.dispatchEvent(new Event('change', { bubbles: true }));
      input.blur();
    }, [piece, times]);
    await this.site.settle();
  }

  /** Presses a download control; returns the file's name and bytes. */
  async download(action) {
    const [download] = await Promise.all([this.page.waitForEvent('download', { timeout: SOON }), this.control(action).click()]);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }
}
