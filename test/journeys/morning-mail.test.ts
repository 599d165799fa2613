import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { HOME } from '../../src/config.ts';
import { sendDigests } from '../../src/jobs/digests.ts';
import type { Subscription } from '../../src/model/digest.ts';
import { deleteLeavers } from '../../src/services/reader-data.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { textOf } from '../support/app.ts';

/** The morning mail as its readers meet it: from an address in a box to the click that ends it. */

const KEY = 'a-secret-of-the-mail-server';
const DAY_MS = 86_400_000;

let site: AccountSite;
before(async () => {
  site = await openAccountSite({ firstEdition: true, env: { BROADSHEET_BOUNCE_KEY: KEY } });
});
after(() => site[Symbol.asyncDispose]());

const pathIn = (letter: string, pattern: RegExp): string => {
  const found = pattern.exec(letter)?.[0];
  assert.ok(found, `${pattern} in ${letter.slice(0, 600)}`);
  return found.replace(/^https?:\/\/[^/]+/, '');
};
const CONFIRM = /https?:\/\/\S+\/subscribe\/confirm\?t=[\w-]+/;

const subscription = async (address: string): Promise<Subscription> => {
  const there = await site.app.store.subscriptions.byAddress(address);
  assert.ok(there);
  return there;
};

/** Subscribes an address through its letter; returns the address of its page of preferences. */
const subscribe = async (email: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
  const seen = (await site.letters(email)).length;
  assert.equal((await site.post('/subscribe', { email, ...more })).status, 200);
  const confirm = pathIn(await site.letter(email, seen), CONFIRM);
  const done = await site.post('/subscribe/confirm', { t: confirm.split('t=')[1] ?? '' });
  assert.equal(done.status, 303);
  return (done.headers.get('location') ?? '').replace(/\?.*/, '');
};

/** Goes on to the next morning and sends; the mail that came to an address, or null. */
const morning = async (email: string): Promise<string | null> => {
  const seen = (await site.letters(email)).length;
  site.clock.forward(DAY_MS);
  await sendDigests(site.app, { owner: randomUUID() });
  const letters = await site.letters(email);
  return letters.length > seen ? (letters.at(-1) ?? '') : null;
};

test('an address alone is subscribed by two clicks, and by nothing less', async () => {
  const email = 'two.clicks@example.org';
  assert.match(await (await site.ask('/')).text(), /action="\/subscribe"/);
  const asked = await site.post('/subscribe', { email });
  assert.equal(asked.headers.get('cache-control'), 'private, no-store');
  assert.equal(await site.app.store.subscriptions.byAddress(email), null);

  const confirm = pathIn(await site.letter(email), CONFIRM);
  for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await site.ask(confirm, { method })).status, 200);
  assert.equal(await site.app.store.subscriptions.byAddress(email), null);

  const t = confirm.split('t=')[1] ?? '';
  const done = await site.post('/subscribe/confirm', { t });
  const there = await subscription(email);
  assert.equal(there.state, 'active');
  assert.match(done.headers.get('location') ?? '', /^\/mail\/[\w.-]+\?said=begin$/);
  assert.equal((await site.post('/subscribe/confirm', { t })).status, 404, 'a link works once');

  // To one who has it already the answer is the same, and the letter another.
  const again = await site.post('/subscribe', { email });
  assert.equal(await again.text(), await asked.text());
  const letter = await site.letter(email, 1);
  assert.match(letter, /You have it already/);
  assert.doesNotMatch(letter, CONFIRM);
});

test('it comes by the clocks of its reader; where those are not known, by those of the editions', async () => {
  const given = {
    'kolkata@example.org': 'Asia/Kolkata',
    'calcutta@example.org': 'Asia/Calcutta',
    'nowhere@example.org': 'Mars/Olympus_Mons',
    'silent@example.org': '',
  };
  const zones: string[] = [];
  for (const [email, zone] of Object.entries(given)) {
    await subscribe(email, { zone });
    zones.push((await subscription(email)).zone);
  }
  const { zone } = site.app.config.edition;
  assert.deepEqual(zones, ['Asia/Kolkata', 'Asia/Calcutta', zone, zone]);

  const account = await makeAccount(site);
  const headers = { cookie: await cookieFor(site, account) };
  await site.post('/digest', { do: 'begin', zone: 'America/Lima' }, { headers });
  assert.equal((await subscription(account.email ?? '')).zone, 'America/Lima');
});

test('preferences are seen and changed by the link alone', async () => {
  const page = await subscribe('prefers@example.org');
  const shown = await site.ask(page);
  assert.equal(shown.headers.get('cache-control'), 'private, no-store');
  assert.match(await shown.text(), /prefers@example\.org/);
  const wishes = {
    do: 'save',
    rhythm: 'weekly',
    hour: '18',
    zone: 'Asia/Kolkata',
    day: '5',
    papers: '3',
    part: 'trending',
    whenEmpty: 'note',
  };
  assert.equal((await site.post(page, wishes)).headers.get('location'), `${page}?said=save`);
  const there = await subscription('prefers@example.org');
  assert.deepEqual(
    [there.rhythm, there.hour, there.zone, there.days, there.papers, there.whenEmpty],
    ['weekly', 18, 'Asia/Kolkata', [5], 3, 'note'],
  );
  const wrong = await site.post(page, { ...wishes, zone: 'Nowhere/Nothing' });
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /no time zone/);

  await site.post(page, { do: 'pause' });
  assert.equal((await subscription('prefers@example.org')).state, 'paused');
  await site.post(page, { do: 'resume' });
  assert.equal((await subscription('prefers@example.org')).state, 'active');

  const before = await site.app.store.revision();
  for (const path of [
    `${page}x`,
    page.slice(0, -1),
    page.replace(/\.(.)/, (_, c) => `.${c === 'A' ? 'B' : 'A'}`),
    '/mail/x',
    '/mail/x.y',
  ]) {
    assert.equal((await site.ask(path)).status, 404, path);
    assert.equal((await site.post(path, { do: 'end' })).status, 404, path);
    assert.equal((await site.post(`${path}/unsubscribe`, { do: 'end' })).status, 404, path);
  }
  assert.equal(await site.app.store.revision(), before);
});

test('one click ends it before the next mail: without cookies, Origin or a page; no GET or HEAD does', async () => {
  const email = 'one.click@example.org';
  await subscribe(email);
  const mail = (await morning(email)) ?? '';
  assert.match(mail, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  const oneClick = pathIn(mail.replace(/\r\n\s+/g, ' '), /(?<=^List-Unsubscribe:[^<]*<)https?:[^>]+/m);

  for (const method of ['GET', 'HEAD']) {
    assert.equal((await site.ask(oneClick, { method })).status, 200);
    assert.equal((await site.ask(`${oneClick}?List-Unsubscribe=One-Click`, { method })).status, 200);
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const body of ['', 'x=1'])
    assert.equal((await site.ask(oneClick, { method: 'POST', headers: form, body })).status, 400);
  assert.equal((await subscription(email)).state, 'active');

  const ended = await site.ask(oneClick, {
    method: 'POST',
    from: '203.0.113.7',
    headers: form,
    body: 'List-Unsubscribe=One-Click',
  });
  assert.equal(ended.status, 200);
  assert.equal(ended.headers.get('location'), null);
  assert.equal((await subscription(email)).state, 'ended');
  assert.equal(await morning(email), null);

  // As a form of parts, as some mail programs send it, and twice.
  await site.app.store.subscriptions.change((await subscription(email)).id, { state: 'active' });
  const parts = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
  for (let twice = 0; twice < 2; twice++) {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    assert.equal((await site.ask(oneClick, { method: 'POST', headers, body: parts })).status, 200);
    assert.equal((await subscription(email)).state, 'ended');
  }
});

test('links below a paper do nothing by being looked at, and one thing by the button behind them', async () => {
  const account = await makeAccount(site);
  const email = account.email ?? '';
  const cookie = await cookieFor(site, account);
  const begun = await site.post('/digest', { do: 'begin' }, { headers: { cookie } });
  assert.equal(begun.headers.get('location'), '/digest?said=begin');
  const mail = (await morning(email)) ?? '';
  const [vote, save] = ['vote', 'save'].map((verb) =>
    pathIn(mail, new RegExp(`https?://\\S+/${verb}\\?paper=[^\\s"]+`)),
  );
  assert.ok(vote && save);
  const paper = new URLSearchParams(vote.split('?')[1]).get('paper') ?? '';
  const { store } = site.app;
  const standing = async () => {
    const [card] = await store.papers.cards([paper], account.id);
    return [card?.voted, card?.saved ?? false];
  };

  const before = await store.revision();
  for (const link of [vote, save])
    for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await site.ask(link, { method })).status, 200);
  assert.equal(await store.revision(), before);
  assert.deepEqual(await standing(), [false, false]);

  const action = (link: string): string => link.replace(/\?.*/, '');
  // A page elsewhere cannot press the button, even knowing the link.
  const foreign = await site.post(action(vote), { paper }, { headers: { origin: 'https://evil.example' } });
  assert.equal(foreign.status, 403);
  assert.equal((await site.post(action(vote), { paper })).status, 303);
  assert.equal((await site.post(action(vote), { paper })).status, 303, 'twice is once');
  assert.deepEqual(await standing(), [true, false]);
  const saved = await site.post(action(save), { paper });
  assert.match(await (await site.ask(saved.headers.get('location') ?? '')).text(), /It is in your library/);
  assert.deepEqual(await standing(), [true, true]);

  const other = (await store.editions.latest())?.placements.find((id) => !mail.includes(encodeURIComponent(id)));
  assert.ok(other);
  assert.equal((await site.post(action(vote), { paper: other })).status, 404, 'a paper the mail had not');
  const manage = pathIn(mail, /https?:\/\/\S+\/mail\/[\w-]+\.[\w-]{27}(?=\s)/);
  assert.equal((await site.ask(`${manage}/digests/${vote.split('/digests/')[1]}`)).status, 404, 'another purpose');
  await store.accounts.change(account.id, { disabledAt: 1, disabledWhy: 'spam' });
  assert.equal((await site.post(action(vote), { paper })).status, 404, 'a closed account');
});

test('what was sent can be read again: by its link, or signed in; not by others', async () => {
  const account = await makeAccount(site);
  const cookie = await cookieFor(site, account);
  await site.post('/digest', { do: 'begin' }, { headers: { cookie } });
  const mail = (await morning(account.email ?? '')) ?? '';
  const copy = pathIn(mail, /https?:\/\/\S+\/digests\/[\w-]+(?=\s)/);
  const id = copy.split('/').at(-1) ?? '';
  const title = /^(?=.{20})([ -~]+)\r\n {4}/m.exec(mail)?.[1] ?? 'none';
  for (const [path, headers] of [
    [copy, {}],
    [`/digest/sent/${id}`, { cookie }],
  ] as const) {
    const shown = await site.ask(path, { headers });
    assert.equal(shown.status, 200, path);
    assert.match(shown.headers.get('cache-control') ?? '', /private, no-store/);
    assert.ok(textOf(await shown.text()).includes(title), title);
  }
  assert.match(await (await site.ask('/digest', { headers: { cookie } })).text(), new RegExp(`/digest/sent/${id}`));
  const stranger = await cookieFor(site, await makeAccount(site));
  assert.equal((await site.ask(`/digest/sent/${id}`, { headers: { cookie: stranger } })).status, 404);
  const theirs = await subscribe('stranger@example.org');
  assert.equal((await site.ask(`${theirs}/digests/${id}`)).status, 404);
});

test('how one is told of a saved search is chosen beside it, by who gets the mail', async () => {
  const account = await makeAccount(site);
  const headers = { cookie: await cookieFor(site, account) };
  const saved = await site.post('/searches', { q: 'video generation' }, { headers });
  const id = saved.headers.get('location')?.split('saved=')[1] ?? '';
  const page = async (): Promise<string> => (await site.ask('/searches', { headers })).text();
  assert.doesNotMatch(await page(), /name="told"/);
  await site.post('/digest', { do: 'begin' }, { headers });
  assert.match(await page(), /<option value="digest" selected>/);
  for (let twice = 0; twice < 2; twice++)
    assert.equal((await site.post(`/searches/${id}`, { do: 'tell', told: 'mail' }, { headers })).status, 303);
  assert.match(await page(), /<option value="mail" selected>/);
  assert.equal((await site.app.store.searchAlerts.get(account.id, id))?.way, 'mail');
  assert.equal((await site.post('/searches/none', { do: 'tell', told: 'off' }, { headers })).status, 404);
  assert.equal((await site.post(`/searches/${id}`, { do: 'tell', told: 'shout' }, { headers })).status, 400);
});

test('the mail goes along in a reader’s data, and ends with the account', async () => {
  const account = await makeAccount(site);
  const email = account.email ?? '';
  const headers = { cookie: await cookieFor(site, account) };
  await site.post('/digest', { do: 'begin' }, { headers });
  assert.ok(await morning(email));
  const { secret } = await subscription(email);
  const data = await (await site.ask('/account/data.json', { headers })).text();
  const { morningMail } = JSON.parse(data) as { morningMail: { address: string; sent: readonly object[] } };
  assert.equal(morningMail.address, email);
  assert.equal(morningMail.sent.length, 1);
  assert.ok(!data.includes(secret));
  await site.app.store.accounts.change(account.id, { leavingAt: site.clock.now() - 8 * DAY_MS });
  assert.equal(await deleteLeavers(site.app), 1);
  assert.equal(await site.app.store.subscriptions.byAddress(email), null);
  assert.equal(await morning(email), null);
});

test('a look at the next mail writes nothing, and it is there as a file', async () => {
  const account = await makeAccount(site);
  const cookie = await cookieFor(site, account);
  const before = await site.app.store.revision();
  const page = await site.ask('/digest/preview', { headers: { cookie } });
  assert.equal(page.status, 200);
  const html = await page.text();
  assert.match(html, /The next morning mail/);
  assert.ok((html.match(/<article class="story/g) ?? []).length >= 5);
  const file = await site.ask('/digest/preview?as=html', { headers: { cookie } });
  assert.match(file.headers.get('content-disposition') ?? '', /^attachment/);
  assert.match(await file.text(), /<!doctype html>[\s\S]*prefers-color-scheme/);
  assert.equal(await site.app.store.revision(), before);
});

const bounced = (body: string, key: string | null, type = 'message/rfc822'): Promise<Response> =>
  site.ask('/mail/bounces', {
    method: 'POST',
    from: '203.0.113.8',
    headers: { 'content-type': type, ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body,
  });
const dsn = async (name: string, messageId: string): Promise<string> =>
  (await readFile(join(HOME, 'test/fixtures/bounces', `${name}.eml`), 'utf8')).replaceAll('{{MAIL}}', messageId);
const messageIdOf = (mail: string): string => /^Message-ID: <([^>]+)>/im.exec(mail)?.[1] ?? '';

test('a mail that came back ends the mails there; a forged one ends nothing', async () => {
  const email = 'gone@example.org';
  const page = await subscribe(email);
  const mail = (await morning(email)) ?? '';
  const messageId = messageIdOf(mail);
  assert.notEqual(messageId, '');

  for (const key of [null, 'wrong', `${KEY}x`])
    assert.equal((await bounced(await dsn('postfix-unknown', messageId), key)).status, 401);
  // Who knows the address, the day, and how our Message-IDs look, but not this one.
  const guess = messageId.replace(/^[^@]+/, (local) => `${local.slice(0, -4)}aaaa`);
  const forged = (await dsn('postfix-unknown', guess)).replaceAll('ada@university.example', email);
  assert.deepEqual(await (await bounced(forged, KEY)).json(), { outcome: 'unknown' });
  for (const name of ['postfix-delayed', 'out-of-office', 'not-spam', 'gmail-full', 'exchange-policy'])
    assert.equal((await bounced(await dsn(name, messageId), KEY)).status, 200);
  assert.equal((await subscription(email)).state, 'active');

  for (let twice = 0; twice < 2; twice++)
    assert.deepEqual(await (await bounced(await dsn('postfix-unknown', messageId), KEY)).json(), {
      outcome: 'suppressed',
    });
  assert.equal((await subscription(email)).state, 'bounced');
  assert.equal((await site.app.store.suppressions.get(email))?.why, 'hard');
  assert.equal(await morning(email), null);
  assert.equal((await site.post(page, { do: 'resume' })).status, 422);
  assert.match(await (await site.ask(page)).text(), /came back/);

  // Proved anew it comes again, and what came back before counts no more.
  site.clock.forward(1_000);
  await subscribe(email);
  assert.equal((await subscription(email)).state, 'active');
  assert.deepEqual(await (await bounced(await dsn('postfix-unknown', messageId), KEY)).json(), { outcome: 'late' });
  assert.equal((await subscription(email)).state, 'active');
  assert.equal(await site.app.store.suppressions.get(email), null);
});

test('a complaint ends it for good; five full mailboxes end it until it is taken up', async () => {
  const email = 'full@example.org';
  const page = await subscribe(email);
  await site.app.store.subscriptions.change((await subscription(email)).id, { whenEmpty: 'note' });
  const outcomes: unknown[] = [];
  let last = '';
  for (let day = 0; day < 5; day++) {
    last = messageIdOf((await morning(email)) ?? '');
    const body = JSON.stringify({ messageId: `<${last}>`, kind: 'soft', status: '4.2.2' });
    for (let twice = 0; twice < 2; twice++)
      outcomes.push(((await (await bounced(body, KEY, 'application/json')).json()) as { outcome: string }).outcome);
  }
  assert.deepEqual(outcomes, [...Array(8).fill('noted'), 'suppressed', 'suppressed']);
  assert.equal((await subscription(email)).state, 'bounced');
  assert.equal((await site.post(page, { do: 'resume' })).status, 303);
  assert.equal((await subscription(email)).state, 'active');

  assert.equal((await bounced('{"messageId":"x"}', KEY, 'application/json')).status, 400);
  assert.deepEqual(await (await bounced(await dsn('complaint', last), KEY)).json(), { outcome: 'suppressed' });
  assert.equal((await subscription(email)).state, 'ended');
  const seen = (await site.letters(email)).length;
  assert.equal((await site.post('/subscribe', { email })).status, 200);
  assert.equal((await site.letters(email)).length, seen, 'who complained is not written to again');
});
