import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { Answer, Entry, HarvestState, Lookup, Wire, Wish } from '../ports/source.ts';
import { arxivQuery } from './arxiv-query.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/arxiv-query/${name}.xml`, import.meta.url), 'utf8');
const wire = arxivQuery.wire as Wire;
const lookup = arxivQuery.lookup as Lookup;

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const answer = (body: string, status = 200): Answer => ({
  url: wire.base,
  status,
  type: 'application/atom+xml',
  headers: {},
  body: Buffer.from(body),
});

const WISH: Wish = { from: null, until: null, set: null, format: null };

const begin = (wish: Partial<Wish> = {}, since: string | null = null): HarvestState => {
  const begun = wire.begin({ ...WISH, ...wish }, since, '2026-11-22');
  assert.ok(begun.ok, begun.ok ? '' : begun.message);
  return begun.value;
};

const paramsOf = (state: HarvestState): Record<string, string> =>
  Object.fromEntries(new URL(wire.ask(state, wire.base).url).searchParams);

const withTotal = (total: number, entries = true): string => {
  const text = fixture('search-page-1').replace(/(totalResults>)\d+/, `$1${total}`);
  return entries ? text : text.replace(/<entry>.*<\/entry>/s, '');
};

test('entries are read with versions, primary category, notes and references', async () => {
  const entries = await Array.fromAsync(arxivQuery.parse(bytesOf(fixture('search-page-1'))));
  assert.equal(entries.length, 10);
  const [first] = entries;
  assert.ok(first?.kind === 'paper');
  const { draft } = first;
  assert.deepEqual(
    [draft.id, draft.published, draft.doi],
    ['arxiv:2202.12139', '2022-02-24', '10.1109/ICSTW55395.2022.00035'],
  );
  assert.deepEqual(draft.categories, ['cs.SE', 'cs.LG']);
  assert.deepEqual(draft.versions, [{ n: 1, date: '2022-02-24' }]);
  assert.equal(draft.note, 'Artificial Intelligence in Software Testing 2022 workshop @ ICST 2022');
  const later = fixture('id-old')
    .replace('0601001v1', '0601001v4')
    .replace('<updated>2006-01-02', '<updated>2007-03-04');
  const [old] = await Array.fromAsync(arxivQuery.parse(bytesOf(later)));
  assert.ok(old?.kind === 'paper');
  assert.equal(old.draft.id, 'arxiv:astro-ph/0601001');
  assert.deepEqual(old.draft.versions, [
    { n: 1, date: '2006-01-02' },
    { n: 4, date: '2007-03-04' },
  ]);
  assert.deepEqual(old.announced, { day: '2007-03-04', category: 'astro-ph' });
});

test('names that were encoded twice are read back', async () => {
  const [entry] = await Array.fromAsync(arxivQuery.parse(bytesOf(fixture('two-ids-one-known'))));
  assert.ok(entry?.kind === 'paper');
  assert.ok(entry.draft.authors.some(({ name }) => name === 'Dirk Wübben'));
});

test('a search is paged to its total, newest first', async () => {
  const state = begin({ set: 'cs.LG', from: '2026-11-01', until: '2026-11-20' });
  assert.deepEqual(paramsOf(state), {
    search_query: 'cat:cs.LG AND submittedDate:[202611010000 TO 202611202359]',
    start: '0',
    max_results: '200',
    sortBy: 'submittedDate',
    sortOrder: 'descending',
  });
  const first = await wire.read(state, answer(withTotal(15)));
  assert.ok(first.kind === 'page' && first.next);
  assert.deepEqual([first.entries.length, first.total, paramsOf(first.next).start], [10, 15, '10']);
  const last = await wire.read(first.next, answer(withTotal(15)));
  assert.ok(last.kind === 'page');
  assert.deepEqual([last.next, last.through], [null, '2026-11-22']);
});

test('an empty page before the total is asked for again, also when the total is lost with it', async () => {
  const first = await wire.read(begin(), answer(withTotal(15)));
  assert.ok(first.kind === 'page' && first.next);
  assert.equal((await wire.read(first.next, answer(withTotal(15, false)))).kind, 'again');
  assert.equal((await wire.read(first.next, answer(withTotal(0, false)))).kind, 'again');
  assert.equal((await wire.read(begin(), answer(withTotal(15, false)))).kind, 'again');
  const nothing = await wire.read(begin(), answer(fixture('id-unknown')));
  assert.ok(nothing.kind === 'page' && nothing.next === null && nothing.total === 0);
});

test('queries are the operator’s own words, within days', () => {
  assert.equal(
    paramsOf(begin({ set: 'ti:attention OR abs:attention' }, '2026-11-19')).search_query,
    '(ti:attention OR abs:attention) AND submittedDate:[202611190000 TO 299912312359]',
  );
  assert.match(paramsOf(begin()).search_query ?? '', /^cat:cs\.\* AND submittedDate:\[202611150000 TO /);
  for (const wish of [{ set: ' ' }, { set: 'x'.repeat(1_001) }, { format: 'arXiv' }, { from: '2026-13-01' }])
    assert.equal(wire.begin({ ...WISH, ...wish }, null, '2026-11-22').ok, false);
});

test('errors in disguise are refused in one sentence', async () => {
  const reason = 'arXiv refuses the query: incorrect id format for abc.';
  for (const status of [200, 400])
    assert.deepEqual(await wire.read(begin(), answer(fixture('id-malformed'), status)), { kind: 'refused', reason });
  const isIt = (error: unknown) =>
    error instanceof Fault && error.code === 'source-refused' && error.message === reason;
  await assert.rejects(Array.fromAsync(arxivQuery.parse(bytesOf(fixture('id-malformed')))), isIt);
  await assert.rejects(lookup.read(['arxiv:2507.08772'], answer(fixture('id-malformed'), 400)), isIt);
  assert.deepEqual(await wire.read(begin(), answer('Rate exceeded.', 403)), {
    kind: 'refused',
    reason: 'arXiv answers with HTTP 403.',
  });
});

test('papers are looked up by identifier; unknown ones are left out', async () => {
  const ids = ['arxiv:0808.05394', 'arxiv:1707.08567'];
  assert.deepEqual([...ids, 'arxiv:math/0309136', 'arxiv:abc', 'doi:10.1000/1', 'x'].map(lookup.takes), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  const url = new URL(lookup.ask(ids, 'http://mirror.example/api').url);
  assert.deepEqual(
    [url.origin, url.searchParams.get('id_list'), url.searchParams.get('max_results')],
    ['http://mirror.example', '0808.05394,1707.08567', '2'],
  );
  const idsOf = (entries: readonly Entry[]) => entries.map((entry) => entry.kind === 'paper' && entry.draft.id);
  assert.deepEqual(idsOf(await lookup.read(ids, answer(fixture('two-ids-one-known')))), ['arxiv:1707.08567']);
  assert.deepEqual(await lookup.read(ids, answer(fixture('id-unknown'))), []);
  assert.deepEqual(await lookup.read(['arxiv:2507.08772'], answer(fixture('two-ids-one-known'))), []);
});
