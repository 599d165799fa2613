import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { catchUp, embedMissing } from '../services/catch-up.ts';
import { LEASE_MS, withIndexLease } from '../services/index-lease.ts';
import { many, remark } from './print.ts';
import { pace, showProgress } from './progress.ts';

type Show = (at: { readonly done: number; readonly total: number }) => void;

/** Runs a step of the index with its progress shown, counted in `unit`. */
export const shown = async <T>(
  app: Pick<App, 'clock'>,
  what: string,
  work: (show: Show) => Promise<T>,
  unit = 'papers',
): Promise<T> => {
  const began = app.clock.now();
  using progress = await showProgress(what);
  return await work(({ done, total }) =>
    progress.show({ done, total, unit, ...pace(done, total, began, app.clock.now()) }),
  );
};

const TRY_EVERY_MS = 500;

/**
 * Brings the words of the index up to the database. Where another process writes the index, waits until that one has
 * taken the changes in, or its lease has lapsed; false when it is still at it.
 */
export const catchUpShown = async (app: App, signal: AbortSignal): Promise<boolean> => {
  const deadline = app.clock.now() + LEASE_MS + 2 * TRY_EVERY_MS;
  while (app.clock.now() < deadline && !signal.aborted) {
    if ((await app.store.changes.last()) === (await app.index.position())) return true;
    const ours = await withIndexLease(app, `command:${randomUUID()}`, async (lost) => {
      const either = AbortSignal.any([signal, lost]);
      await shown(app, 'Indexing', (onProgress) => catchUp(app, { signal: either, onProgress }));
    });
    if (ours) return true;
    await sleep(TRY_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return false;
};

/** A minute's worth or so: more is left to the server, which does it beside its other work. */
const AT_ONCE = 2_000;

/** Reads for meaning what has not been, where that is soon done; says so where it is left for later. */
export const embedShown = async (app: App, signal: AbortSignal): Promise<void> => {
  const { embedder } = app;
  const { documents, embedded } = await app.index.stats();
  const waiting = documents - embedded;
  if (embedder === null || waiting === 0 || signal.aborted) return;
  if (waiting > AT_ONCE) {
    remark(
      `${many(waiting, 'paper')} will be found by words only until they are read for meaning: npm start does that while it serves.`,
    );
    return;
  }
  await withIndexLease(app, `command:${randomUUID()}`, async (lost) => {
    const either = AbortSignal.any([signal, lost]);
    await shown(app, 'Reading for meaning', (onProgress) =>
      embedMissing({ ...app, embedder }, { signal: either, onProgress }),
    );
  });
};
