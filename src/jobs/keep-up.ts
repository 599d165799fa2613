import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Embedder } from '../ports/embedder.ts';
import { catchUp, embedMissing, knownModel } from '../services/catch-up.ts';
import { createPaceNote } from '../services/embed-progress.ts';
import { withIndexLease } from '../services/index-lease.ts';
import { warmSearch } from '../services/search.ts';

export interface KeepUpEvents {
  /** Every change has reached the index; `changes` of them in this turn. */
  readonly indexed?: (changes: number) => void;
  readonly embedding?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Every paper of the index has a vector; `papers` of them got it in this turn. */
  readonly embedded?: (papers: number) => void;
}

const LOOK_EVERY_MS = 1_000;
const WAIT_AFTER_FAILURE_MS = 15_000;
/** A model that cannot be used is tried again after so long, and twice as long each time. */
const MODEL_WAIT_MS = 15_000;
const MODEL_WAIT_MOST_MS = 10 * 60_000;

/** Reading for meaning may take hours; it is left at once when new papers wait to be indexed by words. */
const embedUntilNews = async (
  app: App,
  embedder: Embedder,
  { signal, onProgress }: { signal: AbortSignal; onProgress: KeepUpEvents['embedding'] },
): Promise<{ papers: number; complete: boolean }> => {
  const news = new AbortController();
  const indexed = await app.store.changes.last();
  const look = async (): Promise<void> => {
    if ((await app.store.changes.last()) !== indexed) news.abort();
  };
  const timer = setInterval(() => void look().catch(() => news.abort()), LOOK_EVERY_MS);
  try {
    const either = AbortSignal.any([signal, news.signal]);
    const note = createPaceNote(app);
    const papers = await embedMissing(
      { ...app, embedder },
      {
        signal: either,
        onProgress: (progress) => {
          onProgress?.(progress);
          note(progress.done).catch((error: unknown) => app.log.debug({ err: error }, 'the pace was not noted'));
        },
      },
    );
    return { papers, complete: !either.aborted };
  } finally {
    clearInterval(timer);
  }
};

/** Whose vectors the index has; null where that is not known. */
const modelOf = (app: App): string | null => knownModel(app.embedder)?.id ?? null;

/**
 * Brings the index up to the database once: first by words, then by meaning. `later`: what is left must wait for the model.
 * `model` is the one whose vectors the index was last seen to have.
 */
const keepUpOnce = async (
  app: App,
  owner: string,
  { model, signal, events }: { model: string | null; signal: AbortSignal; events: KeepUpEvents },
): Promise<'done' | 'more' | 'later'> => {
  const isRead = async (): Promise<boolean> => {
    const { documents, embedded } = await app.index.stats();
    return embedded === documents;
  };
  const behind = (await app.store.changes.last()) - (await app.index.position());
  const isSame = model !== null && model === modelOf(app);
  if (behind === 0 && (app.embedder === null || (isSame && (await isRead())))) return 'done';
  let outcome: 'done' | 'more' | 'later' = 'more';
  const ours = await withIndexLease(app, owner, async (lost) => {
    const either = AbortSignal.any([signal, lost]);
    if (behind !== 0) {
      const changes = await catchUp(app, { signal: either });
      if (!either.aborted) events.indexed?.(changes);
    }
    if (app.embedder === null) {
      outcome = 'done';
      return;
    }
    const { papers, complete } = await embedUntilNews(app, app.embedder, {
      signal: either,
      onProgress: events.embedding,
    });
    if (!complete) return;
    outcome = modelOf(app) !== null && (await isRead()) ? 'done' : 'later';
    if (papers > 0 && outcome === 'done') events.embedded?.(papers);
  });
  return ours ? outcome : 'more';
};

/**
 * Keeps the search index up with the database until aborted, whichever process writes there: looks every second (the
 * cheap revision first, then whether the index was lost), and waits a while after a failure, which it logs.
 */
export const keepUp = async (
  app: App,
  { signal, events = {} }: { signal: AbortSignal; events?: KeepUpEvents },
): Promise<void> => {
  const owner = `keep-up:${randomUUID()}`;
  let seen: number | null = null;
  let looked: string | null = null;
  let read: string | null = null;
  let retry = { at: Number.POSITIVE_INFINITY, wait: MODEL_WAIT_MS };
  void warmSearch(app).catch((error: unknown) => app.log.debug({ err: error }, 'search could not be warmed up'));
  while (!signal.aborted) {
    let wait = LOOK_EVERY_MS;
    try {
      const revision = await app.store.revision();
      const lost = revision === seen && (await app.index.position()) === 0;
      const model = modelOf(app);
      // A model elsewhere may have become another one, also in the midst of the turn before.
      if (revision !== seen || lost || performance.now() >= retry.at || model !== looked) {
        looked = model;
        const outcome = await keepUpOnce(app, owner, { model: read, signal, events });
        if (outcome !== 'more') seen = revision;
        read = outcome === 'done' ? modelOf(app) : null;
        if (outcome === 'done') retry = { at: Number.POSITIVE_INFINITY, wait: MODEL_WAIT_MS };
        if (outcome === 'later' && performance.now() >= retry.at)
          retry = { at: retry.at, wait: Math.min(2 * retry.wait, MODEL_WAIT_MOST_MS) };
        if (outcome === 'later') retry = { at: performance.now() + retry.wait, wait: retry.wait };
      }
    } catch (error) {
      if (signal.aborted) return;
      app.log.error({ err: error }, 'the search index could not be brought up to date; trying again');
      wait = WAIT_AFTER_FAILURE_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
};
