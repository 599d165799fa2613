import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';
import { fillLedger, rewordPaper, WIRED } from '../support/ledger.ts';

/** The operator's page while a harvest runs. */

let served: ServedSite;
let browser: Browser;
before(async () => {
  [served, browser] = await Promise.all([serveSite({ sources: WIRED, firstEdition: false }), openBrowser()]);
  const { store, clock } = served.site.app;
  await fillLedger(store, { now: clock.now() });
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

test('progress moves by itself, and the page is loaded again when the harvest has ended', async () => {
  const { store, clock } = served.site.app;
  const [run] = await store.runs.recent({ limit: 1 });
  assert.ok(run?.outcome === 'running');
  await using tab = await openTab(browser);
  await tab.page.goto(`${served.origin}/sources`);
  const line = tab.page.locator('[data-progress]');
  assert.match((await line.textContent()) ?? '', /160 of 600 entries/);
  await tab.page.evaluate('globalThis.same = true');
  await store.runs.put({ ...run, counts: { ...run.counts, new: 484 } });
  await tab.page.locator('[data-progress]', { hasText: '500 of 600' }).waitFor();
  assert.equal(await tab.page.locator('progress').evaluate((bar: { readonly value: number }) => bar.value), 500);
  assert.equal(await tab.page.evaluate('globalThis.same'), true, 'without loading the page again');
  await store.runs.put({ ...run, outcome: 'complete', endedAt: clock.now() });
  await line.waitFor({ state: 'detached' });
  assert.equal(await tab.page.locator('#running').count(), 0);
  assert.deepEqual(tab.troubles, []);
});

test('a source is paused and resumed by its button, without script', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  await tab.page.goto(`${served.origin}/sources`);
  await tab.page.getByRole('button', { name: 'Pause arXiv, by OAI-PMH' }).click();
  await tab.page.getByRole('button', { name: 'Resume arXiv, by OAI-PMH' }).click();
  await tab.page.getByRole('button', { name: 'Pause arXiv, by OAI-PMH' }).waitFor();
});

test('a link to a version leads to what changed in it', async () => {
  const { store, clock } = served.site.app;
  await rewordPaper(store, clock.now());
  await using tab = await openTab(browser);
  await tab.page.goto(`${served.origin}/papers/2611.00000`);
  await tab.page.getByRole('link', { name: 'what changed' }).last().click();
  await tab.page.waitForURL(/\/versions#v3$/);
  assert.equal(await tab.page.locator('section.change:target ins').first().textContent(), '[added: often ] ');
});
