import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Account } from '../../src/model/account.ts';
import { href } from '../../src/model/urls.ts';
import { flagRings } from '../../src/services/vote-rings.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { ORIGIN, textOf } from '../support/app.ts';

/** Report → hide → log → undo, and a ban with its votes, over HTTP by forms; each step twice. */

let site: AccountSite;
let writer: Account;
let cookies: Readonly<Record<'writer' | 'reporter' | 'moderator' | 'operator', string>>;
let letter = '';
let paper = '';

before(async () => {
  site = await openAccountSite({ firstEdition: true });
  const [moderator, operator, reporter] = [
    await makeAccount(site, 'moderator'),
    await makeAccount(site, 'operator'),
    await makeAccount(site),
  ];
  writer = await makeAccount(site);
  cookies = {
    writer: await cookieFor(site, writer),
    reporter: await cookieFor(site, reporter),
    moderator: await cookieFor(site, moderator),
    operator: await cookieFor(site, operator),
  };
  paper = (await site.app.store.editions.latest())?.placements[0] ?? '';
  letter = 'a'.repeat(24);
  await site.app.store.letters.add({
    id: letter,
    paperId: paper,
    groupId: null,
    parentId: null,
    body: 'A rude letter <b>indeed</b>.',
    author: writer,
    at: site.clock.now(),
  });
});
after(() => site[Symbol.asyncDispose]());

const read = async (path: string, cookie = ''): Promise<string> =>
  (await site.ask(path, { headers: { cookie } })).text();

const send = async (path: string, fields: Readonly<Record<string, string>>, cookie: string): Promise<Response> => {
  const once = () =>
    site.ask(path, {
      method: 'POST',
      headers: { cookie, origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  const first = await once();
  const again = await once();
  assert.equal(again.status, first.status, `${path} twice`);
  return first;
};

test('a reported letter is hidden for a reason, stands in the public log, and is shown again', async () => {
  const reported = await send(`/letters/${letter}/report`, { reason: 'It is rude.' }, cookies.reporter);
  assert.equal(reported.status, 303);
  const queue = await read('/moderation', cookies.moderator);
  assert.match(textOf(queue), /It is rude\./);
  assert.ok(queue.includes('A rude letter &lt;b&gt;indeed'));

  const hide = { do: 'hide', kind: 'letter', target: letter, reason: 'Not about the paper.' };
  assert.equal((await send('/moderation', hide, cookies.reporter)).status, 403);
  assert.equal((await send('/moderation', { ...hide, reason: ' ' }, cookies.moderator)).status, 422);
  assert.equal((await send('/moderation', hide, cookies.moderator)).status, 303);
  assert.match(textOf(await read('/moderation', cookies.moderator)), /No letter waits\./);
  const shown = await read(href.paper(paper));
  assert.ok(!shown.includes('A rude letter'));
  assert.match(textOf(shown), /Not about the paper\./);

  const log = await read('/moderation/log');
  assert.match(textOf(log), /hid a letter of reader-\d+/);
  assert.match(textOf(log), /Not about the paper\./);
  for (const hidden of ['A rude letter', 'It is rude', '@example.org']) assert.ok(!log.includes(hidden), hidden);
  assert.ok(!log.includes('value="undo"'));

  const [entry] = await site.app.store.moderation.log({ limit: 1 });
  assert.equal(entry?.action, 'hide');
  const undo = { do: 'undo', target: String(entry?.id) };
  assert.ok((await read('/moderation/log', cookies.moderator)).includes('value="undo"'));
  assert.equal((await send('/moderation', undo, cookies.moderator)).status, 303);
  assert.ok((await read(href.paper(paper))).includes('A rude letter'));
  assert.match(textOf(await read('/moderation/log')), /took back an earlier step/);
  assert.equal((await site.app.store.moderation.log({ limit: 9 })).length, 2);
});

test('a ban signs its reader out and takes their vote along; its undoing brings it back', async () => {
  const votes = async () => (await site.app.store.papers.cards([paper], ''))[0]?.votes;
  const none = (await votes()) ?? 0;
  await site.app.store.votes.cast({ paperId: paper, reader: writer.id, wish: true, at: site.clock.now() });
  assert.equal(await votes(), none + 1);
  const ban = { do: 'ban', kind: 'reader', target: writer.id, reason: 'Again and again.' };
  assert.equal((await send('/moderation', ban, cookies.moderator)).status, 303);
  assert.equal(await votes(), none);
  assert.equal((await site.ask('/account', { headers: { cookie: cookies.writer } })).status, 303);
  const [entry] = await site.app.store.moderation.log({ limit: 1 });
  await send('/moderation', { do: 'undo', target: String(entry?.id) }, cookies.moderator);
  assert.equal(await votes(), none + 1);
});

test('a moderator cannot act on the operator, nor take back what the operator did', async () => {
  const operator = (await site.app.store.accounts.list({ limit: 9, offset: 0 })).find(
    ({ role }) => role === 'operator',
  );
  const ban = { do: 'ban', kind: 'reader', target: operator?.id ?? '', reason: 'No.' };
  assert.equal((await send('/moderation', ban, cookies.moderator)).status, 403);
  const role = { do: 'role', target: writer.id, role: 'trusted', reason: 'Writes well now.' };
  assert.equal((await send('/moderation', role, cookies.moderator)).status, 403);
  assert.equal((await send('/moderation', role, cookies.operator)).status, 303);
  assert.equal((await site.app.store.accounts.get(writer.id))?.role, 'trusted');
  const [entry] = await site.app.store.moderation.log({ limit: 1 });
  const undo = { do: 'undo', target: String(entry?.id) };
  assert.equal((await send('/moderation', undo, cookies.moderator)).status, 403);
  assert.equal((await send('/moderation', undo, cookies.operator)).status, 303);
  assert.equal((await site.app.store.accounts.get(writer.id))?.role, 'reader');
});

test('accounts that vote as one are flagged, their votes shown but not counted where papers are placed, until cleared', async () => {
  const { store } = site.app;
  const papers = (await store.editions.latest())?.placements.slice(1, 4) ?? [];
  const readers = [];
  for (let n = 0; n < 8; n++) readers.push(await makeAccount(site));
  for (const paperId of papers)
    for (const { id: reader } of readers) await store.votes.cast({ paperId, reader, wish: true, at: site.clock.now() });
  assert.equal(await flagRings(site.app), 8);
  assert.equal(await flagRings(site.app), 0);
  assert.match(textOf(await read('/moderation', cookies.moderator)), /8 accounts that vote as one/);
  assert.deepEqual(
    (await store.moderation.ringVotes(papers)).map(({ votes }) => votes),
    papers.map(() => 8),
  );
  const [ring] = await store.moderation.rings();
  await send('/moderation', { do: 'clear', kind: 'ring', target: ring?.id ?? '' }, cookies.moderator);
  assert.deepEqual(await store.moderation.ringVotes(papers), []);
  assert.equal(await flagRings(site.app), 0);
});
