import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Entry, HarvestState, Wire, Wish } from '../../src/ports/source.ts';
import { arxivOai } from '../../src/sources/arxiv-oai.ts';
import { type OaiRecord, type OaiServer, recordsFromSnapshot, startOaiServer } from '../support/oai-server.ts';

const LINES = readFileSync(new URL('../fixtures/arxiv-snapshot/papers.jsonl', import.meta.url), 'utf8').split('\n');
const wire = arxivOai.wire as Wire;

/** Some papers, as many of each day as the pages are long and more, and one that was deleted. */
const archive = (): OaiRecord[] => {
  const real = recordsFromSnapshot(LINES);
  const many = real.flatMap((record, i) =>
    Array.from({ length: 5 }, (_, j) => ({
      ...record,
      id: `2601.${String(i * 10 + j).padStart(5, '0')}`,
      datestamp: `2026-01-${String(10 + (i % 4)).padStart(2, '0')}`,
    })),
  );
  return [...many, ...many.slice(0, 1).map((record) => ({ ...record, id: '2601.09999', deleted: true }))];
};

interface Harvested {
  readonly entries: readonly Entry[];
  readonly kinds: readonly string[];
  readonly through: string | null;
}

/** What a harvest does, without a database: asks until the list is complete or the source refuses. */
const harvest = async (server: OaiServer, wish: Partial<Wish> = {}): Promise<Harvested> => {
  const begun = wire.begin({ from: '2026-01-01', until: null, set: null, format: null, ...wish }, null, '2026-11-22');
  assert.ok(begun.ok);
  const entries: Entry[] = [];
  const kinds: string[] = [];
  let through: string | null = null;
  let state: HarvestState | null = begun.value;
  while (state !== null && kinds.length < 200) {
    const response = await fetch(wire.ask(state, server.base).url);
    const turn = await wire.read(state, {
      url: response.url,
      status: response.status,
      type: 'text/xml',
      headers: {},
      body: new Uint8Array(await response.arrayBuffer()),
    });
    kinds.push(turn.kind);
    if (turn.kind === 'refused') break;
    if (turn.kind === 'restart') state = turn.next;
    if (turn.kind !== 'page') continue;
    entries.push(...turn.entries);
    through ??= turn.through;
    state = turn.next;
  }
  return { entries, kinds, through };
};

const idsOf = (entries: readonly Entry[]): string[] =>
  entries.map((entry) =>
    entry.kind === 'paper' ? entry.draft.externalId : entry.kind === 'gone' ? entry.externalId : entry.kind,
  );

for (const format of ['arXiv', 'arXivRaw'] as const)
  test(`${format}: a list is harvested to its end, each record once`, async () => {
    const records = archive();
    await using server = await startOaiServer({ records, pageSize: 7, today: '2026-11-22' });
    const { entries, kinds, through } = await harvest(server, { format });
    assert.deepEqual(idsOf(entries).sort(), records.map(({ id }) => id).sort());
    assert.equal(entries.filter(({ kind }) => kind === 'gone').length, 1);
    assert.equal(kinds.length, Math.ceil(records.length / 7));
    assert.equal(through, '2026-11-22');
    for (const entry of entries) {
      if (entry.kind !== 'paper') continue;
      const record = records.find(({ id }) => id === entry.draft.externalId);
      assert.equal(entry.draft.titleRaw, record?.title);
      assert.equal(entry.draft.abstractRaw, record?.abstract);
      if (format === 'arXivRaw') assert.equal(entry.draft.versions.length, record?.versions.length);
    }
  });

test('days and sets narrow the list; an empty one is complete', async () => {
  const records = archive();
  await using server = await startOaiServer({ records, pageSize: 7 });
  const day = await harvest(server, { from: '2026-01-11', until: '2026-01-11' });
  assert.deepEqual(
    new Set(day.entries.map((entry) => 'announced' in entry && entry.announced?.day)),
    new Set(['2026-01-11']),
  );
  const set = await harvest(server, { set: 'math.LO' });
  assert.ok(set.entries.length > 0 && set.entries.length < records.length);
  const none = await harvest(server, { from: '2026-10-01' });
  assert.deepEqual([none.entries, none.kinds], [[], ['page']]);
});

test('expired tokens, empty pages and pages that are no end lose nothing', async () => {
  const records = archive();
  await using server = await startOaiServer({ records, pageSize: 7, counted: true });
  server.trouble(
    null,
    { kind: 'empty-with-token' },
    null,
    { kind: 'empty' },
    { kind: 'error', code: 'badResumptionToken' },
  );
  const { entries, kinds } = await harvest(server);
  assert.deepEqual([...new Set(idsOf(entries))].sort(), records.map(({ id }) => id).sort());
  assert.deepEqual(kinds.slice(0, 6), ['page', 'again', 'page', 'again', 'restart', 'page']);
  // What is repeated is the last day before the token expired, and nothing else.
  assert.ok(entries.length - records.length <= 21, `${entries.length - records.length} repeated`);
});

test('an archive that answers with anything but a list is refused', async () => {
  await using server = await startOaiServer({ records: archive(), pageSize: 7 });
  for (const trouble of [
    { kind: 'html' },
    { kind: 'cut' },
    { kind: 'busy' },
    { kind: 'error', code: 'badArgument' },
  ] as const) {
    server.trouble(trouble);
    assert.deepEqual((await harvest(server)).kinds, ['refused'], trouble.kind);
  }
  assert.deepEqual(
    server.requests.map(({ status }) => status),
    [200, 200, 503, 200],
  );
});
