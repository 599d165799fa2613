import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import type { Found } from '../ports/search-index.ts';
import { Finder } from './finder.ts';
import { markOf } from './segment-files.ts';
import { createShelves } from './suggest.ts';
import { openTable } from './table.ts';
import type { ReaderCalls } from './threads.ts';
import { type PackedFound, packEvidence, packFound } from './wire.ts';

/** Milliseconds a commit of another thread or process may go unnoticed. */
const FRESHNESS = 100;

/** Times a manifest is read again because it was replaced while its segments were being opened. */
const TRIES = 8;

const { folder } = workerData as { readonly folder: string };
const table = openTable();
const shelves = createShelves();
let finder: Finder | null = null;
let seen = '';
let looked = 0;
let preparing: Promise<void> | null = null;

/** What the manifest says, read into memory while the one before still answers. */
const prepare = async (): Promise<void> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const present = markOf(folder);
    if (present === seen) return;
    const before = finder;
    let next: Finder | null = null;
    try {
      if (present !== '') next = new Finder(folder, table, before);
      await next?.load();
    } catch {
      next?.[Symbol.dispose]();
      next = null;
      // Merged away under our hands: what is there now is read. Else unreadable is as good as not there: position 0
      // says so, and the one who writes starts it over.
      if (markOf(folder) !== present) continue;
    }
    finder = next;
    seen = present;
    before?.[Symbol.dispose]();
  }
};

/** Looks for a new manifest. Only who must know of it, or has none, waits until it is in memory. */
const refresh = async (force: boolean): Promise<void> => {
  const now = performance.now();
  if (!force && now - looked < FRESHNESS) return;
  looked = now;
  // What was begun before may have missed the last commit.
  if (force) await preparing;
  const present = markOf(folder);
  if (present === seen) return;
  preparing ??= prepare().finally(() => {
    preparing = null;
  });
  if (force || finder === null || present === '') await preparing;
};

const packed = (found: Found | undefined): PackedFound | null => (found === undefined ? null : packFound(found));

const calls: ReaderCalls = {
  position: () => finder?.manifest.position ?? 0,
  stats: () => ({
    documents: finder?.documents ?? 0,
    embedded: finder?.manifest.segments.reduce((sum, { fine }) => sum + fine, 0) ?? 0,
  }),
  find: (request) => packed(finder?.find(request)),
  browse: (query, limit) => packed(finder?.browse(query, limit)),
  fine: (ids, vector, model) => finder?.fine(ids, vector, model) ?? new Float64Array(ids.length).fill(Number.NaN),
  fineVectors: (ids) => finder?.fineVectors(ids) ?? [],
  near: (ids, query, limit) => packEvidence(finder?.near(ids, query, limit) ?? []),
  suggest: async (prefix, limit) => (finder === null ? [] : shelves.suggest(finder, prefix, limit)),
};

/** Calls whose answer must be of the manifest in force now. */
const EXACT: ReadonlySet<string> = new Set<keyof ReaderCalls>(['position', 'stats']);

const answer = async (name: keyof ReaderCalls, args: readonly unknown[]): Promise<unknown> => {
  const call = calls[name] as (...args: readonly unknown[]) => unknown;
  await refresh(EXACT.has(name));
  try {
    return await call(...args);
  } catch {
    // Something may have been read that is no more: the index is opened anew, and asked once again.
    await preparing;
    finder?.[Symbol.dispose]();
    finder = null;
    seen = '';
    await refresh(true);
    return await call(...args);
  }
};

parentPort?.on('message', ({ id, name, args }: { id: number; name: keyof ReaderCalls; args: readonly unknown[] }) => {
  answer(name, args).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) =>
      parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
