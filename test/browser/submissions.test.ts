import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { systemClock } from '../../src/kernel/clock.ts';
import { axeFinds, openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';
import { openWebOfPapers, type WebOfPapers } from '../support/web-of-papers.ts';

let browser: Browser;
let papers: WebOfPapers;
let served: ServedSite;
before(async () => {
  [browser, papers] = await Promise.all([openBrowser(), openWebOfPapers()]);
  served = await serveSite({ env: papers.env, clock: systemClock });
});
after(async () => {
  await browser.close();
  await served[Symbol.asyncDispose]();
  await papers[Symbol.asyncDispose]();
});

for (const javaScriptEnabled of [true, false]) {
  suite(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test('a paper is looked up, seen, submitted, and stands on its page and in “Just in”', async () => {
      await using tab = await openTab(browser, { javaScriptEnabled });
      const { page } = tab;
      const doi = javaScriptEnabled ? '10.1038/srep16696' : '10.1002/jor.1100150407';
      await page.goto(`${served.origin}/`);
      await page.getByRole('link', { name: 'Submit a paper' }).first().click();
      await page.getByLabel(/arXiv id, DOI/).fill('hello');
      await page.getByLabel(/Why others/).fill('Read the appendix.');
      await page.getByRole('button', { name: 'Look it up' }).click();
      await page.getByRole('alert').filter({ hasText: 'That names no paper' }).waitFor();
      assert.equal(await page.getByLabel(/Why others/).inputValue(), 'Read the appendix.');
      await page.getByLabel(/arXiv id, DOI/).fill(doi);
      if (javaScriptEnabled) await page.getByLabel(/arXiv id, DOI/).press('Control+Enter');
      else await page.getByRole('button', { name: 'Look it up' }).click();
      await page.getByRole('heading', { name: 'Is this the paper?' }).waitFor();
      assert.equal(await page.getByLabel(/Why others/).inputValue(), 'Read the appendix.');
      await page.getByRole('button', { name: 'Submit', exact: true }).click();
      await page.getByText('Submitted by').waitFor();
      assert.match(page.url(), /\/papers\/doi:[^#]*#submitted$/);
      await page.goto(`${served.origin}/`);
      await page.getByRole('heading', { name: 'Just in' }).waitFor();
      assert.ok((await page.getByText('Read the appendix.').count()) > 0);
      const ours = tab.troubles.filter((says) => !/422/.test(says));
      assert.deepEqual(ours, []);
    });

    test('one says “I wrote this”, and takes it back', async () => {
      await using tab = await openTab(browser, { javaScriptEnabled });
      const { page } = tab;
      await page.goto(`${served.origin}/papers/doi:10.1038/srep16696`);
      await page.getByText('I wrote this').click();
      await page.getByRole('button', { name: 'I am this author' }).click();
      await page.getByText('a moderator will look at it').waitFor();
      await page.getByRole('button', { name: 'Take it back' }).click();
      await page.getByText('I wrote this').waitFor();
      assert.deepEqual(tab.troubles, []);
    });
  });
}

test('the pages of submissions and readers are accessible, and fit a small screen', async () => {
  await using tab = await openTab(browser, { viewport: { width: 320, height: 640 }, bypassCSP: true });
  const { page } = tab;
  const preview = async (): Promise<void> => {
    await page.goto(`${served.origin}/submit`);
    const bib = ['One', 'Two'].map(
      (n) => `@article{${n}, title={${n} of two papers in a file}, author={Ada Lovelace}, year=2019}`,
    );
    await page
      .getByLabel(/Or a file/)
      .setInputFiles({ name: 'two.bib', mimeType: 'text/plain', buffer: Buffer.from(bib.join('\n')) });
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByRole('heading', { name: '2 papers found' }).waitFor();
  };
  const paths = [
    '/',
    '/submit',
    '/submissions',
    '/readers/owner',
    '/readers/owner/edit',
    '/papers/doi:10.1038/srep16696',
  ];
  for (const open of [...paths.map((path) => () => page.goto(served.origin + path)), preview]) {
    await open();
    assert.deepEqual(await axeFinds(page), [], page.url());
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(wide, false, `${page.url()} is wider than the screen`);
  }
});
