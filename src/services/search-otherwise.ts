import { filtersOf } from '../model/filters.ts';
import type { PaperId } from '../model/paper.ts';
import { hasWords, parseQuery, plainQuery } from '../model/query.ts';
import type { Otherwise, Query } from '../model/search-page.ts';
import type { AskedQuery, SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { isOfReader } from './search-within.ts';

/** Filters that are tried without: a query with more than these has lost its thread. */
const TRIED = 8;
/** Papers that are counted, as on the page they lead to. */
const REACH = 500;
const NEAREST = 5;

type Deps = { readonly store: Pick<Store, 'papers'>; readonly index: Pick<SearchIndex, 'find' | 'browse'> };

const textOf = (query: Query): string => [query.text, ...query.phrases].join(' ').trim();

const totalOf = async (index: Deps['index'], query: AskedQuery, near: number): Promise<number> => {
  const found = hasWords(query)
    ? await index.find({ query, text: textOf(query), words: REACH, near })
    : await index.browse(query, 1);
  return found.facets.total;
};

const nearest = async (index: Deps['index'], query: Query): Promise<readonly PaperId[]> => {
  const text = textOf(query);
  if (text === '') return [];
  const { evidence } = await index.find({ query: plainQuery(''), text, words: 0, near: NEAREST });
  return evidence.map(({ id }) => id);
};

/** What else could be asked where a query finds nothing: with fewer filters, or what is near in meaning. `near`: how many count as found by meaning; `asked`: of the reader's library, null where there is none. */
export const searchOtherwise = async (
  { store, index }: Deps,
  query: Query,
  {
    near,
    reader,
    asked,
  }: { readonly near: number; readonly reader: string; readonly asked: ((query: Query) => AskedQuery) | null },
): Promise<Otherwise> => {
  const filters = filtersOf(query).slice(0, TRIED);
  const tried: Otherwise['ways'][number][] = [
    ...filters.map((without) => ({ without, q: without.rest, total: 0 })),
    ...(filters.length < 2 ? [] : [{ without: null, q: textOf(query), total: 0 }]),
  ];
  const ways: Otherwise['ways'][number][] = [];
  for (const way of tried) {
    const less = parseQuery(way.q);
    const whole = asked === null ? (isOfReader(less) ? null : less) : asked(less);
    const total = way.q === '' || whole === null ? 0 : await totalOf(index, whole, near);
    if (total > 0) ways.push({ ...way, total });
  }
  return {
    ways: ways.sort((a, b) => b.total - a.total),
    near: await store.papers.cards(await nearest(index, query), reader),
  };
};
