import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { Answer, Entry, HarvestState } from '../ports/source.ts';
import { biorxiv, medrxiv } from './biorxiv.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));
const parse = (bytes: Uint8Array): Promise<Entry[]> =>
  Array.fromAsync(
    biorxiv.parse(
      (async function* () {
        yield bytes;
      })(),
    ),
  );
const wire = biorxiv.wire as NonNullable<typeof biorxiv.wire>;
const NEW = { from: null, until: null, set: null, format: null };
const answer = (body: Buffer, status = 200): Answer => ({
  url: 'https://api.biorxiv.org/details',
  status,
  type: 'application/json',
  headers: {},
  body,
});

test('the versions of a preprint in one answer are one paper', async () => {
  const entries = await parse(fixture('biorxiv/page-1.json'));
  const drafts = entries.flatMap((entry) => (entry.kind === 'paper' ? [entry.draft] : []));
  assert.equal(drafts.length, 3);
  const twice = drafts.find(({ versions }) => versions.length === 2);
  assert.deepEqual(twice?.versions, [
    { n: 1, date: '2026-07-01' },
    { n: 2, date: '2026-07-03' },
  ]);
  assert.deepEqual([twice?.published, twice?.updated], ['2026-07-01', '2026-07-03']);
  assert.equal(twice?.id, `doi:${twice?.doi}`);
  assert.ok(twice?.links.some(({ url }) => url.endsWith('v2.full.pdf')));
});

test('journal articles are aliases, withdrawals are seen, names are in the order they are spoken', async () => {
  const entries = await parse(fixture('biorxiv/page-1.json'));
  const drafts = entries.flatMap((entry) => (entry.kind === 'paper' ? [entry.draft] : []));
  const published = drafts.find(({ aliases }) => (aliases ?? []).length > 0);
  assert.deepEqual(published?.aliases, ['doi:10.7554/elife.100002']);
  assert.deepEqual(published?.versions, [{ n: 2, date: '2026-07-01' }]);
  assert.equal(published?.published, null);
  const withdrawn = drafts.filter((draft) => draft.withdrawn);
  assert.equal(withdrawn.length, 1);
  assert.doesNotMatch(withdrawn[0]?.title ?? '', /withdrawn/i);
  assert.deepEqual(withdrawn[0]?.categories, ['neuroscience']);
  for (const { name } of drafts.flatMap(({ authors }) => authors)) assert.doesNotMatch(name, /[,;]/);
});

test('an answer without posts is an empty list; any other status is an error in one sentence', async () => {
  assert.deepEqual(await parse(fixture('biorxiv/none.json')), []);
  await assert.rejects(
    parse(Buffer.from('{"messages":[{"status":"Error: no connection"}]}')),
    (error) => error instanceof Fault && error.code === 'source-refused' && /no connection/.test(error.message),
  );
});

test('a harvest goes from page to page to the total, whatever a page holds', async () => {
  const begun = wire.begin(NEW, null, '2026-07-03');
  assert.ok(begun.ok);
  assert.deepEqual(begun.value, { from: '2026-07-01', until: '2026-07-03', set: null, cursor: 0 });
  assert.equal(
    wire.ask(begun.value, 'https://mirror.example/api/').url,
    'https://mirror.example/api/details/biorxiv/2026-07-01/2026-07-03/0/json',
  );
  const first = await wire.read(begun.value, answer(fixture('biorxiv/page-1.json')));
  assert.ok(first.kind === 'page' && first.total === 5 && first.through === null);
  assert.equal(first.next?.cursor, 4);
  const next = first.next as HarvestState;
  const hollow = JSON.stringify({ messages: [{ status: 'ok', total: '5', cursor: '4', count: 0 }], collection: [] });
  assert.equal((await wire.read(next, answer(Buffer.from(hollow)))).kind, 'again');
  const last = await wire.read(next, answer(fixture('biorxiv/page-2.json')));
  assert.ok(last.kind === 'page' && last.next === null && last.through === '2026-07-03');
  assert.ok(
    last.entries.every((entry) => entry.kind === 'paper' && entry.draft.id === 'doi:10.64898/2026.06.24.600104'),
  );

  const none = await wire.read(begun.value, answer(fixture('biorxiv/none.json')));
  assert.ok(none.kind === 'page' && none.entries.length === 0 && none.next === null && none.total === 0);
  for (const bad of [
    answer(Buffer.from('<html>')),
    answer(Buffer.from('{"messages":[{"status":"ok"}]}')),
    answer(fixture('biorxiv/none.json'), 404),
  ])
    assert.equal((await wire.read(begun.value, bad)).kind, 'refused');
});

test('subjects are sets; both servers have names and addresses of their own', () => {
  const begun = wire.begin({ ...NEW, set: 'cell biology' }, '2026-06-01', '2026-07-03');
  assert.ok(begun.ok && begun.value.from === '2026-06-01');
  assert.ok(wire.ask(begun.value, wire.base).url.endsWith('?category=cell_biology'));
  assert.equal(wire.begin({ ...NEW, set: '../x' }, null, '2026-07-03').ok, false);
  assert.equal(wire.begin({ ...NEW, from: '2026-07-04' }, null, '2026-07-03').ok, false);
  const other = medrxiv.wire?.begin(NEW, null, '2026-07-03');
  assert.ok(other?.ok && medrxiv.wire?.ask(other.value, wire.base).url.includes('/details/medrxiv/'));
});
