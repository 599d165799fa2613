import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';

/** Results while one types; and the same search where nothing can be typed live. */

let served: ServedSite;
let browser: Browser;
before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const hit = (page: Page, words: string) => page.locator('#results .hits h2', { hasText: words }).first();

test('results come while one types, in their own address, with the focus kept and the count told', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/search`);
  await page.evaluate('window.stayed = true');
  await page.locator('#q').pressSequentially('panor lid', { delay: 20 });
  await hit(page, 'Veila').waitFor();
  await page.waitForURL(/\/search\?q=panor\+lid$/);
  assert.equal(await page.title(), 'Search: panor lid · Broadsheet');
  assert.equal(await page.evaluate('document.activeElement.id'), 'q');
  assert.equal(await page.evaluate('window.stayed'), true);
  await page
    .locator('#said')
    .filter({ hasText: /papers?$/ })
    .waitFor({ state: 'attached' });
  await page.fill('#q', '');
  await page.locator('#results', { hasText: 'How to ask' }).waitFor();
  await page.waitForURL(/\/search$/);
  assert.deepEqual(tab.troubles, []);
});

test('back leads to the search before, forward to the one after, and Enter is a search as ever', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/search?q=knot+forcing&sort=newest`);
  await page.locator('#q').pressSequentially(' x');
  await page.fill('#q', 'panoramic lidar');
  await hit(page, 'Veila').waitFor();
  await page.waitForURL(/q=panoramic\+lidar&sort=newest$/);
  await page.goBack();
  await hit(page, 'Knot Forcing').waitFor();
  assert.equal(await page.inputValue('#q'), 'knot forcing');
  await page.goForward();
  await hit(page, 'Veila').waitFor();
  assert.equal(await page.inputValue('#q'), 'panoramic lidar');
  await page.fill('#q', 'policy discriminators');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await hit(page, 'Policy Discriminators').waitFor();
  assert.deepEqual(tab.troubles, []);
});

test('an answer that comes late never stands above a later one; one that fails leaves what is there', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/search`);
  let held: (() => void) | null = null;
  const first = new Promise<void>((go) => {
    held = go;
  });
  await page.route(/live=1/, async (route) => {
    const q = new URL(route.request().url()).searchParams.get('q');
    if (q === 'knot') await first;
    if (q === 'broken') await route.fulfill({ status: 500, body: 'no' });
    else await route.continue().catch(() => {});
  });
  await page.fill('#q', 'knot');
  await page.waitForRequest(/live=1/);
  await page.fill('#q', 'panoramic lidar');
  await hit(page, 'Veila').waitFor();
  (held as (() => void) | null)?.();
  await page.fill('#q', 'broken');
  await page.waitForResponse((answer) => answer.status() === 500);
  assert.equal(await hit(page, 'Veila').count(), 1);
});

test('nothing is asked while one types where data is to be saved', async () => {
  await using tab = await openTab(browser);
  await tab.context.addInitScript("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })");
  const { page } = tab;
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('live=1')) asked++;
  });
  await page.goto(`${served.origin}/search`);
  await page.fill('#q', 'panoramic lidar');
  await page.waitForTimeout(400);
  assert.equal(asked, 0);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await hit(page, 'Veila').waitFor();
});

test('the suggestions work over live results, and offer few', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/search`);
  await page.locator('#q').pressSequentially('mo', { delay: 20 });
  await page.locator('[role=option]').first().waitFor();
  assert.ok((await page.locator('[role=option]').count()) <= 4);
  await page.keyboard.press('Escape');
  assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'false');
  assert.equal(await page.inputValue('#q'), 'mo');
});

test('a browser finds the description of the search, and it is sound XML', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(served.origin);
  const found = await tab.page.evaluate(`(async () => {
    const link = document.querySelector('link[rel=search]');
    const request = new XMLHttpRequest();
    request.open('GET', link.href);
    request.responseType = 'document';
    request.overrideMimeType('text/xml');
    await new Promise((done) => { request.onload = done; request.send(); });
    const names = (tag) => [...request.responseXML.getElementsByTagName(tag)];
    return [names('ShortName')[0].textContent, names('Url').length, names('parsererror').length];
  })()`);
  assert.deepEqual(found, ['Broadsheet', 5, 0]);
});

test('without JavaScript: search, narrow by days, save, rename, remove and bring back', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  const { page } = tab;
  await page.goto(`${served.origin}/search`);
  await page.fill('#q', 'video');
  await page.keyboard.press('Enter');
  await page.fill('input[name=after]', '2026-01-01');
  await page.click('.span button');
  await page.locator('.chips', { hasText: 'since 1 January 2026' }).waitFor();
  await page.click('text=Save this search');
  await page.locator('.notice', { hasText: 'is kept here' }).waitFor();
  await page.click('summary');
  await page.fill('.rename input', 'Moving pictures');
  await page.click('text="Rename"');
  await page.click('summary');
  await page.click('text="Remove"');
  await page.click('text=Bring it back');
  assert.equal((await page.textContent('.kept h2'))?.trim(), 'Moving pictures');
});

test('live results move nothing that stands still', async () => {
  await using tab = await openTab(browser, { viewport: { width: 360, height: 800 } });
  const { page } = tab;
  await page.goto(`${served.origin}/search`);
  const box = async () => page.locator('main form').first().boundingBox();
  const before = await box();
  await page.locator('#q').pressSequentially('video', { delay: 20 });
  await hit(page, 'Video').waitFor();
  assert.deepEqual(await box(), before);
  assert.ok(((await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number) <= 0);
});
