import type { FullTextQuery } from '@lancedb/lancedb';
import { Fault } from '../kernel/errors.ts';
import type { Query } from '../model/search-page.ts';
import type { Candidate, SearchIndex } from '../ports/search-index.ts';
import { countFacets } from './lance-facets.ts';
import { papersSchema, rowOf, vectorsSchema } from './lance-schema.ts';
import { openTables, readState, readThrough, startOver, type Tables, writeState } from './lance-tables.ts';
import { both, idsIn, whereOf } from './lance-where.ts';
import { exclusionOf, expressionOf, forgivingOf } from './lance-words.ts';
import { createSuggester } from './suggest.ts';

/** From this many vectors on an approximate index is built; below, every vector is compared, which is exact. */
const VECTOR_INDEX_FROM = 50_000;

/** Old versions are kept this long, for readers in other processes that still look at them. */
const KEEP_VERSIONS_MS = 10 * 60_000;

interface Scored {
  readonly id: string;
  readonly _score: number;
}

const asCandidates = (rows: readonly Scored[]): Candidate[] => rows.map((row) => ({ id: row.id, score: row._score }));

const positionIn = (state: ReadonlyMap<string, string>): number => Number(state.get('position') ?? 0);

/** Best first; equal scores in the order of ids, so that pages of results never overlap. */
const ordered = (candidates: Candidate[]): Candidate[] =>
  candidates.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));

/**
 * The search index on LanceDB, in a local folder or an object store. The native module is loaded and the tables are
 * opened on first use. A broken index is noticed when it is opened or when reading it fails, and is started over.
 */
export const createLanceIndex = (url: string, options: { readonly dimensions: number }): SearchIndex => {
  let opened: Promise<Tables> | null = null;
  let dimensions = options.dimensions;
  let closed = false;

  const tables = async (): Promise<Tables> => {
    if (closed) throw new Fault('index-unavailable', 'The search index has been closed.');
    opened ??= openTables(url, dimensions).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };

  const reset = async (): Promise<Tables> => {
    const old = await opened?.catch(() => null);
    old?.papers.close();
    old?.state.close();
    opened = startOver(url, dimensions);
    opened.catch(() => {
      opened = null;
    });
    return opened;
  };

  /** Does something with the tables. When it fails and the index proves unreadable, starts over and does it once more. */
  const using = async <T>(work: (open: Tables) => Promise<T>): Promise<T> => {
    const open = await tables();
    try {
      return await work(open);
    } catch (cause) {
      if (cause instanceof Fault || closed) throw cause;
      const sound = await openTables(url, dimensions)
        .then(async (again) => {
          await readThrough(again);
          opened = Promise.resolve(again);
          return true;
        })
        .catch(() => false);
      if (!sound) await reset();
      try {
        return await work(await tables());
      } catch {
        throw new Fault('index-unavailable', 'The search index failed.', { cause });
      }
    }
  };

  const find = (open: Tables, expression: FullTextQuery, where: string | null, limit: number): Promise<Scored[]> => {
    const query = open.papers.query().fullTextSearch(expression).select(['id', '_score']).limit(limit);
    return (where === null ? query : query.where(where)).toArray();
  };

  /** Those of the candidates that hold all phrases and no exclusion of a query. */
  const keepSound = async (open: Tables, query: Query, found: readonly Candidate[]): Promise<readonly Candidate[]> => {
    if (found.length === 0 || (query.phrases.length === 0 && query.not.length === 0)) return found;
    const among = idsIn(found.map((candidate) => candidate.id));
    const must = query.phrases.length === 0 ? null : expressionOf(open.lance, { ...query, text: '' });
    if (must !== null) {
      const kept = new Set((await find(open, must, among, found.length)).map((row) => row.id));
      return found.filter((candidate) => kept.has(candidate.id));
    }
    const never = exclusionOf(open.lance, query.not);
    const dropped = new Set(never === null ? [] : (await find(open, never, among, found.length)).map((row) => row.id));
    return found.filter((candidate) => !dropped.has(candidate.id));
  };

  const browse: SearchIndex['browse'] = (query, limit) =>
    using(async (open) => {
      const rows = open.papers.query().select(['id', 'day']).limit(limit);
      const where = whereOf(query);
      const newest = (where === null ? rows : rows.where(where)).orderBy([
        { columnName: 'day', ascending: false, nullsFirst: false },
        { columnName: 'id', ascending: true },
      ]);
      const found: { id: string; day: number | null }[] = await newest.toArray();
      return keepSound(
        open,
        query,
        found.map((row) => ({ id: row.id, score: row.day ?? 0 })),
      );
    });

  const vectorsOf: SearchIndex['vectorsOf'] = (ids) =>
    using(async (open) => {
      if (ids.length === 0) return new Map();
      const rows: { id: string; vector: { toArray(): Float32Array } }[] = await open.papers
        .query()
        .select(['id', 'vector'])
        .where(`embedded AND ${idsIn(ids)}`)
        .toArray();
      return new Map(rows.map((row) => [row.id, Float32Array.from(row.vector.toArray())]));
    });

  const suggester = createSuggester(() => using(async (open) => open));

  return {
    position: () => using(async (open) => positionIn(await readState(open.state))),

    apply: ({ upserts, deletes, position, after }) =>
      using(async (open) => {
        if (after !== undefined && positionIn(await readState(open.state)) !== after) {
          throw new Fault('index-unavailable', 'The search index was started over meanwhile.', { retryAfter: 1 });
        }
        if (deletes.length > 0) await open.papers.delete(idsIn(deletes));
        if (upserts.length > 0) {
          const last = new Map(upserts.map((doc) => [doc.id, doc]));
          await open.papers
            .mergeInsert('id')
            .whenMatchedUpdateAll()
            .whenNotMatchedInsertAll()
            .execute(
              open.lance.makeArrowTable([...last.values()].map(rowOf), { schema: papersSchema(open.dimensions) }),
            );
        }
        await writeState(open, { position: String(position) });
      }),

    optimize: () =>
      using(async (open) => {
        const before = new Date(Date.now() - KEEP_VERSIONS_MS);
        const embedded = await open.papers.countRows('embedded');
        const indices = await open.papers.listIndices();
        if (embedded >= VECTOR_INDEX_FROM && !indices.some((index) => index.columns.includes('vector'))) {
          await open.papers.createIndex('vector', { config: open.lance.Index.ivfRq({ distanceType: 'cosine' }) });
        }
        await open.papers.optimize({ cleanupOlderThan: before });
        await open.state.optimize({ cleanupOlderThan: before });
        suggester.refresh();
      }),

    words: (query, limit) =>
      using(async (open) => {
        const expression = expressionOf(open.lance, query);
        if (expression === null) return [];
        const found = await find(open, expression, whereOf(query), limit);
        const forgiving = found.length === 0 ? forgivingOf(open.lance, query) : null;
        return ordered(asCandidates(forgiving ? await find(open, forgiving, whereOf(query), limit) : found));
      }),

    meaning: (vector, query, limit) =>
      using(async (open) => {
        if (vector.length !== open.dimensions) return [];
        const where = both('embedded', query === null ? null : whereOf(query)) ?? 'true';
        const rows: { id: string; _distance: number }[] = await open.papers
          .query()
          .nearestTo(vector)
          .column('vector')
          .distanceType('cosine')
          .nprobes(20)
          .refineFactor(5)
          .where(where)
          .select(['id', '_distance'])
          .limit(limit)
          .toArray();
        const found = ordered(rows.map((row) => ({ id: row.id, score: 1 - row._distance })));
        return query === null ? found : keepSound(open, query, found);
      }),

    vectorOf: async (id) => (await vectorsOf([id])).get(id) ?? null,
    vectorsOf,

    unembedded: (limit) =>
      using(async (open) => {
        const rows: { id: string; text: string }[] = await open.papers
          .query()
          .where('NOT embedded')
          .select(['id', 'text', 'day'])
          .orderBy([
            { columnName: 'day', ascending: false, nullsFirst: false },
            { columnName: 'id', ascending: true },
          ])
          .limit(limit)
          .toArray();
        return rows.map(({ id, text }) => {
          const [title = '', , ...rest] = text.split('\n');
          return { id, text: `${title}\n${rest.slice(0, -2).join('\n')}` };
        });
      }),

    setVectors: (vectors) =>
      using(async (open) => {
        const rows = vectors.map(({ id, vector }) => ({ id, embedded: true, vector: [...vector] }));
        if (rows.length === 0) return;
        await open.papers
          .mergeInsert('id')
          .whenMatchedUpdateAll()
          .execute(open.lance.makeArrowTable(rows, { schema: vectorsSchema(open.dimensions) }));
      }),

    adopt: (embedder) =>
      using(async (open) => {
        const kept = (await readState(open.state)).get('embedder');
        if (kept === embedder.id && open.dimensions === embedder.dimensions) return;
        if (open.dimensions !== embedder.dimensions) {
          dimensions = embedder.dimensions;
          await writeState(await reset(), { embedder: embedder.id });
          return;
        }
        if (kept !== undefined) await open.papers.update({ valuesSql: { vector: 'NULL', embedded: 'false' } });
        await writeState(open, { embedder: embedder.id });
      }),

    facets: (query, among) => using((open) => countFacets(open, query, among ?? null)),
    browse,

    days: (ids) =>
      using(async (open) => {
        if (ids.length === 0) return [];
        const rows: { id: string; day: number }[] = await open.papers
          .query()
          .select(['id', 'day'])
          .where(`day IS NOT NULL AND ${idsIn(ids)}`)
          .toArray();
        return rows.map(({ id, day }) => ({ id, score: day }));
      }),

    suggest: (prefix, limit) => suggester.suggest(prefix, limit),

    stats: () =>
      using(async (open) => {
        const [stats, embedded] = await Promise.all([open.papers.stats(), open.papers.countRows('embedded')]);
        return { documents: stats.numRows, embedded, bytes: stats.totalBytes };
      }),

    clear: async () => {
      await reset();
    },

    async [Symbol.asyncDispose]() {
      closed = true;
      const open = await opened?.catch(() => null);
      opened = null;
      open?.papers.close();
      open?.state.close();
      open?.db.close();
    },
  };
};
