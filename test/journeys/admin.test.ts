import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LABS } from '../../src/labs/registry.ts';
import type { Account } from '../../src/model/account.ts';
import type { AdminPage } from '../../src/model/admin-page.ts';
import { DEFAULT_WISHES } from '../../src/model/digest.ts';
import type { Reader } from '../../src/model/reader.ts';
import { readAdmin } from '../../src/services/admin.ts';
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

test('however often it is said how many papers there are, it is asked once', async () => {
  const { app } = site;
  const asked = { database: 0, index: 0 };
  const papers = {
    ...app.store.papers,
    count: () => {
      asked.database += 1;
      return app.store.papers.count();
    },
  };
  const index = {
    position: () => app.index.position(),
    stats: () => {
      asked.index += 1;
      return app.index.stats();
    },
  };
  const as: Reader = { id: operator.id, handle: operator.handle, name: operator.name, role: 'operator', createdAt: 0 };
  const deps = { ...app, index, store: { ...app.store, papers } };
  const page = await readAdmin(deps, { reader: as, q: '', page: 1, settings: [] });
  assert.deepEqual(asked, { database: 1, index: 1 });
  assert.equal(page.reading.first?.total, await app.store.papers.count());
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

test('what did not go by mail, the runs of labs and both ways of reading stand on it, and on its JSON', async () => {
  const { store, clock } = site.app;
  const before = await read('/admin');
  assert.match(part(before, 'labs'), /^Labs\s*\d+ labs, none with a run that is kept/);
  assert.match(part(before, 'mail'), /Outbox, in all\s*none/);
  const subscription = (id: string) => ({
    ...DEFAULT_WISHES,
    id,
    address: `${id}@example.org`,
    reader: null,
    state: 'active' as const,
    createdAt: 1,
    confirmedAt: 1,
    nextAt: 1,
    secret: 'a secret of theirs',
  });
  const all = ['gone', 'slow', 'fine', 'old'].map(subscription);
  for (const one of all) await store.subscriptions.create(one);
  const row = { localDay: '2026-11-22', about: '' };
  await store.outbox.fill(
    all.map((one) => ({ subscription: one, row: { ...row, messageId: `${one.id}@x` }, nextAt: null })),
    clock.now(),
  );
  const leased = await store.outbox.lease({ owner: 'o', now: clock.now(), leaseMs: 9_000, limit: 9, without: [] });
  const rowOf = (id: string): string => leased.find(({ subscription: of }) => of.id === id)?.row.id ?? '';
  const settled = { at: clock.now() - 60_000, papers: [], watched: [] };
  await store.outbox.settle([
    { ...settled, id: rowOf('fine'), state: 'sent' },
    { ...settled, id: rowOf('old'), state: 'sent', at: clock.now() - 2 * 86_400_000 },
    { ...settled, id: rowOf('gone'), state: 'failed', error: '550 No <such> box.' },
  ]);
  await store.outbox.giveBack('o', [{ id: rowOf('slow'), at: clock.now() + 600_000, error: '451 Later.' }]);
  await store.suppressions.put({ address: 'never@example.org', why: 'hard', says: '550', at: clock.now() });
  const [lab] = LABS;
  assert.ok(lab);
  const run = { params: {}, seeds: [1, 2], metrics: [], findings: {}, engine: 'Node', wallMs: 1, hash: '0'.repeat(16) };
  const put = (version: number) =>
    store.labRuns.put({ ...run, lab: lab.id, version, preset: 'quick' }, clock.now() - 7_200_000);
  await put(lab.version);
  await put(lab.version + 1);
  const html = await read('/admin');
  const mail = part(html, 'mail');
  assert.match(mail, /Last 24 hours\s*1 sent, 1 failed/);
  assert.match(mail, /Outbox, in all\s*1 waiting, 2 sent, 1 failed/);
  assert.match(mail, /Suppressed\s*1 address/);
  assert.match(mail, /gone@example\.org22 Nov 2026given up1 minute ago0550 No <such> box\./);
  assert.match(mail, /slow@example\.org22 Nov 2026tried againin 10 minutes1451 Later\./);
  assert.match(part(html, 'labs'), /\d+ labs, 1 with a run that is kept/);
  assert.match(part(html, 'labs'), /which is not the lab’s any more/);
  assert.match(part(html, 'reading'), /By the table\s*all of \d+ papers/);
  assert.match(part(html, 'jobs'), /Next edition\s*\d+ Nov 2026, \d\d:\d\d UTC \(in \d+ /);
  const answer = await site.ask('/admin.json', { headers: { cookie } });
  assert.equal(answer.headers.get('cache-control'), 'private, no-store');
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  const text = await answer.text();
  assert.ok(!text.includes('a secret of theirs'));
  const page = JSON.parse(text) as AdminPage;
  assert.deepEqual(page.mail.lately, { waiting: 0, sent: 1, empty: 0, failed: 1, dropped: 0 });
  assert.deepEqual(
    page.labs.runs.map(({ current, seeds }) => [current, seeds]),
    [
      [true, 2],
      [false, 2],
    ],
  );
  assert.ok(page.reading.first && page.reading.first.read === page.reading.first.total && page.reading.first.total > 0);
  assert.equal((await site.ask('/admin.json')).status, 401);
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
