import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { Answer, Entry, HarvestState } from '../ports/source.ts';
import { openreview } from './openreview.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/openreview/${name}`, import.meta.url));
const parse = (bytes: Uint8Array): Promise<Entry[]> =>
  Array.fromAsync(
    openreview.parse(
      (async function* () {
        yield bytes;
      })(),
    ),
  );
const wire = openreview.wire as NonNullable<typeof openreview.wire>;
const wish = (set: string | null) => ({ from: null, until: null, set, format: null });
const answer = (body: Buffer, status = 200): Answer => ({
  url: 'https://api2.openreview.net/notes',
  status,
  type: 'application/json',
  headers: {},
  body,
});

test('notes become papers with what their venue decided', async () => {
  const entries = await parse(fixture('page-1.json'));
  const drafts = entries.flatMap((entry) => (entry.kind === 'paper' ? [entry.draft] : []));
  const notes = JSON.parse(fixture('page-1.json').toString()).notes;
  assert.equal(drafts.length, notes.length);
  assert.deepEqual(
    drafts.map(({ journalRef, withdrawn }) => [journalRef, withdrawn]),
    [
      ['ICLR 2026 Poster', false],
      ['ICLR 2026 Oral', false],
      ['Submitted to ICLR 2026', false],
      ['ICLR 2026 Conference Withdrawn Submission', true],
    ],
  );
  const [first, second, third] = drafts;
  assert.equal(first?.id, `openreview:${notes[0].id}`);
  assert.equal(first?.published, new Date(notes[0].cdate).toISOString().slice(0, 10));
  assert.equal(first?.updated, new Date(notes[0].mdate).toISOString().slice(0, 10));
  assert.deepEqual(
    first?.authors.map(({ name }) => name),
    notes[0].content.authors.value,
  );
  assert.ok(first?.links.some(({ rel, url }) => rel === 'pdf' && url.startsWith('https://openreview.net/pdf/')));
  assert.deepEqual(second?.aliases, [notes[1].content.html.value.replace('https://arxiv.org/abs/', 'arxiv:')]);
  // Authors that are not shown are not counted.
  assert.equal(third?.authorCount, null);
  assert.equal(first?.license, 'CC BY 4.0');
});

test('deleted notes are gone, desk-rejected ones withdrawn, replies passed over', async () => {
  const entries = await parse(fixture('page-2.json'));
  assert.deepEqual(
    entries.map((entry) => [entry.kind, entry.kind === 'paper' && entry.draft.withdrawn]),
    [
      ['paper', true],
      ['gone', false],
    ],
  );
  const note = { ...JSON.parse(fixture('page-1.json').toString()).notes[0], replyto: 'abc' };
  assert.deepEqual(await parse(Buffer.from(JSON.stringify({ notes: [note], count: 1 }))), []);
});

test('an error answer is told in one sentence', async () => {
  await assert.rejects(
    parse(fixture('error.json')),
    (error) => error instanceof Fault && error.code === 'source-refused' && /was not found/.test(error.message),
  );
});

test('a venue is read page by page to its count', async () => {
  for (const set of [null, 'two words', 'a/../b?x=1', `${'x/'.repeat(20)}`])
    assert.equal(wire.begin(wish(set), null, '2026-07-01').ok, false, String(set));
  assert.equal(wire.begin({ ...wish('ICLR.cc/2026/Conference'), from: '2026-01-01' }, null, '2026-07-01').ok, false);
  const begun = wire.begin(wish('ICLR.cc/2026/Conference'), null, '2026-07-01');
  assert.ok(begun.ok);
  const asked = new URL(wire.ask(begun.value, wire.base).url);
  assert.equal(asked.pathname, '/notes');
  assert.equal(asked.searchParams.get('invitation'), 'ICLR.cc/2026/Conference/-/Submission');

  const first = await wire.read(begun.value, answer(fixture('page-1.json')));
  assert.ok(first.kind === 'page' && first.total === 6 && first.next?.offset === 4);
  const early = await wire.read(first.next as HarvestState, answer(fixture('empty.json')));
  assert.equal(early.kind, 'again');
  const last = await wire.read(first.next as HarvestState, answer(fixture('page-2.json')));
  assert.ok(last.kind === 'page' && last.next === null && last.entries.length === 2);
  assert.deepEqual(
    last.entries.map(({ position }) => position),
    [1, 2],
  );
});

test('what is no list of notes is refused', async () => {
  const state = { venue: 'V', offset: 0 };
  for (const one of [answer(fixture('error.json'), 404), answer(fixture('error.json')), answer(Buffer.from('<html>'))])
    assert.equal((await wire.read(state, one)).kind, 'refused');
});
