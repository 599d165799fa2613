import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';

/** What a reader does with keys and pointer, with and without JavaScript. */

let served: ServedSite;
let browser: Browser;
before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

/** Title of the story that has the focus; null for none. */
const focused = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>(`document.activeElement.closest('.story a') && document.activeElement.textContent`);

const titles = (page: Page): Promise<readonly string[]> => page.locator('.story :is(h2, h3) > a').allTextContents();

test('j and k walk through the stories, o opens one', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/?view=wire`);
  const all = await titles(page);
  await page.keyboard.press('j');
  assert.equal(await focused(page), all[0]);
  for (const _ of [1, 2]) await page.keyboard.press('j');
  assert.equal(await focused(page), all[2]);
  await page.keyboard.press('k');
  assert.equal(await focused(page), all[1]);
  await page.keyboard.press('o');
  await page.waitForURL(/\/papers\/(?!date)/);
  assert.equal(await page.locator('h1').textContent(), all[1]);
  assert.deepEqual(tab.troubles, []);
});

test('v votes for the story at hand, and takes the vote back', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/?view=wire`);
  await page.keyboard.press('j');
  const button = page.locator('.story .vote').first();
  const said = page.locator('#said');
  await page.evaluate('globalThis.stayed = true');
  await page.keyboard.press('v');
  await said.getByText('Voted: 1 vote.').waitFor({ state: 'attached' });
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  assert.match((await button.getAttribute('aria-label')) ?? '', /^1 vote\. Vote for /);
  await page.keyboard.press('v');
  await said.getByText('Vote taken back: 0 votes.').waitFor({ state: 'attached' });
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  assert.equal(await page.evaluate('globalThis.stayed'), true, 'on the same page');
  assert.deepEqual(tab.troubles, []);
});

test('a vote that is not taken is shown as not taken', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/?view=wire`);
  await page.route('**/vote', (route) => route.abort());
  const button = page.locator('.story .vote').first();
  await button.click();
  await page.locator('#said').getByText('The vote was not taken.').waitFor({ state: 'attached' });
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
});

test('who votes and leaves at once has voted', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/papers/trending`);
  const button = page.locator('.story .vote').last();
  const address = await button.getAttribute('formaction');
  const gone = Promise.withResolvers<void>();
  await tab.context.route('**/vote', async (route) => {
    await gone.promise;
    await route.continue();
  });
  await page.evaluate(`document.querySelector('.vote[formaction="${address}"]').click(), location.assign('/settings')`);
  await page.waitForURL('**/settings');
  gone.resolve();
  const pressed = page.locator(`.vote[formaction="${address}"][aria-pressed=true]`);
  for (let look = 0; look < 50 && (await pressed.count()) === 0; look++)
    await page.goto(`${served.origin}/papers/trending`);
  assert.notEqual(await pressed.count(), 0);
});

test('without JavaScript a vote is a form, and one comes back to the page', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  const { page } = tab;
  await page.goto(`${served.origin}/papers/trending`);
  const label = await page.locator('.vote').first().getAttribute('formaction');
  const button = page.locator(`.vote[formaction="${label}"]`).first();
  await button.click();
  await page.waitForURL(`${served.origin}/papers/trending`);
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  assert.equal(await button.textContent(), '1');
  await button.click();
  await page.locator(`.vote[formaction="${label}"][aria-pressed=false]`).first().waitFor();
});

test('/ goes to the search box, where letters are letters; ? shows the keys and closes them', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/`);
  await page.keyboard.press('/');
  await page.keyboard.type('jv?');
  assert.equal(await page.locator('#q').inputValue(), 'jv?');
  await page.locator('#q').blur();
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('j');
  assert.equal(await focused(page), null);
  for (const key of ['?', 'Escape']) {
    await page.keyboard.press(key);
    await page.locator('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
  }
  assert.deepEqual(tab.troubles, []);
});

test('keys with Control or Meta are left to the browser', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(`${served.origin}/`);
  await tab.page.keyboard.press('Control+j');
  assert.equal(await focused(tab.page), null);
});

test('keys, edition and setting are chosen on the settings page, with and without JavaScript', async () => {
  for (const javaScriptEnabled of [true, false]) {
    await using tab = await openTab(browser, { javaScriptEnabled });
    const { page } = tab;
    await page.goto(`${served.origin}/settings`);
    await page.locator('input[name=keys][value=off]').check();
    await page.locator('input[name=edition][value=late]').check();
    await page.locator('form.settings button').click();
    await page.getByText('Saved, in a cookie of this browser.').waitFor();
    await page.goto(`${served.origin}/`);
    assert.equal(await page.locator('html').getAttribute('data-edition'), 'late');
    await page.keyboard.press('/');
    await page.keyboard.press('?');
    assert.equal(await page.locator('dialog').count(), 0);
    assert.equal(await page.locator('script[src*="keys"]').count(), 0);
    if (javaScriptEnabled) assert.equal(await focused(page), null);
  }
});

test('suggestions come while one types, and are chosen by keyboard', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/`);
  const box = page.locator('#q');
  await box.click();
  await box.pressSequentially('veil', { delay: 20 });
  const options = page.locator('#suggestions [role=option]');
  await options.first().waitFor();
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  assert.equal(await options.first().getAttribute('aria-selected'), 'true');
  assert.equal(await box.getAttribute('aria-activedescendant'), await options.first().getAttribute('id'));
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#suggestions').isVisible(), false);
  assert.equal(await box.getAttribute('aria-expanded'), 'false');
  await box.pressSequentially('a', { delay: 20 });
  await options.first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/papers\/(?!date)/);
  assert.match((await page.locator('h1').textContent()) ?? '', /^Veila: /);
  assert.deepEqual(tab.troubles, []);
});

test('what is suggested is text, whatever stands in it', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/`);
  const offer = { kind: 'paper', label: '<b>A paper</b>', value: 'x', href: '/about' };
  await page.route('**/search/suggest**', (route) => route.fulfill({ json: { suggestions: [offer] } }));
  await page.locator('#q').pressSequentially('pap');
  assert.equal(await page.locator('[role=option] span').first().textContent(), offer.label);
  assert.deepEqual(tab.troubles, []);
});

test('a search is a form that works without JavaScript', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  const { page } = tab;
  await page.goto(`${served.origin}/`);
  await page.locator('#q').fill('panoramic lidar');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=panoramic\+lidar/);
  assert.match((await page.locator('.hits h2').first().textContent()) ?? '', /^Veila: /);
});

test('the skip link is first, and leads to the papers', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(`${served.origin}/`);
  await tab.page.keyboard.press('Tab');
  await tab.page.keyboard.press('Enter');
  assert.equal(await tab.page.evaluate('document.activeElement.id'), 'main');
});

test('BibTeX is copied', async () => {
  await using tab = await openTab(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = tab;
  await page.goto(`${served.origin}/?view=wire`);
  await page.locator('.story h2 a').first().click();
  await page.getByRole('button', { name: 'Copy BibTeX' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.match(await page.evaluate<string>('navigator.clipboard.readText()'), /^@\w+\{/);
});
