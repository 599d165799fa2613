import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { axeFinds, LOOKS, openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';

/** A group in a browser: opened, voted in, a paper proposed, a meeting called, minutes kept; with JavaScript and without. */

let served: ServedSite;
let browser: Browser;
before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true });

/** Returns the group's address. */
const live = async (tab: Tab, name: string): Promise<string> => {
  const { page } = tab;
  await page.goto(`${served.origin}/groups/new`);
  await page.fill('input[name=name]', name);
  await page.fill('textarea[name=about]', 'We read slowly.');
  await button(tab, 'Open the group').click();
  await page.waitForURL(/\/groups\/(?!new)/);
  const path = new URL(page.url()).pathname;
  assert.equal((await page.textContent('h1.nameplate'))?.trim(), name);
  return path;
};

const journalClub = async (tab: Tab, path: string): Promise<string> => {
  const { page } = tab;
  await page.goto(served.origin + path);
  await page.locator('main .wires h3 a').first().click();
  await page.getByRole('link', { name: 'Propose it for a meeting' }).click();
  await page.fill('textarea[name=why]', 'It is short.');
  await button(tab, 'Propose it').click();
  await page.getByRole('link', { name: 'Call a meeting' }).click();
  await page.fill('input[name=day]', '2026-11-24');
  await page.fill('input[name=zone]', 'Europe/Berlin');
  await page.fill('input[name=place]', 'Room 1');
  await button(tab, 'Call the meeting').click();
  await page.fill('textarea[name=minutes]', 'We **agreed** on $x^2$.');
  await button(tab, 'Keep the minutes').click();
  assert.equal(await page.locator('.letter-body strong').textContent(), 'agreed');
  assert.equal(await page.locator('.letter-body math').count(), 1);
  const meeting = new URL(page.url()).pathname;
  await page.goto(served.origin + path);
  assert.match((await page.textContent('.rail')) ?? '', /24 November 2026, 14:00 Europe\/Berlin, Room 1/);
  return meeting;
};

test('a letter to the group and a note outlive a lost connection and a closed page', async () => {
  await using tab = await openTab(browser);
  const { page, context } = tab;
  const path = await live(tab, 'Travellers');
  await page.goto(served.origin + path);
  await page.locator('main .wires h3 a').first().click();
  const inGroup = page.url();
  const paper = inGroup.replace(/\/groups\/[^/]+/, '');
  await context.setOffline(true);
  await page.fill('#letter-body', 'To the group, from a train.');
  await page.getByRole('button', { name: 'Send to the group' }).click();
  await page.getByText('The connection was lost').waitFor();
  await context.setOffline(false);
  await page.goto(paper);
  assert.equal(await page.inputValue('#letter-body'), '', 'the public form knows nothing of it');
  await page.locator('#shelf summary').click();
  await page.fill('#shelf [name=note]', 'A note, from a train.');
  await context.setOffline(true);
  await page.locator('#shelf button').click();
  await page.waitForURL(/chrome-error/).catch(() => {});
  await context.setOffline(false);

  await page.goto(inGroup);
  await page.getByText('had written and not yet sent').waitFor();
  assert.equal(await page.inputValue('#letter-body'), 'To the group, from a train.');
  await page.getByRole('button', { name: 'Send to the group' }).click();
  await page.locator('.letter', { hasText: 'from a train' }).waitFor();
  await page.goto(paper);
  await page.getByText('had written and not yet saved').waitFor();
  assert.equal(await page.inputValue('#shelf [name=note]'), 'A note, from a train.');
  await page.locator('#shelf button').click();
  await page.waitForURL(/#shelf$/);
  await page.goto(paper);
  assert.equal(await page.inputValue('#shelf [name=note]'), 'A note, from a train.');
  assert.equal(await page.locator('#shelf [role=alert]').isVisible(), false);
  assert.equal(await page.evaluate('localStorage.length'), 0);
  await served.site.app.store.library.forget('owner');
});

for (const javaScriptEnabled of [true, false])
  test(`the whole of it, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    await using tab = await openTab(browser, { javaScriptEnabled });
    const path = await live(tab, javaScriptEnabled ? 'Scripted' : 'Plain');
    const vote = tab.page.locator('main .vote').first();
    await vote.click();
    if (javaScriptEnabled) await tab.page.locator('#said').filter({ hasText: 'Voted' }).waitFor({ state: 'attached' });
    await tab.page.goto(served.origin + path);
    const lead = tab.page.locator('.lead .vote');
    assert.equal(await lead.getAttribute('aria-pressed'), 'true');
    assert.match((await lead.getAttribute('aria-label')) ?? '', /^1 vote\. Vote in this group for /);
    await journalClub(tab, path);
    assert.deepEqual(tab.troubles, []);
  });

for (const { colorScheme, viewport } of LOOKS) {
  const { width } = viewport;
  test(`axe finds nothing and nothing is too wide: ${colorScheme}, ${width} px`, async () => {
    await using tab = await openTab(browser, { colorScheme, viewport, bypassCSP: true });
    const path = await live(tab, `Looks ${colorScheme} ${width}, a name that takes its space`);
    await tab.page.locator('main .vote').first().click();
    await tab.page.locator('#said').filter({ hasText: 'Voted' }).waitFor({ state: 'attached' });
    const meeting = await journalClub(tab, path);
    const paper = (await tab.page.locator('.lead h2 a').getAttribute('href')) ?? '';
    for (const at of [
      '/groups',
      '/groups/new',
      path,
      paper,
      `${path}/members`,
      `${path}/agenda`,
      meeting,
      `${path}/proposals`,
      `${path}/settings`,
    ]) {
      await tab.page.goto(served.origin + at);
      assert.deepEqual(await axeFinds(tab.page), [], at);
      const over = (await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
      assert.ok(over <= 0, `${at} is ${over} px too wide`);
    }
  });
}
