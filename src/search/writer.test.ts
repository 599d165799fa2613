import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { parseQuery } from '../model/query.ts';
import type { IndexDoc } from '../ports/search-index.ts';
import { Finder } from './finder.ts';
import { carryOut } from './merge-worker.ts';
import { openTable } from './table.ts';
import { startOver, Writer } from './writer.ts';

const root = await mkdtemp(join(tmpdir(), 'broadsheet-writer-'));
after(() => rm(root, { recursive: true, force: true }));

const table = openTable();
const WORDS = ['graph', 'bread', 'lidar', 'knot', 'prime', 'savanna'];
const DIMENSIONS = 5;

interface Known {
  readonly words: readonly string[];
  readonly categories: readonly string[];
  readonly year: number;
  readonly fine: number | null;
}

type Step =
  | {
      readonly kind: 'apply';
      readonly upserts: readonly (Known & { readonly n: number })[];
      readonly deletes: readonly number[];
    }
  | { readonly kind: 'fine'; readonly papers: readonly number[]; readonly value: number }
  | { readonly kind: 'compact'; readonly all: boolean; readonly meanwhile: readonly Step[] }
  | { readonly kind: 'reopen' };

const paper = fc.nat({ max: 14 });
const upsert = fc.record({
  n: paper,
  words: fc.subarray(WORDS),
  categories: fc.subarray(['cs.LG', 'math.NT', 'cs.CV']),
  year: fc.integer({ min: 2020, max: 2023 }),
  fine: fc.option(fc.integer({ min: 1, max: 9 })),
});
const simple: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      upserts: fc.array(upsert, { maxLength: 4 }),
      deletes: fc.array(paper, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fine' as const),
      papers: fc.array(paper, { maxLength: 4 }),
      value: fc.integer({ min: 1, max: 9 }),
    }),
  },
);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: simple },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('compact' as const),
        all: fc.boolean(),
        meanwhile: fc.array(simple, { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  ),
  { maxLength: 25 },
);

const vectorOf = (value: number): Float32Array =>
  Float32Array.from({ length: DIMENSIONS }, (_, i) => Math.sin(value * 7 + i));

const docOf = (n: number, { words, categories, year, fine }: Known): IndexDoc => ({
  id: `p${n}`,
  title: words.join(' '),
  abstract: '',
  authors: [`Ada Number${n}`],
  organisation: null,
  categories,
  sources: ['one'],
  published: `${year}-01-01`,
  vector: fine === null ? null : vectorOf(fine),
});

const sorted = (ids: Iterable<string>): string[] => [...ids].sort();

/** What the index must answer, from what is known of each paper. */
const compare = (finder: Finder, papers: ReadonlyMap<number, Known>): void => {
  const having = (test: (known: Known) => boolean) =>
    sorted([...papers].filter(([, known]) => test(known)).map(([n]) => `p${n}`));
  assert.equal(finder.documents, papers.size);
  for (const word of WORDS) {
    const { evidence, facets } = finder.find({ query: parseQuery(word), text: '', words: 100, near: 0 });
    assert.deepEqual(
      sorted(evidence.map(({ id }) => id)),
      having(({ words }) => words.includes(word)),
      word,
    );
    assert.equal(facets.total, evidence.length);
  }
  for (const [raw, test] of [
    ['', () => true],
    ['cat:cs', ({ categories }) => categories.some((code) => code.startsWith('cs'))],
    ['cat:math.NT', ({ categories }) => categories.includes('math.NT')],
    ['-cat:cs.LG', ({ categories }) => !categories.includes('cs.LG')],
    ['year:2021 year:2023', ({ year }) => year === 2021 || year === 2023],
    ['-bread', ({ words }) => !words.includes('bread')],
  ] as readonly (readonly [string, (known: Known) => boolean])[]) {
    const { evidence, facets } = finder.browse(parseQuery(raw), 100);
    assert.deepEqual(sorted(evidence.map(({ id }) => id)), having(test), raw);
    assert.equal(facets.total, evidence.length);
    const days = evidence.map(({ day }) => day ?? 0);
    assert.deepEqual(
      days,
      days.toSorted((a, b) => b - a),
    );
  }
  const ids = [...papers.keys()].map((n) => `p${n}`);
  const kept = new Map(finder.fineVectors([...ids, 'p99']));
  assert.deepEqual(
    sorted(kept.keys()),
    having(({ fine }) => fine !== null),
  );
  for (const [n, { fine }] of papers) {
    const vector = kept.get(`p${n}`);
    if (fine !== null)
      for (const [i, x] of vectorOf(fine).entries()) assert.ok(Math.abs((vector?.[i] ?? 9) - x) < 0.01);
  }
  for (const [n, { words }] of papers)
    assert.equal(
      [...finder.newest(100)].find(({ id }) => id === `p${n}`)?.names()[0],
      words.join(' '),
      'names stay with their papers',
    );
};

test('whatever is written, merged, interrupted and opened again, the index answers as a plain list would', async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const folder = join(root, `index-${made++}`);
      await startOver(folder);
      const papers = new Map<number, Known>();
      let position = 0;
      let during: readonly Step[] = [];
      const open = () =>
        new Writer(folder, table, async (order) => {
          // What others do while a merge goes on: at its beginning, and when it has read everything.
          const [first, ...rest] = during;
          during = [];
          if (first) await take(first);
          const result = await carryOut(order);
          for (const step of rest) await take(step);
          return result;
        });
      let writer = open();
      const take = async (step: Step): Promise<void> => {
        if (step.kind === 'apply') {
          await writer.apply({
            upserts: step.upserts.map((known) => docOf(known.n, known)),
            deletes: step.deletes.map((n) => `p${n}`),
            position: ++position,
          });
          for (const n of step.deletes) papers.delete(n);
          for (const { n, ...known } of step.upserts) papers.set(n, known);
        } else if (step.kind === 'fine') {
          await writer.setFine(step.papers.map((n) => ({ id: `p${n}`, vector: vectorOf(step.value) })));
          for (const n of step.papers) {
            const known = papers.get(n);
            if (known) papers.set(n, { ...known, fine: step.value });
          }
        } else if (step.kind === 'compact') {
          during = step.meanwhile;
          if (await writer.compact(step.all)) return;
          const missed = during;
          during = [];
          for (const one of missed) await take(one);
        } else {
          writer.close();
          writer = open();
          await writer.tidy();
        }
      };
      await writer.adopt({ id: 'model', dimensions: DIMENSIONS });
      let finder: Finder | null = null;
      for (const step of all) {
        await take(step);
        const before = finder;
        finder = new Finder(folder, table, before);
        before?.[Symbol.dispose]();
        compare(finder, papers);
        assert.deepEqual(writer.stats(), {
          documents: papers.size,
          embedded: [...papers.values()].filter(({ fine }) => fine !== null).length,
        });
        assert.deepEqual(
          sorted(writer.unembedded(100)),
          sorted([...papers].filter(([, { fine }]) => fine === null).map(([n]) => `p${n}`)),
        );
      }
      assert.equal(writer.position, position);
      finder?.[Symbol.dispose]();
      writer.close();
      await rm(folder, { recursive: true });
    }),
    { numRuns: 15 },
  );
});

test('a writer that another has written past changes nothing, and one that comes after goes on', async () => {
  const folder = join(root, 'two');
  await startOver(folder);
  const open = () => new Writer(folder, table, carryOut);
  const known: Known = { words: ['graph'], categories: [], year: 2020, fine: null };
  const one = open();
  const two = open();
  await one.apply({ upserts: [docOf(1, known)], deletes: [], position: 1 });
  assert.ok(!two.isCurrent);
  await assert.rejects(two.apply({ upserts: [docOf(2, known)], deletes: [], position: 2 }));
  const three = open();
  await three.apply({ upserts: [docOf(3, known)], deletes: [], position: 2 });
  await assert.rejects(one.apply({ upserts: [], deletes: ['p3'], position: 9 }));
  using finder = new Finder(folder, table, null);
  assert.deepEqual(sorted(finder.browse(parseQuery(''), 9).evidence.map(({ id }) => id)), ['p1', 'p3']);
  for (const writer of [one, two, three]) writer.close();
});

test('an index that was started over does not answer with what stood in files of the same place before', async () => {
  const folder = join(root, 'again');
  const known: Known = { words: ['graph', 'bread'], categories: [], year: 2020, fine: null };
  let finder: Finder | null = null;
  for (const words of [['graph'], ['bread'], ['graph', 'bread']]) {
    await startOver(folder);
    const writer = new Writer(folder, table, carryOut);
    await writer.apply({ upserts: [docOf(words.length, { ...known, words })], deletes: [], position: 1 });
    const before = finder;
    finder = new Finder(folder, table, before);
    before?.[Symbol.dispose]();
    for (const word of ['graph', 'bread'])
      assert.equal(
        finder.find({ query: parseQuery(word), text: '', words: 9, near: 0 }).evidence.length,
        words.includes(word) ? 1 : 0,
      );
    writer.close();
  }
  finder?.[Symbol.dispose]();
});
