import { statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { Finder } from './finder.ts';
import { MANIFEST } from './segment-files.ts';
import { createShelves } from './suggest.ts';
import { openTable } from './table.ts';
import type { ReaderCalls } from './threads.ts';

/** Milliseconds a commit of another thread or process may go unnoticed. */
const FRESHNESS = 100;

const { folder } = workerData as { readonly folder: string };
const table = openTable();
const shelves = createShelves();
let finder: Finder | null = null;
let seen = '';
let looked = 0;

/** The manifest as it is now, told by what the file system knows of it; empty where there is none. */
const mark = (): string => {
  const there = statSync(join(folder, MANIFEST), { throwIfNoEntry: false });
  return there === undefined ? '' : `${there.ino} ${there.mtimeMs} ${there.size}`;
};

const refresh = (force: boolean): Finder | null => {
  const now = performance.now();
  if (!force && now - looked < FRESHNESS) return finder;
  looked = now;
  const present = mark();
  if (!force && present === seen) return finder;
  const before = finder;
  seen = present;
  try {
    finder = present === '' ? null : new Finder(folder, table, before);
  } catch {
    // Unreadable is as good as not there: position 0 says so, and the one who writes starts it over.
    finder = null;
  }
  before?.leave(finder);
  return finder;
};

const calls: ReaderCalls = {
  position: () => refresh(true)?.manifest.position ?? 0,
  stats: () => {
    const open = refresh(true);
    return {
      documents: open?.documents ?? 0,
      embedded: open?.manifest.segments.reduce((sum, { fine }) => sum + fine, 0) ?? 0,
    };
  },
  find: (request) => finder?.find(request) ?? null,
  browse: (query, limit) => finder?.browse(query, limit) ?? null,
  fine: (ids, vector, model) => finder?.fine(ids, vector, model) ?? [],
  fineVectors: (ids) => finder?.fineVectors(ids) ?? [],
  near: (ids, query, limit) => finder?.near(ids, query, limit) ?? [],
  suggest: async (prefix, limit) => (finder === null ? [] : shelves.suggest(finder, prefix, limit)),
};

const answer = async (name: keyof ReaderCalls, args: readonly unknown[]): Promise<unknown> => {
  const call = calls[name] as (...args: readonly unknown[]) => unknown;
  refresh(false);
  try {
    return await call(...args);
  } catch {
    // A segment may have been merged away under our hands: what is there now is tried once.
    refresh(true);
    return await call(...args);
  }
};

parentPort?.on('message', ({ id, name, args }: { id: number; name: keyof ReaderCalls; args: readonly unknown[] }) => {
  answer(name, args).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) => {
      finder?.leave(null);
      finder = null;
      parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
