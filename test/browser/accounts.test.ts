import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { hashSecret } from '../../src/kernel/secret.ts';
import { href } from '../../src/model/urls.ts';
import { moderate } from '../../src/services/moderation.ts';
import { cookieFor, makeAccount } from '../support/accounts.ts';
import { axeFinds, LOOKS, openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';
import { freePort } from '../support/instance.ts';

/** Accounts in Chromium: passkeys with a virtual authenticator, and the pages as they look to axe. */

let browser: Browser;
let served: ServedSite;
before(async () => {
  browser = await openBrowser();
  const port = await freePort();
  served = await serveSite({
    port,
    clock: { now: () => Date.now() },
    env: { BROADSHEET_ACCOUNTS: 'open', BROADSHEET_PUBLIC_URL: `http://localhost:${port}` },
  });
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const signedIn = async (tab: Tab, role: 'reader' | 'operator' = 'reader') => {
  const account = await makeAccount(served.site, role);
  const [name = '', value = ''] = (await cookieFor(served.site, account)).split('=');
  await tab.context.addCookies([{ name, value, url: served.origin }]);
  return account;
};

const withKey = async (tab: Tab, isUserVerified: boolean) => {
  const devtools = await tab.context.newCDPSession(tab.page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
    },
  });
  return { devtools, authenticatorId };
};

test('a passkey is added, signs in, and does neither without the finger', async () => {
  await using tab = await openTab(browser);
  const account = await signedIn(tab);
  const { devtools, authenticatorId } = await withKey(tab, true);
  await tab.page.goto(`${served.origin}/account`);
  await tab.page.click('[data-passkey=new]');
  await tab.page.waitForURL(/said=passkey/);
  const [key] = await served.site.app.store.passkeys.of(account.id);
  assert.match(key?.name ?? '', /^Chrome on /);

  await tab.context.clearCookies();
  await tab.page.goto(`${served.origin}/sign-in?onward=/editions`);
  await tab.page.click('[data-passkey=sign-in]');
  await tab.page.waitForURL(`${served.origin}/editions`);
  assert.equal(await tab.page.textContent('.sections .who'), account.name);
  const session = (await tab.context.cookies()).find(({ name }) => name === 'broadsheet-session');
  assert.equal(session?.httpOnly, true);
  const kept = await served.site.app.store.sessions.of(account.id);
  assert.deepEqual(kept.find(({ hash }) => hash === hashSecret(session?.value ?? ''))?.way, 'passkey');
  assert.deepEqual(tab.troubles, []);

  await tab.context.clearCookies();
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await tab.page.goto(`${served.origin}/sign-in`);
  await tab.page.click('[data-passkey=sign-in]');
  await tab.page.locator('#said:not(:empty)').waitFor({ state: 'attached' });
  assert.deepEqual(
    (await tab.context.cookies()).filter(({ name }) => name === 'broadsheet-session'),
    [],
  );
});

test('a vote pressed by nobody leads to the page for signing in, with and without JavaScript', async () => {
  for (const javaScriptEnabled of [true, false]) {
    await using tab = await openTab(browser, { javaScriptEnabled });
    await tab.page.goto(served.origin);
    await tab.page.locator('.vote').first().click();
    await tab.page.waitForURL(/\/sign-in/);
    assert.match((await tab.page.textContent('main')) ?? '', /Your vote for “/);
  }
});

test('the pages of accounts are clean to axe, by day and late, wide and narrow', async () => {
  for (const { colorScheme, viewport } of LOOKS) {
    const { width } = viewport;
    await using tab = await openTab(browser, { viewport, colorScheme, bypassCSP: true });
    const look = async (path: string): Promise<void> => {
      await tab.page.goto(served.origin + path);
      const found = await axeFinds(tab.page);
      assert.deepEqual(found, [], `${path} ${width} ${colorScheme}`);
      const wide = (await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
      assert.ok(wide <= 0, `${path} is ${wide} px too wide at ${width}`);
    };
    await look('/sign-in');
    await look('/setup?t=x');
    const account = await signedIn(tab);
    await look('/account');
    await look(`/readers/${account.handle}`);
  }
});

test('the pages of moderators are clean to axe, by day and late, wide and narrow', async () => {
  const { store } = served.site.app;
  const [paper = '', other = ''] = (await store.editions.latest())?.placements ?? [];
  const writer = await makeAccount(served.site);
  const deps = served.site.app;
  const letter = { id: 'b'.repeat(24), paperId: paper, groupId: null, parentId: null, body: 'A rude letter.' };
  await store.letters.add({ ...letter, author: writer, at: deps.clock.now() });
  const reporter = (await makeAccount(served.site)).id;
  await store.letters.report({ letterId: letter.id, reader: reporter, reason: 'It is rude.', at: deps.clock.now() });
  await store.moderation.flagRing({ id: 'ring', readers: [writer.id, reporter], at: deps.clock.now() });
  const submission = { paperId: paper, reader: writer.id, day: '2026-11-22', at: deps.clock.now(), note: 'Read this.' };
  await store.submissions.add([submission], null);
  const operator = await makeAccount(served.site, 'operator');
  const actor = { ...operator, role: 'operator' } as const;
  const down = { actor, kind: 'paper', target: other, reason: 'An advertisement.' } as const;
  assert.ok((await moderate(deps, { ...down, action: 'remove' })).ok);
  await store.jobs.enqueue({
    kind: 'alarm-mail',
    key: 'short:arxiv-oai:2026-11-21',
    payload: '',
    at: deps.clock.now(),
  });
  const lastFailure = 'The wire answered with something that is no XML.';
  await store.standings.put({ source: 'arxiv-oai', lastFailureAt: deps.clock.now(), lastFailure });
  for (const { colorScheme, viewport } of LOOKS) {
    const { width } = viewport;
    await using tab = await openTab(browser, { viewport, colorScheme, bypassCSP: true });
    const [name = '', value = ''] = (await cookieFor(served.site, operator)).split('=');
    await tab.context.addCookies([{ name, value, url: served.origin }]);
    for (const path of ['/admin', '/moderation', '/moderation/log', `/readers/${writer.handle}`, href.paper(paper)]) {
      await tab.page.goto(served.origin + path);
      await tab.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      assert.deepEqual(await axeFinds(tab.page), [], `${path} ${width} ${colorScheme}`);
      const wide = (await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
      assert.ok(wide <= 0, `${path} is ${wide} px too wide at ${width}`);
    }
  }
});
