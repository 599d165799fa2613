import type { Collection } from '../model/collection.ts';
import { bootstrap, type Estimate, type Judged, ndcgAt, recallAt, reciprocalRankAt } from '../model/evaluation.ts';
import type { PaperId } from '../model/paper.ts';
import { plainQuery } from '../model/query.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { IndexDoc, SearchIndex } from '../ports/search-index.ts';
import { type Embedded, RESCORED, rankPapers } from './rank.ts';

const DEPTH = 10;
const RECALL_DEPTH = 100;
/** Papers that are found by words, as many as a search finds. */
const WORDS = 500;
const BATCH = 2_000;

/** A collection's documents as the index takes them. */
export const indexDocs = ({ docs }: Pick<Collection, 'docs'>): IndexDoc[] =>
  docs.map(({ id, title, text }) => ({
    id,
    title,
    abstract: text,
    authors: [],
    organisation: null,
    categories: [],
    sources: [],
    published: null,
    vector: null,
  }));

/** Vectors of documents, row by row, `dimensions` floats each. */
interface DocumentVectors {
  readonly embedder: Pick<Embedder, 'id' | 'dimensions'>;
  readonly vectors: Float32Array;
}

/** Gives documents of an index the model's vectors. */
export const giveVectors = async (
  index: SearchIndex,
  docs: readonly Pick<IndexDoc, 'id'>[],
  { embedder, vectors }: DocumentVectors,
): Promise<void> => {
  const { dimensions } = embedder;
  await index.adopt(embedder);
  for (let from = 0; from < docs.length; from += BATCH)
    await index.setVectors(
      docs.slice(from, from + BATCH).map(({ id }, i) => ({
        id,
        vector: vectors.slice((from + i) * dimensions, (from + i + 1) * dimensions),
      })),
    );
};

/** Fills an empty index with documents and their vectors (null for none). */
export const buildIndex = async (
  index: SearchIndex,
  docs: readonly IndexDoc[],
  embedded: DocumentVectors | null,
): Promise<void> => {
  for (let from = 0; from < docs.length; from += BATCH) {
    const batch = docs.slice(from, from + BATCH);
    await index.apply({ upserts: batch, deletes: [], position: from + batch.length });
  }
  if (embedded !== null) await giveVectors(index, docs, embedded);
  await index.optimize();
};

export const SYSTEMS = ['words', 'static', 'model', 'instant', 'hybrid'] as const;
export type System = (typeof SYSTEMS)[number];

/** Lists of ids, best first, that each way of searching gives for a query; `model` is left out where `nearest` is. */
const listsFor = async (
  { index, embedder }: { index: Pick<SearchIndex, 'find' | 'fine'>; embedder: Embedder | null },
  text: string,
  nearest: ((vector: Float32Array) => readonly PaperId[]) | null,
): Promise<Readonly<Record<System, readonly PaperId[]>>> => {
  const embed = async (words: string): Promise<Embedded> => {
    const [vector] = embedder === null ? [] : await embedder.embed([words]);
    if (embedder === null || vector === undefined) return { reason: 'There is no model.' };
    return { vector, model: embedder.id };
  };
  const query = plainQuery(text);
  const { ranked, instant } = await rankPapers(
    { find: (request) => index.find(request), fine: index.fine, embed },
    { query, words: WORDS, near: true },
  );
  const by = (score: (one: (typeof instant)[number]) => number | null): PaperId[] =>
    instant
      .filter((one) => score(one) !== null)
      .sort((a, b) => (score(b) ?? 0) - (score(a) ?? 0) || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
  const own = nearest === null ? null : await embed(query.text);
  return {
    words: by(({ words }) => words),
    static: by(({ coarse }) => coarse),
    model: own !== null && 'vector' in own && nearest !== null ? nearest(own.vector) : [],
    instant: instant.map(({ id }) => id),
    hybrid: ranked.map(({ id }) => id),
  };
};

/** Ids of the rows nearest to a vector, by dot product, all of them looked at. */
const nearestAmong =
  (ids: readonly PaperId[], vectors: Float32Array, dimensions: number) =>
  (vector: Float32Array): PaperId[] => {
    const scores = ids.map((id, row) => {
      let sum = 0;
      for (let i = 0; i < dimensions; i++) sum += (vectors[row * dimensions + i] as number) * (vector[i] as number);
      return { id, sum };
    });
    return scores
      .sort((a, b) => b.sum - a.sum || (a.id < b.id ? -1 : 1))
      .slice(0, RECALL_DEPTH)
      .map(({ id }) => id);
  };

export interface SystemReport {
  readonly system: System;
  readonly ndcg10: Estimate;
  readonly recall100: Estimate;
  readonly mrr10: Estimate;
}

interface Watch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (at: { readonly done: number; readonly total: number }) => void;
}

interface Deps {
  /** Filled with the collection's documents. */
  readonly index: Pick<SearchIndex, 'find' | 'fine'>;
  readonly embedder: Embedder | null;
}

/**
 * Asks every query of a collection that has an answer in each way of searching: by words, by static vectors, by the
 * model's vectors (all compared), by the instant hybrid and the default one. `vectors` are the documents', row by row.
 */
export const evaluate = async (
  { index, embedder }: Deps,
  { docs, queries, qrels }: Collection,
  vectors: Float32Array | null,
  { signal, onProgress }: Watch = {},
): Promise<{ readonly queries: number; readonly systems: readonly SystemReport[] }> => {
  const there = new Set(docs.map(({ id }) => id));
  const asked = queries.flatMap(({ id, text }) => {
    const judged = new Map(Object.entries(qrels[id] ?? {}).filter(([doc, grade]) => grade > 0 && there.has(doc)));
    return judged.size === 0 ? [] : [{ text, judged }];
  });
  const nearest =
    embedder === null || vectors === null
      ? null
      : nearestAmong([...docs.map(({ id }) => id)], vectors, embedder.dimensions);
  const systems = SYSTEMS.filter((system) => nearest !== null || (system !== 'model' && system !== 'hybrid'));
  const measured = new Map(
    systems.map((system) => [system, { ndcg: [] as number[], recall: [] as number[], mrr: [] as number[] }]),
  );
  for (const [done, { text, judged }] of asked.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ done, total: asked.length });
    const lists = await listsFor({ index, embedder: nearest === null ? null : embedder }, text, nearest);
    for (const [system, { ndcg, recall, mrr }] of measured) {
      ndcg.push(ndcgAt(lists[system], judged, DEPTH));
      recall.push(recallAt(lists[system], judged, RECALL_DEPTH));
      mrr.push(reciprocalRankAt(lists[system], judged, DEPTH));
    }
  }
  return {
    queries: asked.length,
    systems: [...measured].map(([system, { ndcg, recall, mrr }]) => ({
      system,
      ndcg10: bootstrap(ndcg),
      recall100: bootstrap(recall),
      mrr10: bootstrap(mrr),
    })),
  };
};

/** A query that one paper answers. */
export interface KnownItem {
  readonly title: string;
  readonly kind: string;
  readonly query: string;
}

/** Titles that differ only in case and spacing are those of one paper. */
export const titleKey = (title: string): string => title.toLowerCase().replace(/\s+/g, ' ').trim();

/**
 * Ids of the papers whose vectors of the model can matter to the queries: the best of each without them, which are all that
 * is rescored. With vectors of these alone the default hybrid ranks as if all papers had one.
 */
export const reachedBy = async (
  index: Pick<SearchIndex, 'find' | 'fine'>,
  items: readonly Pick<KnownItem, 'query'>[],
): Promise<ReadonlySet<PaperId>> => {
  const reached = new Set<PaperId>();
  const embed = (): Promise<Embedded> => Promise.resolve({ reason: 'It is not asked.' });
  for (const { query } of items) {
    const deps = { find: index.find, fine: index.fine, embed };
    const { instant } = await rankPapers(deps, { query: plainQuery(query), words: WORDS, near: true });
    for (const { id } of instant.slice(0, RESCORED)) reached.add(id);
  }
  return reached;
};

export interface KnownItemReport {
  readonly kind: string;
  readonly queries: number;
  readonly mrr10: Readonly<Record<Exclude<System, 'model'>, Estimate>>;
}

/** Asks for papers one knows to be there; `titlesOf` says what the papers found are called. By kind of query, as first met. */
export const evaluateKnownItems = async (
  {
    index,
    embedder,
    titlesOf,
  }: Deps & { readonly titlesOf: (ids: readonly PaperId[]) => Promise<ReadonlyMap<PaperId, string>> },
  items: readonly KnownItem[],
  { signal, onProgress }: Watch = {},
): Promise<readonly KnownItemReport[]> => {
  const systems = ['words', 'static', 'instant', 'hybrid'] as const;
  const kinds = new Map<string, Record<(typeof systems)[number], number[]>>();
  for (const [done, { title, kind, query }] of items.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ done, total: items.length });
    const lists = await listsFor({ index, embedder }, query, null);
    const found = await titlesOf([...new Set(systems.flatMap((system) => lists[system].slice(0, DEPTH)))]);
    const wanted: Judged = new Map([[titleKey(title), 1]]);
    const of = kinds.get(kind) ?? { words: [], static: [], instant: [], hybrid: [] };
    kinds.set(kind, of);
    for (const system of systems) {
      const titles = lists[system].slice(0, DEPTH).map((id) => titleKey(found.get(id) ?? ''));
      of[system].push(reciprocalRankAt(titles, wanted, DEPTH));
    }
  }
  return [...kinds].map(([kind, { words, static: coarse, instant, hybrid }]) => ({
    kind,
    queries: words.length,
    mrr10: {
      words: bootstrap(words),
      static: bootstrap(coarse),
      instant: bootstrap(instant),
      hybrid: bootstrap(hybrid),
    },
  }));
};
