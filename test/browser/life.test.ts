import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../src/kernel/clock.ts';
import { cookieFor, type LetterBox, makeAccount, openLetterBox, tokenOf } from '../support/accounts.ts';
import { axeFinds, openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';
import { freePort } from '../support/instance.ts';
import { openWebOfPapers, type WebOfPapers } from '../support/web-of-papers.ts';

/** The whole life of a paper, from an account that does not exist yet to a letter that a moderator hid and showed again. */

let browser: Browser;
let papers: WebOfPapers;
let box: LetterBox;
let served: ServedSite;
before(async () => {
  const port = await freePort();
  [browser, papers, box] = await Promise.all([openBrowser(), openWebOfPapers(), openLetterBox()]);
  served = await serveSite({
    port,
    clock: systemClock,
    env: {
      ...papers.env,
      BROADSHEET_ACCOUNTS: 'open',
      BROADSHEET_PUBLIC_URL: `http://localhost:${port}`,
      BROADSHEET_MAIL_URL: box.url,
    },
  });
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await papers?.[Symbol.asyncDispose]();
});

/** What axe finds on pages just as they stand in another tab, whether or not scripts run there. */
const openAuditor = async (): Promise<{ readonly tab: Tab; audit(page: Page): Promise<void> }> => {
  const tab = await openTab(browser, { bypassCSP: true });
  let markup = '';
  await tab.page.route('**/*', (route) => {
    const kind = route.request().resourceType();
    if (kind === 'document') return route.fulfill({ contentType: 'text/html; charset=utf-8', body: markup });
    return kind === 'script' ? route.abort() : route.continue();
  });
  return {
    tab,
    async audit(page) {
      markup = await page.content();
      await tab.page.goto(page.url().replace(/#.*$/, ''));
      assert.deepEqual(await axeFinds(tab.page), [], page.url());
    },
  };
};

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`sign up, submit, vote, write, answer, save, find, export, moderate, undo: ${how}`, async () => {
    const name = javaScriptEnabled ? 'ada' : 'emmy';
    const doi = javaScriptEnabled ? '10.1038/srep16696' : '10.1002/jor.1100150407';
    const { tab: auditing, audit } = await openAuditor();
    await using _ = auditing;
    await using tab = await openTab(browser, { javaScriptEnabled, acceptDownloads: true });
    await using other = await openTab(browser, { javaScriptEnabled });
    const { page } = tab;
    const moderator = await makeAccount(served.site, 'moderator');
    const [cookie = '', value = ''] = (await cookieFor(served.site, moderator)).split('=');
    await other.context.addCookies([{ name: cookie, value, url: served.origin }]);

    await page.goto(`${served.origin}/`);
    await audit(page);
    await page.getByRole('link', { name: 'Sign in' }).first().click();
    await audit(page);
    await page.getByLabel('Your mail address').fill(`${name}@example.org`);
    await page.getByRole('button', { name: 'Send a link' }).click();
    await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();
    await audit(page);
    const token = tokenOf(await box.letter(`${name}@example.org`));
    await page.goto(`${served.origin}/sign-in/link?t=${token}`);
    await audit(page);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.sections .who').waitFor();
    await page.locator('.sections .who').click();
    await audit(page);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Handle', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.sections .who', { hasText: name }).waitFor();

    await page.getByRole('link', { name: 'Submit a paper' }).first().click();
    await audit(page);
    await page.getByLabel(/arXiv id, DOI/).fill(`https://doi.org/${doi}`);
    await page.getByLabel(/Why others/).fill(`Read the appendix, says ${name}.`);
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByRole('heading', { name: 'Is this the paper?' }).waitFor();
    await audit(page);
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/#submitted$/);
    const paper = page.url().replace(/#.*$/, '');
    const title = (await page.locator('h1').textContent()) ?? '';
    assert.notEqual(title, '');
    await audit(page);

    const vote = page.locator('main .vote').first();
    await vote.click();
    await page.locator('main .vote[aria-pressed=true]').first().waitFor();

    await page.fill('#letter-body', `The bound, by ${name}: $\\sum_i x_i^2 \\ge 0$.`);
    await page.locator('.letter-form button[value=send]').click();
    const letter = page.locator('.letter', { hasText: `The bound, by ${name}` });
    await letter.locator('math').waitFor();
    await audit(page);

    await other.page.goto(paper);
    await other.page
      .locator('.letter', { hasText: `The bound, by ${name}` })
      .getByRole('link', { name: /^Answer/ })
      .click();
    await other.page.fill('#letter-body', `It is tight, @${name}.`);
    await other.page.locator('.letter-form button[value=send]').click();
    await other.page.locator('.thread .thread .letter', { hasText: 'It is tight' }).waitFor();
    await audit(other.page);

    await page.goto(paper);
    await page.locator('.thread .thread .letter', { hasText: 'It is tight' }).waitFor();
    await page.locator('main .save').first().click();
    await page.locator('main .save[aria-pressed=true]').first().waitFor();
    if (javaScriptEnabled)
      await page.locator('#said', { hasText: 'Saved to your library.' }).waitFor({ state: 'attached' });
    await page.goto(`${served.origin}/library`);
    await page.locator('main [name=q]').first().fill(title.split(' ').slice(0, 2).join(' '));
    await page.locator('main [name=q]').first().press('Enter');
    await page.locator('.shelved h2', { hasText: title }).waitFor();
    await audit(page);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'BibTeX' }).click(),
    ]);
    const exported = await (await file.createReadStream()).toArray();
    assert.match(Buffer.concat(exported).toString(), new RegExp(doi.replaceAll('.', '\\.')));

    await other.page.goto(paper);
    await other.page
      .locator('.letter', { hasText: `The bound, by ${name}` })
      .getByRole('link', { name: /^Report/ })
      .click();
    await audit(other.page);
    await other.page.locator('[name=reason]').fill('Not about the paper.');
    await other.page.locator('main form button').first().click();
    await other.page.goto(`${served.origin}/moderation`);
    const matter = other.page.locator('.matter', { hasText: `The bound, by ${name}` });
    await matter.waitFor();
    await audit(other.page);
    await matter.getByLabel(/^Why/).first().fill(`Hidden for ${name}.`);
    await matter.getByRole('button', { name: /^Hide/ }).click();
    await matter.waitFor({ state: 'detached' });
    await page.goto(paper);
    await page.getByText(`Hidden for ${name}.`).waitFor();
    await audit(page);
    await other.page.goto(`${served.origin}/moderation/log`);
    await audit(other.page);
    await other.page.getByRole('button', { name: /^Undo/ }).first().click();
    await other.page.getByText('Taken back since.').first().waitFor();
    await page.goto(paper);
    await letter.locator('math').waitFor();
    assert.equal(await letter.count(), 1);

    assert.deepEqual([...tab.troubles, ...other.troubles], []);
    assert.deepEqual(served.site.errors, []);
  });
}
