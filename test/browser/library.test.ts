import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { axeFinds, LOOKS, openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';

/** The library and what one follows, with hands: with JavaScript and without, by keys, and for those who do not see. */

let served: ServedSite;
let browser: Browser;
before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const clear = (): Promise<void> => served.site.app.store.library.forget('owner');
const told = (page: Page, words: string): Promise<void> =>
  page.locator('#said').filter({ hasText: words }).waitFor({ state: 'attached' });

test('the ribbon saves without leaving the page, and so does the key s', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/?view=wire`);
  await page.evaluate('window.stayed = true');
  const ribbon = page.locator('.story .save').first();
  await ribbon.click();
  await told(page, 'Saved to your library.');
  assert.equal(await ribbon.getAttribute('aria-pressed'), 'true');
  await page.keyboard.press('s');
  await told(page, 'Taken out of your library.');
  assert.equal(await ribbon.getAttribute('aria-pressed'), 'false');
  assert.equal(await page.evaluate('window.stayed'), true);
  assert.deepEqual(tab.troubles, []);
  await clear();
});

test('a save that is not taken is shown as not taken', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${served.origin}/?view=wire`);
  await page.route('**/save', (route) => route.fulfill({ status: 503, body: '' }));
  const ribbon = page.locator('.story .save').first();
  await ribbon.click();
  await told(page, 'It was not saved. Try again.');
  assert.equal(await ribbon.getAttribute('aria-pressed'), 'false');
  await clear();
});

for (const javaScriptEnabled of [true, false]) {
  test(`from the front page to a tagged, filed, exported and emptied library, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    await using tab = await openTab(browser, { javaScriptEnabled });
    const { page } = tab;
    await page.goto(`${served.origin}/?view=wire`);
    for (const n of [0, 1]) {
      await page.locator('.story .save').nth(n).click();
      await page.locator(`.save[aria-pressed=true] >> nth=${n}`).waitFor();
    }
    await page.locator('.story h2 > a').first().click();
    const title = (await page.locator('h1').textContent()) ?? '';
    await page.locator('#shelf [name=state]').selectOption('later');
    await page.locator('#shelf [name=tags]').fill('Thesis, to read');
    await page.locator('#shelf [name=folders]').fill('Reading/2026');
    await page.locator('#shelf [name=note]').fill('Compare *this*.');
    await page.locator('#shelf button').click();
    await page.waitForURL(/#shelf$/);
    assert.equal(await page.locator('#shelf [name=tags]').inputValue(), 'thesis, to read');

    await page.goto(`${served.origin}/library`);
    assert.equal(await page.locator('.shelved > li').count(), 2);
    await page.getByRole('link', { name: '#to read' }).click();
    assert.deepEqual(await page.locator('.shelved h2').allTextContents(), [title]);
    await page.goto(`${served.origin}/library`);
    for (const box of await page.locator('.shelved > li > input').all()) await box.check();
    await page.locator('#bulk [name=do]').selectOption('tag');
    await page.locator('#bulk [name=value]').fill('both');
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByText('2 papers changed.').waitFor();
    assert.equal(await page.locator('.tags a', { hasText: '#both' }).count(), 2);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'BibTeX' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'library.bib');
    await page.locator('.shelved > li > input').first().check();
    await page.locator('#bulk [name=do]').selectOption('remove');
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByText('1 paper taken out of your library.').waitFor();
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('1 paper brought back.').waitFor();
    assert.equal(await page.locator('.shelved > li').count(), 2);
    await page.locator('[name=file]').setInputFiles({
      name: 'mine.bib',
      mimeType: 'text/plain',
      buffer: Buffer.from(
        '@misc{own, title={A work of its own kind}, author={Emmy Noether}, year=2020, keywords={rings}}',
      ),
    });
    await page.getByRole('button', { name: 'Bring in' }).click();
    await page.getByText(/1 paper put into your library/).waitFor();
    assert.equal(await page.locator('.shelved > li').count(), 3);
    assert.deepEqual(tab.troubles, []);
    await clear();
  });
}

test('an author’s page is followed by a button, and the page of what is new says so', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  const { page } = tab;
  await page.goto(served.origin);
  const house = (await page.locator('a[href^="/organisations/"]').first().getAttribute('href')) ?? '';
  await page.goto(served.origin + house);
  await page.getByRole('button', { name: /^Follow / }).click();
  assert.equal(await page.locator('.follow button').getAttribute('aria-pressed'), 'true');
  await page.goto(`${served.origin}/following`);
  assert.equal(await page.getByRole('button', { name: /^Unfollow / }).count(), 1);
  await page.getByRole('button', { name: /^Unfollow / }).click();
  await page.getByText('You follow nothing yet.').waitFor();
  await clear();
});

test('the pages are reachable for all, wide and narrow, in both editions', async () => {
  const wire = await (await served.site.ask('/?view=wire')).text();
  const papers = [...wire.matchAll(/formaction="(\/papers\/[^"]+)\/save"/g)].map(([, path]) => path ?? '').slice(0, 8);
  for (const [n, path] of papers.entries())
    await served.site.post(`${path}/shelf`, {
      state: n % 2 ? 'read' : 'later',
      tags: `t${n}, a rather long tag`,
      folders: 'A/B, C',
      note: 'A note.',
    });
  await served.site.post('/following', { kind: 'search', key: 'video', wish: '1' });
  for (const look of LOOKS) {
    const { width } = look.viewport;
    await using tab = await openTab(browser, { ...look, bypassCSP: true });
    const { page } = tab;
    for (const path of ['/library', '/library?q=tag%3At0', '/library?q=zzz', '/following', papers[0] ?? '']) {
      await page.goto(served.origin + path);
      const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      assert.ok(wider <= 0, `${path} is ${wider} px too wide at ${width}`);
      assert.deepEqual(await axeFinds(page), [], `${path} ${width}`);
    }
  }
  await clear();
});
