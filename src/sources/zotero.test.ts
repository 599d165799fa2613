import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Answer, HarvestState, Turn } from '../ports/source.ts';
import { zotero } from './zotero.ts';

const ITEMS = readFileSync(new URL('../../test/fixtures/zotero/items.json', import.meta.url), 'utf8');
const { wire } = zotero;
assert.ok(wire);

const answer = (body: string, headers: Record<string, string> = {}, status = 200): Answer => ({
  url: 'https://api.zotero.org/users/123456/items',
  status,
  type: 'application/json',
  headers,
  body: Buffer.from(body),
});
const begin = (set: string | null, since: string | null = null) =>
  wire.begin({ from: null, until: null, set, format: null }, since, '2026-11-22');
const start = (since: string | null = null): HarvestState => {
  const state = begin('users/123456', since);
  assert.ok(state.ok);
  return state.value;
};
const pageOf = (turn: Turn) => {
  assert.ok(turn.kind === 'page');
  return turn;
};

test('items become papers; attachments and notes are passed over quietly', async () => {
  const { entries } = pageOf(await wire.read(start(), answer(ITEMS)));
  assert.deepEqual(
    entries.map((entry) =>
      entry.kind === 'paper'
        ? [entry.draft.externalId, entry.draft.id, entry.draft.aliases, entry.draft.published, entry.draft.journalRef]
        : [entry.kind, entry.kind === 'rejected' && entry.reason],
    ),
    [
      ['users/123456/X42A7DEE', 'doi:10.1038/nature14539', [], '2015-05-28', 'Nature 521 (7553), 436-444 (2015)'],
      ['users/123456/ABCD2345', 'arxiv:1706.03762', [], '2023-08-02', null],
      ['users/123456/CONF2222', 'arxiv:1512.03385', [], null, 'CVPR (2016)'],
      ['rejected', 'users/123456/EMPT2222 has no title'],
    ],
  );
  const names = entries.map((entry) => (entry.kind === 'paper' ? entry.draft.authors.map(({ name }) => name) : []));
  assert.deepEqual(names.slice(0, 2), [
    ['Yann LeCun', 'Yoshua Bengio'],
    ['Ashish Vaswani', 'The Transformer Team'],
  ]);
});

test('a library is read page by page, and the next time from its version on', async () => {
  const first = pageOf(
    await wire.read(start(), answer(ITEMS, { 'total-results': '8', 'last-modified-version': '41', backoff: '5' })),
  );
  assert.equal(first.total, 8);
  assert.equal(first.through, null);
  assert.ok(first.next);
  const { searchParams, pathname } = new URL(wire.ask(first.next, 'http://mirror').url);
  assert.equal(pathname, '/users/123456/items');
  assert.deepEqual(
    ['format', 'limit', 'start', 'since'].map((name) => searchParams.get(name)),
    ['json', '100', '6', '0'],
  );
  const rest = `[${JSON.stringify(JSON.parse(ITEMS)[0])},${JSON.stringify(JSON.parse(ITEMS)[1])}]`;
  // A change in between moves the library's version; it comes with the next harvest.
  const last = pageOf(
    await wire.read(first.next, answer(rest, { 'total-results': '8', 'last-modified-version': '42' })),
  );
  assert.equal(last.next, null);
  assert.equal(last.through, 'users/123456@41');
  assert.equal(new URL(wire.ask(start(last.through), 'http://mirror').url).searchParams.get('since'), '41');
  const other = begin('groups/7', last.through);
  assert.equal(other.ok && other.value.since, 0, 'versions are each library’s own');
});

test('an empty page before the end is asked for again; nothing new is an end', async () => {
  const turn = await wire.read(start(), answer('[]', { 'total-results': '8' }));
  assert.equal(turn.kind, 'again');
  const nothing = pageOf(
    await wire.read(start(), answer('[]', { 'total-results': '0', 'last-modified-version': '9' })),
  );
  assert.deepEqual([nothing.entries, nothing.next, nothing.through], [[], null, 'users/123456@9']);
  assert.equal(pageOf(await wire.read(start(), answer('', {}, 304))).next, null);
});

test('a library must be named; what Zotero refuses is told in one sentence', async () => {
  for (const set of [null, '', 'users/me', 'users/1/items', 'groups/1/collections/x', '../../etc'])
    assert.equal(begin(set).ok, false, String(set));
  assert.ok(begin('users/1/collections/ABCD2345').ok && begin('groups/2').ok);
  for (const [status, says] of [
    [403, /does not let us read users\/123456/],
    [404, /^There is no Zotero library users\/123456\.$/],
    [400, /^Zotero refused the request: status 400, “Bad thing”\.$/],
  ] as const) {
    const turn = await wire.read(start(), answer('Bad thing', {}, status));
    assert.ok(turn.kind === 'refused');
    assert.match(turn.reason, says);
  }
  assert.equal((await wire.read(start(), answer('<html>'))).kind, 'refused');
});
