import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixedClock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import { silentLog } from '../kernel/log.ts';
import type { Fetcher } from '../ports/fetcher.ts';
import type { Answer, Ask, Source } from '../ports/source.ts';
import { draftFrom } from '../sources/arxiv-snapshot.ts';
import { crossref } from '../sources/crossref.ts';
import { openalex } from '../sources/openalex.ts';
import { semanticScholar } from '../sources/semantic-scholar.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { enrich } from './enrich.ts';
import { resolveIds } from './resolve-ids.ts';

const fixture = (path: string): string => readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url), 'utf8');
const LINES = fixture('arxiv-snapshot/papers.jsonl').trimEnd().split('\n');
const clock = fixedClock('2026-11-22T09:00:00Z');

const freshStore = async (papers = 0): Promise<Store> => {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  const batch = LINES.slice(0, papers).map((line) => {
    const draft = draftFrom(line);
    assert.ok(draft.ok);
    return { source: 'arxiv-snapshot', draft: draft.value, raw: line, primary: true };
  });
  if (batch.length > 0) await store.papers.save(batch, { now: clock.now() });
  return store;
};

/** Answers as told, and remembers what it was asked. */
const fetcherOf = (reply: (ask: Ask) => string | Fault) => {
  const asked: Ask[] = [];
  const fetcher: Fetcher = {
    fetch: async (ask): Promise<Answer> => {
      asked.push(ask);
      const body = reply(ask);
      if (body instanceof Fault) throw body;
      return { url: ask.url, status: 200, type: 'application/json', headers: {}, body: Buffer.from(body) };
    },
  };
  return { asked, fetcher };
};

/** The works among the recorded ones that a request of ours asks for. */
const works = new Map(
  ['work-srep16696', 'work-journal.pone.0033693', 'work-jor.1100150407'].map((name) => {
    const { message } = JSON.parse(fixture(`crossref/${name}.json`));
    return [message.DOI as string, message];
  }),
);
const crossrefReply = ({ url }: Ask): string => {
  const dois = (new URL(url).searchParams.get('filter') ?? '').split(',').map((part) => part.replace(/^doi:/, ''));
  const items = dois.flatMap((doi) => works.get(doi) ?? []);
  return JSON.stringify({
    status: 'ok',
    'message-type': 'work-list',
    message: { 'total-results': items.length, items },
  });
};

const resolving = (
  store: Store,
  fetcher: Fetcher,
  ids: readonly string[],
  sources: readonly Source[] = [crossref, openalex],
) =>
  resolveIds(
    { store, fetcher, sources, clock, log: silentLog, bases: { crossref: 'http://mirror' }, keys: {} },
    { ids },
  );

test('pasted identifiers: what is here is left, the rest is asked for in batches, and what nobody knows is named', async () => {
  await using store = await freshStore(1);
  const [known] = await Array.fromAsync(store.papers.all());
  const { asked, fetcher } = fetcherOf(crossrefReply);
  const unknown = Array.from({ length: 25 }, (_, i) => `doi:10.5555/nothing.${i}`);
  const ids = [known?.id ?? '', ...[...works.keys()].map((doi) => `doi:${doi}`), ...unknown, 'arxiv:2401.99999'];
  const first = await resolving(store, fetcher, ids);
  assert.ok(first.ok);
  assert.deepEqual(first.value.known, [known?.id]);
  assert.deepEqual([...first.value.added].sort(), [...works.keys()].map((doi) => `doi:${doi}`).sort());
  assert.deepEqual(first.value.missing, [...unknown, 'arxiv:2401.99999']);
  assert.equal(asked.length, 2);
  assert.ok(asked.every(({ url }) => url.startsWith('http://mirror/works?')));
  const paper = await store.papers.get('doi:10.1038/srep16696');
  assert.match(paper?.title ?? '', /^Single-molecule FRET studies/);

  const again = await resolving(store, fetcher, ids.slice(0, 4));
  assert.deepEqual(again, { ok: true, value: { known: ids.slice(0, 4), added: [], missing: [], failures: [] } });
  assert.equal(asked.length, 2, 'nobody is asked twice');
});

test('a source that is silent is told, with what it was not asked for', async () => {
  await using store = await freshStore();
  const { asked, fetcher } = fetcherOf(() => new Fault('source-unavailable', 'Crossref does not answer.'));
  const ids = Array.from({ length: 30 }, (_, i) => `doi:10.5555/${i}`);
  const report = await resolving(store, fetcher, ids);
  assert.ok(report.ok);
  assert.deepEqual(report.value.failures, [{ source: 'crossref', reason: 'Crossref does not answer.', ids }]);
  assert.deepEqual(report.value.missing, []);
  assert.equal(asked.length, 1);
});

const isUnknown = (id: string): boolean => /[13579]$/.test(id);

/** Citations of the papers asked for: the length of each one’s identifier. */
const scholarReply = ({ body }: Ask): string =>
  JSON.stringify(
    (JSON.parse(body ?? '') as { ids: string[] }).ids.map((id) =>
      isUnknown(id) ? null : { paperId: `S2-${id}`, externalIds: {}, citationCount: id.length },
    ),
  );

const enriching = (store: Store, fetcher: Fetcher, source: Source, limit: number | null = null) =>
  enrich({ store, fetcher, clock, bases: {}, keys: { 'semantic-scholar': 'secret' } }, { source, limit });

test('enrichment walks all papers once a round, goes on where it stopped, and only adds', async () => {
  await using store = await freshStore(LINES.length);
  const before = await Array.fromAsync(store.papers.all());
  const { asked, fetcher } = fetcherOf(scholarReply);
  const part = await enriching(store, fetcher, semanticScholar, 3);
  assert.ok(part.ok);
  assert.deepEqual([part.value.asked, part.value.complete], [3, false]);
  const rest = await enriching(store, fetcher, semanticScholar);
  assert.ok(rest.ok);
  assert.deepEqual([rest.value.asked, rest.value.complete], [before.length - 3, true]);
  const known = before.filter(({ id }) => !isUnknown(id));
  assert.ok(known.length > 0);
  assert.equal(part.value.answered + rest.value.answered, known.length);
  const questions = asked.flatMap(({ body }) => (JSON.parse(body ?? '') as { ids: string[] }).ids);
  assert.deepEqual(
    questions,
    before.map(({ id }) => id.replace('arxiv:', 'ARXIV:')),
  );
  assert.ok(asked.every(({ headers }) => headers?.['x-api-key'] === 'secret'));

  const after = await Array.fromAsync(store.papers.all());
  assert.deepEqual(
    after.map(({ id, title, abstract, authors }) => [id, title, abstract, authors]),
    before.map(({ id, title, abstract, authors }) => [id, title, abstract, authors]),
  );
  const [first] = known;
  const signals = await store.papers.signals([first?.id ?? '']);
  assert.deepEqual(
    signals.map(({ source, name, value }) => [source, name, value]),
    [['semantic-scholar', 'citations', first?.id.length]],
  );
  const revision = await store.changes.last();
  assert.ok((await enriching(store, fetcher, semanticScholar)).ok, 'the next round');
  assert.equal(await store.changes.last(), revision, 'the same answers change nothing');
});

test('Crossref adds to the paper it was asked about, under the name that one has here', async () => {
  await using store = await freshStore();
  const draft = draftFrom(LINES[0] as string);
  assert.ok(draft.ok);
  const mine = { ...draft.value, doi: '10.1038/srep16696', journalRef: null, aliases: [] };
  await store.papers.save([{ source: 'arxiv-snapshot', draft: mine, raw: LINES[0] as string, primary: true }], {
    now: clock.now(),
  });
  const { fetcher } = fetcherOf(crossrefReply);
  const report = await enriching(store, fetcher, crossref);
  assert.ok(report.ok && report.value.answered === 1);
  assert.equal(await store.papers.count(), 1);
  const paper = await store.papers.get(mine.id ?? '');
  assert.equal(paper?.title, mine.title);
  assert.match(paper?.journalRef ?? '', /^Scientific Reports/);
});
