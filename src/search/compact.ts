import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../kernel/errors.ts';
import type { Found, SearchIndex } from '../ports/search-index.ts';
import { createThread, type ReaderCalls, type WriterCalls } from './threads.ts';
import { unpackEvidence, unpackFound } from './wire.ts';

/** The writing thread ends when nobody has written for so long: it holds a table of word vectors. */
const WRITER_IDLE_MS = 60_000;

const NOTHING: Found = {
  evidence: [],
  corrected: [],
  completed: [],
  facets: { total: 0, year: [], cat: [], source: [] },
};

/** Bytes of all files of a folder and its folders. */
const bytesIn = async (folder: string): Promise<number> => {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
};

/**
 * Broadsheet's own search index in a local folder: one thread reads, another writes, and both go by the manifest, as do
 * other processes. An index that is missing or cannot be read counts as empty until the writer has started it over.
 */
export const createCompactIndex = (folder: string): SearchIndex => {
  const reader = createThread<ReaderCalls>('./reader-thread.ts', folder, { idleMs: null });
  const writer = createThread<WriterCalls>('./writer-thread.ts', folder, { idleMs: WRITER_IDLE_MS });
  let closed = false;
  const open = (): void => {
    if (closed) throw new Fault('index-unavailable', 'The search index has been closed.');
  };
  const written = async <T>(work: () => Promise<T>): Promise<T> => {
    open();
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw new Fault('index-unavailable', `The search index at ${folder} cannot be written.`, {
        cause,
        retryAfter: 30,
      });
    }
    return work();
  };
  return {
    position: async () => {
      open();
      return reader.call('position');
    },
    apply: (changes) =>
      written(async () => {
        if (!(await writer.call('apply', changes)))
          throw new Fault('index-unavailable', 'The search index was started over meanwhile.', { retryAfter: 1 });
        await reader.call('position');
      }),
    optimize: () =>
      written(async () => {
        await writer.call('optimize');
        await reader.call('position');
      }),
    find: async (request) => {
      open();
      const found = await reader.call('find', request);
      return found === null ? NOTHING : unpackFound(found);
    },
    browse: async (query, limit) => {
      open();
      const found = await reader.call('browse', query, limit);
      return found === null ? NOTHING : unpackFound(found);
    },
    fine: async (ids, vector, model) => {
      open();
      if (ids.length === 0) return new Map();
      const cosines = await reader.call('fine', ids, vector, model ?? null);
      return new Map(
        ids.map((id, i) => [id, cosines[i] ?? Number.NaN] as const).filter(([, cosine]) => !Number.isNaN(cosine)),
      );
    },
    vectorsOf: async (ids) => {
      open();
      return new Map(ids.length === 0 ? [] : await reader.call('fineVectors', ids));
    },
    near: async (ids, query, limit) => {
      open();
      return unpackEvidence(await reader.call('near', ids, query, limit));
    },
    unembedded: (limit) => written(() => writer.call('unembedded', limit)),
    setVectors: (vectors) =>
      written(async () => {
        if (vectors.length > 0) await writer.call('setFine', vectors);
        await reader.call('position');
      }),
    adopt: (embedder) => written(() => writer.call('adopt', { id: embedder.id, dimensions: embedder.dimensions })),
    suggest: async (prefix, limit) => {
      open();
      return reader.call('suggest', prefix, limit);
    },
    stats: async () => {
      open();
      const [counts, bytes] = await Promise.all([reader.call('stats'), bytesIn(folder)]);
      return { ...counts, bytes };
    },
    clear: () =>
      written(async () => {
        await writer.call('clear');
        await reader.call('position');
      }),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await Promise.all([reader.end(), writer.end()]);
    },
  };
};
