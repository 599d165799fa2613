import { setImmediate as breathe } from 'node:timers/promises';
import { Fault } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Paper } from '../model/paper.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { IndexDoc, SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';

/** Changes read and applied at once: a commit of the index costs the same for one paper as for hundreds. */
const BATCH = 2_000;

/** Papers embedded between two commits of the index, and between two reports of progress. */
const EMBED_BATCH = 128;
const EMBED_STEP = 16;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

interface Options {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

type Model = Pick<Embedder, 'id' | 'dimensions'>;

/** Whose vectors come along; null for a model elsewhere that has never answered. */
export const knownModel = (embedder: Model | null | undefined): Model | null => {
  try {
    return embedder ? { id: embedder.id, dimensions: embedder.dimensions } : null;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
};

const HAS_CODE = ['code'];

const docOf = (paper: Paper, vector: Float32Array | null): IndexDoc => ({
  id: paper.id,
  title: paper.title,
  abstract: paper.abstract,
  authors: paper.authors.map((author) => author.name),
  organisation: paper.organisation?.name ?? null,
  categories: paper.categories,
  sources: [...new Set(paper.sightings.map((sighting) => sighting.source))],
  published: paper.published,
  vector,
  has: paper.links.some(({ rel }) => rel === 'code') ? HAS_CODE : [],
});

/**
 * Brings the index up to the database through the change log, a batch at a time; it may be stopped anywhere and goes on
 * where it was. An index ahead of the database (a backup was restored) is built again. Vectors the database keeps for
 * this embedder come along. Returns how many changes were read. One process at a time may call it.
 */
export const catchUp = async (
  {
    store,
    index,
    log,
    embedder,
  }: { store: Pick<Store, 'changes' | 'papers' | 'vectors'>; index: SearchIndex; log: Log; embedder?: Model | null },
  { signal, onProgress }: Options = {},
): Promise<number> => {
  const model = knownModel(embedder);
  if (model) await index.adopt(model);
  const last = await store.changes.last();
  let position = await index.position();
  if (position > last) {
    log.warn({ position, last }, 'the search index is ahead of the database and is built again');
    await index.clear();
    position = 0;
  }
  const batchAfter = async (after: number) => {
    const changes = await store.changes.since(after, BATCH);
    const end = changes.at(-1);
    if (end === undefined) return null;
    const ids = [...new Set(changes.map((change) => change.paperId))];
    const papers = (await store.papers.cards(ids, '')).map((card) => card.paper);
    await breathe();
    const vectors = model ? await store.vectors.get(model.id, ids) : new Map<string, Float32Array>();
    const there = new Set(papers.map((paper) => paper.id));
    return {
      upserts: papers.map((paper) => docOf(paper, vectors.get(paper.id) ?? null)),
      deletes: ids.filter((id) => !there.has(id)),
      position: end.seq,
      after,
      changes: changes.length,
    };
  };
  const first = position;
  let read = 0;
  let next = batchAfter(position);
  try {
    while (!signal?.aborted) {
      const batch = await next;
      if (batch === null) break;
      const { changes, ...moved } = batch;
      // The database is read while the index writes what was read before.
      next = batchAfter(moved.position);
      next.catch(() => {});
      await index.apply(moved);
      position = moved.position;
      read += changes;
      onProgress?.({ done: Math.min(position, last) - first, total: last - first });
      await breathe();
    }
  } finally {
    await next.catch(() => {});
  }
  if (read > 0) await index.optimize();
  return read;
};

/** What of a paper is read for meaning. */
const textOf = ({ title, abstract }: Paper): string => `${title}\n${abstract}`;

/** Reads in small steps, so that it can be stopped and seen to move. */
const embedAll = async (
  embedder: Embedder,
  texts: readonly string[],
  { signal, onStep }: { signal: AbortSignal | undefined; onStep: (done: number) => void },
): Promise<Float32Array[]> => {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length && !signal?.aborted; at += EMBED_STEP) {
    const step = await embedder.embed(texts.slice(at, at + EMBED_STEP), signal).catch((error: unknown) => {
      if (signal?.aborted && error === signal.reason) return null;
      throw error;
    });
    if (step === null) break;
    vectors.push(...step);
    onStep(vectors.length);
    await breathe();
  }
  return vectors;
};

/**
 * Gives every paper of the index that lacks one its vector, newest first, and keeps it in the database too, so that a
 * rebuilt index need not compute it again. Returns how many papers were given one; where the model cannot be used it
 * logs that and returns. One process at a time may call it.
 */
export const embedMissing = async (
  {
    index,
    embedder,
    log,
    store,
  }: { index: SearchIndex; embedder: Embedder; log: Log; store: Pick<Store, 'papers' | 'vectors'> },
  { signal, onProgress }: Options = {},
): Promise<number> => {
  let done = 0;
  let unrefined = 0;
  let head: string | undefined;
  try {
    await embedder.ready(signal);
    const { id: model, dimensions } = embedder;
    await index.adopt({ id: model, dimensions });
    const { documents, embedded } = await index.stats();
    const total = documents - embedded;
    while (!signal?.aborted) {
      const missing = await index.unembedded(EMBED_BATCH);
      if (missing.length === 0 || missing[0] === head) break;
      head = missing[0];
      const kept = await store.vectors.get(model, missing);
      const unread = (
        await store.papers.cards(
          missing.filter((id) => !kept.has(id)),
          '',
        )
      ).map((card) => card.paper);
      const vectors = await embedAll(embedder, unread.map(textOf), {
        signal,
        onStep: (n) => onProgress?.({ done: done + n, total: Math.max(total, done + n) }),
      });
      // A model elsewhere may become another one in the midst of it: what it made is nobody's then.
      if (vectors.length > 0) await embedder.ready(signal);
      if (embedder.id !== model)
        throw new Fault('model-unavailable', 'The embedding model is another one than before.');
      const made = vectors.map((vector, i) => ({ id: unread[i]?.id ?? '', vector }));
      if (made.length > 0) await store.vectors.put(model, made);
      await index.setVectors([...[...kept].map(([id, vector]) => ({ id, vector })), ...made]);
      done += kept.size + made.length;
      unrefined += kept.size + made.length;
      onProgress?.({ done, total: Math.max(total, done) });
      if (unrefined >= EMBED_BATCH * 16) {
        await index.optimize();
        unrefined = 0;
      }
    }
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return done;
    if (!(error instanceof Fault && error.code === 'model-unavailable')) throw error;
    log.warn({ err: error }, 'papers wait to be read for meaning: the embedding model cannot be used');
  }
  if (unrefined > 0) await index.optimize();
  return done;
};

/** Throws the index away and builds it again, words first, then meaning. */
export const reindex = async (
  deps: Parameters<typeof catchUp>[0] & { readonly embedder: Embedder | null },
  options: Options = {},
): Promise<void> => {
  await deps.index.clear();
  await catchUp(deps, options);
  if (deps.embedder !== null) await embedMissing({ ...deps, embedder: deps.embedder }, options);
};
