import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Account } from '../../src/model/account.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite, tokenFor } from '../support/accounts.ts';
import { ORIGIN, openSite, textOf } from '../support/app.ts';

/** The operator's page: what stands on it, who may see it, and a role given and taken back. */

let site: AccountSite;
let operator: Account;
let reader: Account;
let cookie = '';
before(async () => {
  site = await openAccountSite({ firstEdition: true });
  operator = await makeAccount(site, 'operator');
  reader = await makeAccount(site);
  cookie = await cookieFor(site, operator);
});
after(() => site[Symbol.asyncDispose]());

const read = async (path: string, as = cookie): Promise<string> =>
  (await site.ask(path, { headers: { cookie: as } })).text();

const send = (fields: Readonly<Record<string, string>>, as = cookie): Promise<Response> =>
  site.post('/moderation', fields, { headers: { cookie: as, referer: `${ORIGIN}/admin?q=reader` } });

/** The part of a page under one of its headings. */
const part = (html: string, id: string): string =>
  textOf(new RegExp(`<section[^>]*aria-labelledby="${id}">([\\s\\S]*?)</section>`).exec(html)?.[1] ?? '');

test('it is the operator’s alone, and no cache keeps it', async () => {
  const answer = await site.ask('/admin', { headers: { cookie } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('cache-control'), 'private, no-store');
  for (const role of ['reader', 'trusted', 'moderator'] as const) {
    const other = await cookieFor(site, await makeAccount(site, role));
    assert.equal((await site.ask('/admin', { headers: { cookie: other } })).status, 403, role);
    for (const path of ['/', '/account'])
      assert.ok(!(await read(path, other)).includes('href="/admin"'), `${role} ${path}`);
  }
  const token = await tokenFor(site, operator, ['read', 'write']);
  assert.equal((await site.ask('/admin', { headers: { authorization: `Bearer ${token}` } })).status, 403);
  assert.equal((await site.ask('/admin')).status, 303);
  for (const path of ['/', '/account']) assert.ok((await read(path)).includes('href="/admin"'), path);
});

test('what is wrong, what waits and what runs stands on it', async () => {
  const { store, clock } = site.app;
  const paper = (await store.editions.latest())?.placements[0] ?? '';
  const letter = {
    id: 'b'.repeat(24),
    paperId: paper,
    groupId: null,
    parentId: null,
    author: reader,
    body: 'Rude.',
    at: clock.now(),
  };
  const before = await read('/admin');
  assert.match(part(before, 'queue'), /no letter/);
  assert.match(part(before, 'jobs'), /Nothing runs/);
  assert.match(part(before, 'health'), /database[\s\S]*sqlite, [\d,]+ papers, 1 edition/);
  await store.letters.add(letter);
  await store.letters.report({ letterId: letter.id, reader: operator.id, reason: 'Rude', at: clock.now() });
  await store.jobs.enqueue({ kind: 'harvest <b>', key: 'one', payload: '', at: clock.now() - 1 });
  const job = await store.jobs.claim('harvest <b>', { owner: 'x', now: clock.now(), leaseMs: 60_000 });
  await store.standings.put({ source: 'arxiv-oai', lastFailureAt: clock.now(), lastFailure: 'It rained.' });
  const html = await read('/admin');
  assert.match(part(html, 'queue'), /Moderation: 1 letter,/);
  assert.match(part(html, 'jobs'), /harvest <b>[\s\S]*running, held until/);
  assert.ok(!html.includes('harvest <b>'));
  assert.match(part(html, 'sources'), /failedIt rained\./);
  assert.match(part(html, 'health'), /arxiv-oai: not harvested yet; it failed at [^:]+:\d\d: It rained/);
  assert.ok(job);
  await store.jobs.retry(job.id, 'x', clock.now() + 3_600_000, 'The wire was cut.');
  assert.match(part(await read('/admin'), 'jobs'), /due[\s\S]*put off: The wire was cut\./);
});

test('accounts are found a page at a time', async () => {
  for (let n = 0; n < 55; n++) await makeAccount(site);
  const first = part(await read('/admin'), 'users');
  assert.match(first, /\d+ accounts/);
  assert.match(first, /Page 1 of 2/);
  assert.match(part(await read('/admin?p=2'), 'users'), /Page 2 of 2/);
  const found = part(await read(`/admin?q=${reader.handle}%40EXAMPLE`), 'users');
  assert.match(found, /1 account with/);
  assert.ok(found.includes(`@${reader.handle} · ${reader.email}`));
  assert.match(
    part(await read('/admin?q=%3Cscript%3E'), 'users'),
    /0 accounts with “<script>”[\s\S]*No account has that/,
  );
  for (const odd of ['?p=0', '?p=x', '?p=99999', `?q=${'x'.repeat(300)}`, '?p=1e3']) {
    assert.equal((await site.ask(`/admin${odd}`, { headers: { cookie } })).status, 200, odd);
  }
});

test('a role is given for a reason, stands in the public log, and is taken back', async () => {
  const page = await read(`/admin?q=${reader.handle}`);
  assert.match(page, new RegExp(`name="target" value="${reader.id}"`));
  const form = { do: 'role', target: reader.id, role: 'moderator', reason: 'Reads everything.' };
  const moderator = await cookieFor(site, await makeAccount(site, 'moderator'));
  assert.equal((await send(form, moderator)).status, 403);
  const given = await send(form);
  assert.deepEqual([given.status, given.headers.get('location')], [303, '/admin?q=reader']);
  assert.equal((await site.app.store.accounts.get(reader.id))?.role, 'moderator');
  const log = await read('/moderation/log');
  assert.match(
    textOf(log),
    new RegExp(`changed the role of ${reader.name} from reader to moderator[\\s\\S]*Reads everything`),
  );
  const entry = /name="target" value="(\d+)"/.exec(log)?.[1] ?? '';
  assert.equal((await send({ do: 'undo', target: entry })).status, 303);
  assert.equal((await site.app.store.accounts.get(reader.id))?.role, 'reader');
  assert.match(textOf(await read('/moderation/log')), /took back/);
  const own = await send({ do: 'role', target: operator.id, role: 'reader', reason: 'Tired.' });
  assert.notEqual((await site.app.store.accounts.get(operator.id))?.role, 'reader', `${own.status}`);
  assert.ok(
    !(await read(`/admin?q=${operator.handle}`)).includes(`value="${operator.id}"`),
    'nobody gives themselves a role',
  );
});

test('settings in force are shown without their secrets', async () => {
  const secrets = {
    BROADSHEET_DATABASE_URL: 'postgres://bo:hunter2@db/x?password=hunter3',
    BROADSHEET_EMBED_KEY: 'hunter4',
    BROADSHEET_OIDC: 'github|id|hunter5',
    BROADSHEET_SOURCE_KEYS: 'zotero=hunter6',
    BROADSHEET_MAIL_URL: 'smtp://bo:hunter7@host:587',
    BROADSHEET_PUBLIC_URL: 'https://papers.example',
    BROADSHEET_BOUNCE_KEY: 'hunter8'.repeat(8),
  };
  Object.assign(process.env, secrets);
  try {
    const html = await read('/admin');
    const shown = part(html, 'settings');
    assert.match(shown, /BROADSHEET_PUBLIC_URLhttps:\/\/papers\.example environment/);
    for (const name of Object.keys(secrets)) assert.ok(shown.includes(name), name);
    assert.ok(!html.includes('hunter'));
  } finally {
    for (const name of Object.keys(secrets)) delete process.env[name];
  }
});

test('without accounts it is the page of who sits at the machine', async () => {
  await using own = await openSite({ firstEdition: false });
  const html = await (await own.ask('/admin')).text();
  assert.match(textOf(html), /There are no accounts here: the owner/);
  assert.ok((await (await own.ask('/')).text()).includes('href="/admin"'));
  assert.equal((await own.ask('/admin', { from: '192.0.2.1' })).status, 403);
});
