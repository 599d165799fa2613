import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { Answer, Entry, HarvestState } from '../ports/source.ts';
import { hfDaily } from './hf-daily.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/hf-daily/${name}`, import.meta.url));
const parse = (bytes: Uint8Array): Promise<Entry[]> =>
  Array.fromAsync(
    hfDaily.parse(
      (async function* () {
        yield bytes;
      })(),
    ),
  );
const draftsIn = (entries: readonly Entry[]) =>
  entries.flatMap((entry) => (entry.kind === 'paper' ? [{ draft: entry.draft, announced: entry.announced }] : []));
const answer = (of: Partial<Answer>): Answer => ({
  url: 'https://huggingface.co/api/daily_papers',
  status: 200,
  type: 'application/json',
  headers: {},
  body: Buffer.from('[]'),
  ...of,
});
const wire = hfDaily.wire as NonNullable<typeof hfDaily.wire>;
const NEW = { from: null, until: null, set: null, format: null };
const begin = (wish: Partial<typeof NEW> | Record<string, string>, since: string | null): HarvestState => {
  const begun = wire.begin({ ...NEW, ...wish }, since, '2026-07-10');
  assert.ok(begun.ok);
  return begun.value;
};

test('every entry of the recorded dump is a paper, announced on its day', async () => {
  const lines = fixture('dump.jsonl').toString('utf8').trim().split('\n');
  const drafts = draftsIn(await parse(fixture('dump.jsonl')));
  assert.equal(drafts.length, lines.length);
  for (const [i, { draft, announced }] of drafts.entries()) {
    const recorded = JSON.parse(lines[i] as string);
    assert.equal(draft.id, `arxiv:${recorded.paper.id}`);
    assert.deepEqual(announced, { day: recorded.day, category: null });
    assert.deepEqual(draft.signals, { upvotes: recorded.paper.upvotes, comments: recorded.numComments });
    assert.equal(draft.published, recorded.paper.publishedAt.slice(0, 10));
    const seen = recorded.paper.authors.filter(({ hidden }: { hidden: boolean }) => !hidden);
    assert.equal(draft.authors.length, seen.length);
    assert.equal(draft.abstractRaw, recorded.paper.summary);
  }
});

test('organisations and links to code and project are taken', async () => {
  const drafts = draftsIn(await parse(fixture('dump.jsonl'))).map(({ draft }) => draft);
  const byId = (id: string) => drafts.find((draft) => draft.id === id);
  assert.deepEqual(byId('arxiv:2510.02283')?.organisation, {
    name: 'ByteDance Seed',
    key: 'bytedance-seed',
    handle: 'ByteDance-Seed',
  });
  const links = byId('arxiv:2510.02283')?.links ?? [];
  assert.ok(
    links.some(({ rel, url }) => rel === 'code' && url === 'https://github.com/justincui03/Self-Forcing-Plus-Plus'),
  );
  assert.ok(links.some(({ rel, url }) => rel === 'project' && url === 'https://self-forcing-plus-plus.github.io/'));
  // The same address as code and as project page is one link.
  assert.equal(byId('arxiv:2503.01785')?.links.filter(({ url }) => url.includes('Visual-RFT')).length, 1);
});

test('the answer of the API, an array, is read as the lines are', async () => {
  const entries = draftsIn(await parse(fixture('day.json')));
  assert.equal(entries.length, JSON.parse(fixture('day.json').toString()).length);
  assert.ok(entries.every(({ announced }) => announced?.day === '2025-12-31'));
});

test('an error is told in one sentence; what is no paper of arXiv is rejected with a reason', async () => {
  await assert.rejects(parse(Buffer.from('{"error":"Invalid date"}')), (error) => {
    return error instanceof Fault && error.code === 'source-refused' && error.message.includes('Invalid date');
  });
  const [entry] = await parse(Buffer.from('[{"paper":{"id":"x","title":"T"}}]'));
  assert.ok(entry?.kind === 'rejected' && entry.reason.includes('"x"'));
});

test('a harvest reads a day a request, and the last three days again', async () => {
  assert.deepEqual(begin({}, null), { day: '2026-07-08', until: '2026-07-10', page: 0 });
  assert.deepEqual(begin({}, '2026-07-10'), { day: '2026-07-08', until: '2026-07-10', page: 0 });
  assert.equal(begin({}, '2026-06-01').day, '2026-06-01');
  assert.deepEqual(begin({ from: '2026-01-01', until: '2026-01-02' }, null), {
    day: '2026-01-01',
    until: '2026-01-02',
    page: 0,
  });
  assert.equal(wire.begin({ ...NEW, from: '2026-07-11' }, null, '2026-07-10').ok, false);
  assert.equal(wire.begin({ ...NEW, set: 'cs' }, null, '2026-07-10').ok, false);

  let state: HarvestState | null = begin({}, null);
  const asked: string[] = [];
  let through: string | null = null;
  while (state !== null) {
    asked.push(wire.ask(state, wire.base).url);
    const turn = await wire.read(state, answer({ body: asked.length === 1 ? fixture('day.json') : Buffer.from('[]') }));
    assert.ok(turn.kind === 'page');
    if (asked.length === 1)
      for (const entry of turn.entries) assert.ok(entry.kind === 'paper' && entry.announced?.day === '2026-07-08');
    state = turn.next;
    through = turn.through;
  }
  assert.deepEqual(
    asked.map((url) => new URL(url).searchParams.get('date')),
    ['2026-07-08', '2026-07-09', '2026-07-10'],
  );
  assert.equal(through, '2026-07-10');
});

test('a day with more pages is read to its end', async () => {
  const state = begin({ from: '2026-07-10' }, null);
  const headers = { link: '<https://huggingface.co/api/daily_papers?p=1>; rel="next"' };
  const turn = await wire.read(state, answer({ headers, body: fixture('day.json') }));
  assert.ok(turn.kind === 'page' && turn.next !== null && turn.through === null);
  assert.equal(new URL(wire.ask(turn.next, wire.base).url).searchParams.get('p'), '1');
});

test('an answer that is no list is refused, not taken for an empty day', async () => {
  const state = begin({}, null);
  for (const one of [
    { status: 400, body: Buffer.from('{"error":"no"}') },
    { body: Buffer.from('<html>') },
    { body: Buffer.from('') },
  ])
    assert.equal((await wire.read(state, answer(one))).kind, 'refused');
});
