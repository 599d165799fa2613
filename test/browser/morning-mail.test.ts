import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { renderDigest } from '../../src/views/digest-mail.ts';
import { cookieFor, makeAccount } from '../support/accounts.ts';
import { axeFinds, LOOKS, openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';
import { putSentDigest, sampleDigest, sampleLinks } from '../support/digest.ts';

/** The morning mail in Chromium: its pages without JavaScript and to axe, and the mail itself at the widths of mail programs. */

const ORIGIN = 'http://localhost:3000';

let browser: Browser;
let served: ServedSite;
let box = '';
before(async () => {
  browser = await openBrowser();
  box = await mkdtemp(join(tmpdir(), 'broadsheet-mail-box-'));
  served = await serveSite({
    env: {
      BROADSHEET_ACCOUNTS: 'open',
      BROADSHEET_PUBLIC_URL: ORIGIN,
      BROADSHEET_MAIL_URL: pathToFileURL(box).href,
    },
  });
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await rm(box, { recursive: true, force: true });
});

const OVERFLOW = 'document.documentElement.scrollWidth - window.innerWidth';

const pages = async (): Promise<{ readonly cookie: string; readonly paths: Readonly<Record<string, string>> }> => {
  const account = await makeAccount(served.site);
  const paperId = (await served.site.app.store.editions.latest())?.placements[0] ?? '';
  const mail = await putSentDigest(served.site.app, { reader: account.id, paperId });
  return {
    cookie: await cookieFor(served.site, account),
    paths: {
      subscribe: '/subscribe',
      confirm: '/subscribe/confirm?t=x',
      digest: '/digest',
      preview: '/digest/preview',
      preferences: `/mail/${mail.manage}`,
      unsubscribe: `/mail/${mail.manage}/unsubscribe`,
      copy: `/mail/${mail.manage}/digests/${mail.id}`,
      vote: `/mail/${mail.act}/digests/${mail.id}/vote?paper=${encodeURIComponent(paperId)}`,
    },
  };
};

test('its pages are sound to axe, in light and dark, wide and narrow, and no wider than the window', async () => {
  const { cookie, paths } = await pages();
  const [name = '', value = ''] = cookie.split('=');
  for (const look of LOOKS) {
    const { width } = look.viewport;
    await using tab = await openTab(browser, { ...look, bypassCSP: true });
    await tab.context.addCookies([{ name, value, url: served.origin }]);
    for (const [page, path] of Object.entries(paths)) {
      await tab.page.goto(served.origin + path);
      assert.ok((await tab.page.evaluate<number>(OVERFLOW)) <= 0, `${page} at ${width}`);
      assert.deepEqual(await axeFinds(tab.page), [], `${page} at ${width}`);
    }
    assert.deepEqual(tab.troubles, []);
  }
});

test('it is subscribed to in the time zone of the browser, or the one that was chosen', async () => {
  await using tab = await openTab(browser, { timezoneId: 'Asia/Kolkata' });
  await tab.page.goto(served.origin);
  assert.equal(await tab.page.locator('.subscribe [name=zone]').inputValue(), 'Asia/Calcutta');
  await tab.page.goto(`${served.origin}/subscribe`);
  const zone = tab.page.getByLabel('Time zone');
  assert.equal(await zone.inputValue(), 'Asia/Calcutta');
  await zone.selectOption('Asia/Tokyo');
  await tab.page.goto(`${served.origin}/about`);
  await tab.page.goBack();
  assert.equal(await tab.page.getByLabel('Time zone').inputValue(), 'Asia/Tokyo');
  assert.deepEqual(tab.troubles, []);
});

test('preferences are set and it is ended without JavaScript', async () => {
  const { paths } = await pages();
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  await tab.page.goto(served.origin + paths.preferences);
  await tab.page.getByLabel('Hour').selectOption('18');
  await tab.page.getByLabel('Saturday').uncheck();
  await tab.page.getByLabel('Papers, at most').fill('4');
  await tab.page.getByRole('button', { name: 'Save' }).click();
  assert.match((await tab.page.textContent('[role=status]')) ?? '', /Saved/);
  assert.equal(await tab.page.getByLabel('Hour').inputValue(), '18');
  assert.equal(await tab.page.getByLabel('Saturday').isChecked(), false);
  await tab.page.goto(served.origin + paths.unsubscribe);
  await tab.page.getByRole('button', { name: 'Unsubscribe' }).click();
  assert.equal(await tab.page.textContent('h1'), 'Unsubscribed');
  await tab.page.getByRole('button', { name: /subscribe again/ }).click();
  assert.match((await tab.page.textContent('[role=status]')) ?? '', /comes again/);
});

test('the mail fits 600 and 360 pixels, dark where the reader is, with contrast enough and targets of 44', async () => {
  const { html } = renderDigest(sampleDigest(), sampleLinks());
  const papers = new Set<string>();
  for (const width of [600, 360])
    for (const colorScheme of ['light', 'dark'] as const) {
      await using tab = await openTab(browser, { colorScheme, viewport: { width, height: 800 } });
      const asked: string[] = [];
      tab.page.on('request', (request) => asked.push(request.url()));
      await tab.page.setContent(html);
      assert.ok((await tab.page.evaluate<number>(OVERFLOW)) <= 0, `${width}`);
      papers.add(await tab.page.evaluate<string>('getComputedStyle(document.body).backgroundColor'));
      const found = (await axeFinds(tab.page)).filter((one) => !/^(?:landmark-one-main|region) /.test(one));
      assert.deepEqual(found, [], `${width} ${colorScheme}`);
      const vote = await tab.page.getByText('Vote', { exact: true }).first().boundingBox();
      assert.ok(vote !== null && vote.height >= 44 && vote.width >= 44, JSON.stringify(vote));
      assert.deepEqual(asked, []);
    }
  assert.deepEqual([...papers], ['rgb(251, 249, 244)', 'rgb(22, 21, 19)']);
});
