import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type Instance, startInstance } from '../support/instance.ts';

let instance: Instance;
let browser: Browser;

before(async () => {
  [instance, browser] = await Promise.all([
    startInstance({ BROADSHEET_EMBED: 'off' }),
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] }),
  ]);
});
after(async () => {
  await browser?.close();
  await instance?.[Symbol.asyncDispose]();
});

const visit = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(instance.origin + path, { waitUntil: 'load' });
  return page;
};

const LEAD = '.lead .vote';

test('a vote without JavaScript is a form sent and the page again', async () => {
  const page = await visit('/', { javaScriptEnabled: false });
  assert.equal(await page.getAttribute(LEAD, 'aria-pressed'), 'false');
  await page.click(LEAD);
  assert.equal(await page.getAttribute(LEAD, 'aria-pressed'), 'true');
  assert.equal((await page.textContent(LEAD))?.trim(), '1');
  await page.click(LEAD);
  assert.equal(await page.getAttribute(LEAD, 'aria-pressed'), 'false');
  await page.context().close();
});

/** Waits for the line of the page that is read out; the page's policy forbids waiting by evaluated text. */
const told = (page: Page, words: string): Promise<void> =>
  page.locator('#said').filter({ hasText: words }).waitFor({ state: 'attached' });

test('a vote with JavaScript stays on the page and is told', async () => {
  const page = await visit('/');
  await page.evaluate('window.stayed = true');
  await page.click(LEAD);
  await told(page, 'Voted');
  assert.equal(await page.getAttribute(LEAD, 'aria-pressed'), 'true');
  assert.match((await page.getAttribute(LEAD, 'aria-label')) ?? '', /^1 vote\. Vote for /);
  await page.click(LEAD);
  await told(page, 'Vote taken back');
  assert.equal(await page.evaluate('window.stayed'), true);
  await page.context().close();
});

test('a vote the server refuses is taken back on the page', async () => {
  const page = await visit('/');
  await page.route('**/vote', (route) => route.abort());
  await page.click(LEAD);
  await told(page, 'not taken');
  assert.equal(await page.getAttribute(LEAD, 'aria-pressed'), 'false');
  await page.context().close();
});

const focused = "document.activeElement?.closest('.story')?.querySelector('h2, h3')?.textContent ?? ''";

test('j, k, o, / and ? work; not while one writes, and not when turned off', async () => {
  const page = await visit('/');
  await page.keyboard.press('j');
  const first = await page.evaluate(focused);
  await page.keyboard.press('j');
  assert.notEqual(await page.evaluate(focused), first);
  await page.keyboard.press('k');
  assert.equal(await page.evaluate(focused), first);
  await page.keyboard.press('?');
  assert.equal(await page.isVisible('dialog.keys'), true);
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('jk?');
  assert.equal(await page.inputValue('#q'), 'jk?');
  assert.equal(await page.isVisible('dialog.keys'), false);
  await page.goto(instance.origin);
  await page.keyboard.press('j');
  await Promise.all([page.waitForURL(/\/papers\//), page.keyboard.press('o')]);
  await page.context().close();

  const off = await visit('/settings');
  await off.check('input[name=keys][value=off]');
  await off.click('.settings button');
  await off.goto(instance.origin);
  await off.keyboard.press('j');
  assert.equal(await off.evaluate(focused), '');
  await off.context().close();
});

test('suggestions are a combobox: arrows choose, Enter goes, Escape closes', async () => {
  const page = await visit('/');
  const offer = { kind: 'paper', label: '<b>A paper</b>', value: 'x', href: '/about' };
  await page.route('**/search/suggest**', (route) => route.fulfill({ json: { suggestions: [offer] } }));
  await page.fill('#q', '');
  await page.type('#q', 'pap');
  await page.waitForSelector('[role=option]');
  assert.equal(await page.textContent('[role=option] span'), offer.label);
  assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'false');
  await page.type('#q', 'e');
  await page.waitForSelector('[role=option]', { state: 'visible' });
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), 'suggestion-0');
  await Promise.all([page.waitForURL(/\/about$/), page.keyboard.press('Enter')]);
  await page.context().close();
});

test('the late edition is set by the server, from a form', async () => {
  const page = await visit('/settings', { javaScriptEnabled: false, colorScheme: 'light' });
  await page.check('input[name=edition][value=late]');
  await page.click('.settings button');
  await page.goto(instance.origin);
  assert.equal(await page.getAttribute('html', 'data-edition'), 'late');
  await page.context().close();
});
