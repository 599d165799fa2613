import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Embedder } from '../ports/embedder.ts';
import { openIndex } from '../search/open.ts';
import { buildIndex, evaluate, evaluateKnownItems, giveVectors, indexDocs, reachedBy } from './evaluate.ts';

/** A model that knows three subjects and which words stand for them. */
const SUBJECTS = [
  ['mesh', 'polygon', 'shape'],
  ['robot', 'gripper', 'manipulation'],
  ['speech', 'voice', 'audio'],
];
const embedder: Embedder = {
  id: 'subjects',
  dimensions: 3,
  ready: async () => {},
  embed: async (texts) =>
    texts.map((text) => {
      const vector = SUBJECTS.map((words) => 0.01 + words.filter((word) => text.toLowerCase().includes(word)).length);
      const norm = Math.hypot(...vector);
      return Float32Array.from(vector, (x) => x / norm);
    }),
  [Symbol.asyncDispose]: async () => {},
};

const collection = {
  docs: [
    { id: 'a', title: 'Editing a polygon mesh', text: 'We edit the shape of meshes part by part.' },
    { id: 'b', title: 'A gripper that learns', text: 'A robot learns manipulation from few tries.' },
    { id: 'c', title: 'Voice conversion', text: 'Speech of one speaker becomes that of another; audio is kept.' },
    { id: 'd', title: 'Learning to sort', text: 'A network learns to sort numbers.' },
  ],
  queries: [
    { id: '1', text: 'polygon mesh' },
    { id: '2', text: 'robot manipulation' },
    { id: '3', text: 'nobody judged this' },
  ],
  qrels: { '1': { a: 1 }, '2': { b: 2, c: 0 }, '3': { gone: 1 } },
};

test('measures every way of searching on the product’s own index, and known items by kind', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-evaluate-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await using index = openIndex(folder);
  const docs = indexDocs(collection);
  const rows = await embedder.embed(docs.map(({ title, abstract }) => `${title}\n${abstract}`));
  const vectors = Float32Array.from(rows.flatMap((row) => [...row]));
  await buildIndex(index, docs, { embedder, vectors });
  assert.equal((await index.stats()).embedded, 4);

  const { queries, systems } = await evaluate({ index, embedder }, collection, vectors);
  assert.equal(queries, 2, 'a query without an answer among the documents is not asked');
  const [words, , model, , hybrid] = systems;
  assert.deepEqual(
    systems.map(({ system }) => system),
    ['words', 'static', 'model', 'instant', 'hybrid'],
  );
  for (const report of [words, model, hybrid]) {
    assert.equal(report?.ndcg10.mean, 1);
    assert.equal(report?.recall100.mean, 1);
    assert.equal(report?.mrr10.mean, 1);
  }
  const without = await evaluate({ index, embedder: null }, collection, null);
  assert.deepEqual(
    without.systems.map(({ system }) => system),
    ['words', 'static', 'instant'],
  );

  const titles = new Map(docs.map(({ id, title }) => [id, title]));
  const items = [
    { title: 'editing a  polygon mesh', kind: 'keyword', query: 'polygn mesh' },
    { title: 'Voice conversion', kind: 'keyword', query: 'polygon' },
    { title: 'A gripper that learns', kind: 'need', query: 'How can my robot do manipulation?' },
  ];
  const report = await evaluateKnownItems({ index, embedder, titlesOf: async () => titles }, items);
  assert.deepEqual(
    report.map(({ kind, queries, mrr10 }) => [kind, queries, mrr10.hybrid.mean > 0.4]),
    [
      ['keyword', 2, true],
      ['need', 1, true],
    ],
  );
  assert.equal(report[1]?.mrr10.words.mean, 1);
});

test('known items rank the same when only the papers their queries reach have the model’s vectors', async (t) => {
  const words = [...SUBJECTS.flat(), 'learning', 'network', 'motion', 'model', 'planning', 'image'];
  const word = (n: number) => words[n % words.length] ?? '';
  const docs = indexDocs({
    docs: Array.from({ length: 400 }, (_, i) => ({
      id: `p${i}`,
      title: `Paper ${i} on ${word(i)} and ${word(i * 7 + 3)}`,
      text: Array.from({ length: 12 }, (_, k) => word(i * (k + 3) + k * k)).join(' '),
    })),
  });
  const items = [
    { title: docs[31]?.title ?? '', kind: 'keyword', query: 'robot motion planning' },
    { title: docs[200]?.title ?? '', kind: 'keyword', query: 'voice network' },
    { title: docs[77]?.title ?? '', kind: 'need', query: 'how do I edit the shape of a mesh' },
  ];
  const titles = new Map(docs.map(({ id, title }) => [id, title]));
  const vectorsOf = async (some: typeof docs) =>
    Float32Array.from((await embedder.embed(some.map(({ title }) => title))).flatMap((row) => [...row]));
  const measured = async (embed: 'all' | 'reached') => {
    const folder = await mkdtemp(join(tmpdir(), 'broadsheet-evaluate-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await using index = openIndex(folder);
    await buildIndex(index, docs, null);
    const reached = await reachedBy(index, items);
    const some = embed === 'all' ? docs : docs.filter(({ id }) => reached.has(id));
    await giveVectors(index, some, { embedder, vectors: await vectorsOf(some) });
    return {
      count: some.length,
      report: await evaluateKnownItems({ index, embedder, titlesOf: async () => titles }, items),
    };
  };
  const [all, reached] = [await measured('all'), await measured('reached')];
  assert.ok(reached.count < all.count);
  assert.deepEqual(reached.report, all.report);
});
