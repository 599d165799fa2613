import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Embedder } from '../ports/embedder.ts';
import { catchUp, embedMissing } from '../services/catch-up.ts';
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
    const papers = await embedMissing({ ...app, embedder }, { signal: either, ...(onProgress ? { onProgress } : {}) });
    return { papers, complete: !either.aborted };
  } finally {
    clearInterval(timer);
  }
};

/** Brings the index up to the database once: first by words, then by meaning. False where there is more to do. */
const keepUpOnce = async (app: App, owner: string, signal: AbortSignal, events: KeepUpEvents): Promise<boolean> => {
  const behind = (await app.store.changes.last()) - (await app.index.position());
  const { documents, embedded } = await app.index.stats();
  if (behind === 0 && (app.embedder === null || embedded === documents)) return true;
  let done = false;
  const ours = await withIndexLease(app, owner, async (lost) => {
    const either = AbortSignal.any([signal, lost]);
    if (behind !== 0) {
      const changes = await catchUp(app, { signal: either });
      if (!either.aborted) events.indexed?.(changes);
    }
    if (app.embedder === null) {
      done = true;
      return;
    }
    const { papers, complete } = await embedUntilNews(app, app.embedder, {
      signal: either,
      onProgress: events.embedding,
    });
    if (papers > 0 && complete) events.embedded?.(papers);
    done = complete;
  });
  return ours && done;
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
  void warmSearch(app).catch((error: unknown) => app.log.debug({ err: error }, 'search could not be warmed up'));
  while (!signal.aborted) {
    let wait = LOOK_EVERY_MS;
    try {
      const revision = await app.store.revision();
      const lost = revision === seen && (await app.index.position()) === 0;
      if ((revision !== seen || lost) && (await keepUpOnce(app, owner, signal, events))) seen = revision;
    } catch (error) {
      if (signal.aborted) return;
      app.log.error({ err: error }, 'the search index could not be brought up to date; trying again');
      wait = WAIT_AFTER_FAILURE_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
};
