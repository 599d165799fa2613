import { setImmediate as breathe } from 'node:timers/promises';
import type { Query } from '../model/search-page.ts';
import type { FacetCounts } from '../ports/search-index.ts';
import { unlist } from './lance-schema.ts';
import type { Tables } from './lance-tables.ts';
import { both, idsIn, whereOf } from './lance-where.ts';
import { exclusionOf } from './lance-words.ts';

/** How many values of a facet are worth showing. */
const VALUES = 24;

/** Rows counted before others get their turn: about two milliseconds. */
const ROWS_AT_ONCE = 2_048;

const add = (counts: Map<string, number>, value: string): void => {
  counts.set(value, (counts.get(value) ?? 0) + 1);
};

const most = (counts: Map<string, number>) =>
  [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, VALUES);

/** Ids that a query without words excludes. */
const excluded = async (open: Tables, query: Query): Promise<ReadonlySet<string>> => {
  const never = exclusionOf(open.lance, query.not);
  if (never === null) return new Set();
  const rows: { id: string }[] = await open.papers
    .query()
    .fullTextSearch(never)
    .select(['id', '_score'])
    .limit(100_000)
    .toArray();
  return new Set(rows.map((row) => row.id));
};

/** Counts years, categories and sources of the papers that pass a query's filters, or of those `among` them that do. */
export const countFacets = async (
  open: Tables,
  query: Query,
  among: readonly string[] | null,
): Promise<FacetCounts> => {
  const year = new Map<string, number>();
  const cat = new Map<string, number>();
  const source = new Map<string, number>();
  let total = 0;
  if (among?.length === 0) return { total, year: [], cat: [], source: [] };
  const where = both(whereOf(query), among === null ? null : idsIn(among));
  const dropped = among === null ? await excluded(open, query) : new Set<string>();
  const columns = open.papers.query().select(['id', 'year', 'cats', 'sources']);
  for await (const batch of where === null ? columns : columns.where(where)) {
    const [ids, years, cats, sources] = ['id', 'year', 'cats', 'sources'].map((name) => batch.getChild(name));
    for (let i = 0; i < batch.numRows; i++) {
      if (i % ROWS_AT_ONCE === 0) await breathe();
      if (dropped.size > 0 && dropped.has(ids?.get(i))) continue;
      total++;
      const published: number | null = years?.get(i) ?? null;
      if (published !== null) add(year, String(published));
      for (const code of unlist(cats?.get(i) ?? '')) add(cat, code);
      for (const id of unlist(sources?.get(i) ?? '')) add(source, id);
    }
  }
  return { total, year: most(year), cat: most(cat), source: most(source) };
};
