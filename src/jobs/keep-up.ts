import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { catchUp, embedMissing } from '../services/catch-up.ts';
import { withIndexLease } from '../services/index-lease.ts';

export interface KeepUpEvents {
  /** Every change has reached the index; `changes` of them in this turn. */
  readonly indexed?: (changes: number) => void;
  readonly embedding?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Every paper of the index has a vector; `papers` of them got it in this turn. */
  readonly embedded?: (papers: number) => void;
}

const LOOK_EVERY_MS = 1_000;
const WAIT_AFTER_FAILURE_MS = 15_000;

/** Brings the index up to the database once: first by words, then by meaning. False where another process is doing that. */
const keepUpOnce = async (app: App, owner: string, signal: AbortSignal, events: KeepUpEvents): Promise<boolean> => {
  const behind = (await app.store.changes.last()) - (await app.index.position());
  const stats = await app.index.stats();
  const unread = app.embedder !== null && stats.embedded < stats.documents;
  if (behind === 0 && !unread) return true;
  return withIndexLease(app, owner, async (lost) => {
    const either = AbortSignal.any([signal, lost]);
    if (behind !== 0) {
      await catchUp(app, { signal: either });
      events.indexed?.(Math.abs(behind));
    }
    if (app.embedder === null || either.aborted) return;
    const embedded = await embedMissing(
      { index: app.index, embedder: app.embedder, log: app.log },
      { signal: either, ...(events.embedding ? { onProgress: events.embedding } : {}) },
    );
    if (embedded > 0 && !either.aborted) events.embedded?.(embedded);
  });
};

/**
 * Keeps the search index up with the database until aborted, whichever process writes there: looks every second (the
 * cheap revision first), and waits a while after a failure, which it logs.
 */
export const keepUp = async (
  app: App,
  { signal, events = {} }: { signal: AbortSignal; events?: KeepUpEvents },
): Promise<void> => {
  const owner = `keep-up:${randomUUID()}`;
  let seen: number | null = null;
  while (!signal.aborted) {
    let wait = LOOK_EVERY_MS;
    try {
      const revision = await app.store.revision();
      if (revision !== seen && (await keepUpOnce(app, owner, signal, events))) seen = revision;
    } catch (error) {
      if (signal.aborted) return;
      app.log.error({ err: error }, 'the search index could not be brought up to date; trying again');
      wait = WAIT_AFTER_FAILURE_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
};
