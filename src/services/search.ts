import { plainMath } from '../kernel/plain-math.ts';
import { categoryName } from '../model/category.ts';
import { typedIn } from '../model/filters.ts';
import type { Ranked } from '../model/fusion.ts';
import { highlight, snippetOf, stemsOf } from '../model/highlight.ts';
import type { PaperId } from '../model/paper.ts';
import { hasWords, parseQuery } from '../model/query.ts';
import type { Facet, Query, SearchHit, SearchPage, SearchSort, Suggestion } from '../model/search-page.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { AskedQuery, Evidence, FacetCounts, SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { type Embedded, NEIGHBOURS, rankPapers } from './rank.ts';
import { searchOtherwise } from './search-otherwise.ts';
import { askedBy } from './search-within.ts';
import { weighing } from './vote-rings.ts';

/** Papers found by words, or browsed, that are counted and can be paged through. */
const REACH = 500;

/** From this cosine on a paper that shares words with the query is said to be near it in meaning too. */
const NEAR = 0.3;

/** Sorting by votes looks at this many of the best matches. */
const VOTED = 300;

/** How long a search waits for the embedding of its query. Milliseconds. */
const PATIENCE = 300;

/** How long the model may take to load where nobody waits. Milliseconds. */
const WARMING = 30_000;

const LIMIT = 20;
const LIMIT_MAX = 120;

export interface SearchDeps {
  readonly store: Pick<Store, 'papers' | 'library' | 'moderation'>;
  readonly index: SearchIndex;
  readonly embedder: Embedder | null;
}

export interface SearchWish {
  readonly q: string;
  readonly sort?: SearchSort;
  /** 1-based; what is too far is the last page. */
  readonly page?: number;
  readonly limit?: number;
  readonly reader: string;
  /** True while the query is being typed: its last word may be the beginning of one. */
  readonly typing?: boolean;
  /** Milliseconds to wait for the model; where nobody waits for a page, wait longer. */
  readonly patience?: number;
}

const LATE = Symbol('late');

/** The query as a vector, or why there is none. Never throws, never waits longer than its patience. */
const embedQuery = async (embedder: Embedder | null, text: string, patience: number): Promise<Embedded> => {
  if (embedder === null) return { reason: 'Search by meaning is switched off here.' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, patience, LATE);
  });
  try {
    const embedding = embedder.embed([text]);
    embedding.catch(() => {});
    const made = await Promise.race([embedding, late]);
    if (made === LATE) return { reason: 'The embedding model is busy or still loading.' };
    return made[0] === undefined
      ? { reason: 'The embedding model gave no answer.' }
      : { vector: made[0], model: embedder.id };
  } catch {
    // Why is for the operator, whom the log and the doctor tell: it may name a server of theirs.
    return { reason: 'The embedding model cannot be used at the moment.' };
  } finally {
    clearTimeout(timer);
  }
};

interface Found {
  readonly ranked: readonly Ranked[];
  readonly facets: FacetCounts;
  readonly days: ReadonlyMap<PaperId, number>;
  readonly corrected: SearchPage['corrected'];
  readonly mode: SearchPage['mode'];
  readonly modeReason: string | null;
}

const daysOf = (evidence: readonly Evidence[]): ReadonlyMap<PaperId, number> =>
  new Map(evidence.flatMap(({ id, day }) => (day === null ? [] : [[id, day] as const])));

/** What the default ranking finds, and by what means. */
const findRanked = async (
  { index, embedder }: Pick<SearchDeps, 'index' | 'embedder'>,
  query: AskedQuery,
  patience: number,
  prefix: boolean,
): Promise<Found> => {
  const { find, fine } = index;
  const embed = (text: string): Promise<Embedded> => embedQuery(embedder, text, patience);
  const found = await rankPapers({ find, fine, embed }, { query, words: REACH, near: embedder !== null, prefix });
  const { ranked, facets, corrected, reason } = found;
  const mode = reason === null ? 'hybrid' : embedder === null ? 'lexical' : 'instant';
  return { ranked, facets, corrected, days: daysOf(ranked), mode, modeReason: reason };
};

/** A query without words: what passes its filters, newest first. */
const browse = async (index: SearchIndex, query: AskedQuery): Promise<Found> => {
  const { evidence, facets } = await index.browse(query, REACH);
  return {
    ranked: evidence.map((one) => ({ ...one, fine: null, score: 1 })),
    facets,
    days: daysOf(evidence),
    corrected: [],
    mode: 'hybrid',
    modeReason: null,
  };
};

const NOTHING: Found = {
  ranked: [],
  facets: { total: 0, year: [], cat: [], source: [] },
  days: new Map(),
  corrected: [],
  mode: 'hybrid',
  modeReason: null,
};

const whyOf = ({ words, fine, coarse }: Ranked): SearchHit['why'] =>
  words === null ? 'meaning' : (fine ?? coarse ?? 0) >= NEAR ? 'words and meaning' : 'words';

const worthOf = async (
  store: SearchDeps['store'],
  ids: readonly PaperId[],
  reader: string,
): Promise<ReadonlyMap<PaperId, number>> => {
  const cards = await store.papers.cards(ids, reader);
  const weigh = await weighing(store, cards);
  return new Map(cards.map((card) => [card.paper.id, weigh(card)]));
};

const inOrder = async (
  { store }: Pick<SearchDeps, 'store'>,
  { ranked, days }: Pick<Found, 'ranked' | 'days'>,
  sort: SearchSort,
  reader: string,
): Promise<readonly Ranked[]> => {
  if (sort === 'relevance') return ranked;
  const ids = ranked.map(({ id }) => id);
  const worth = sort === 'newest' ? days : await worthOf(store, ids.slice(0, VOTED), reader);
  const of = (id: PaperId): number => worth.get(id) ?? Number.NEGATIVE_INFINITY;
  return ranked
    .map((paper, place) => ({ paper, place, worth: of(paper.id) }))
    .sort((a, b) => (a.worth === b.worth ? a.place - b.place : b.worth - a.worth))
    .map(({ paper }) => paper);
};

const facetsOf = ({ year, cat, source }: FacetCounts, query: Query): Facet[] => {
  const facet = (
    field: Facet['field'],
    counts: FacetCounts['year'],
    active: readonly string[],
    label: (value: string) => string,
  ): Facet => ({
    field,
    values: counts.map(({ value, count }) => ({ value, label: label(value), count, active: active.includes(value) })),
  });
  const plain = (value: string): string => value;
  return [
    facet(
      'year',
      [...year].sort((a, b) => Number(b.value) - Number(a.value)),
      query.years.map(String),
      plain,
    ),
    facet('cat', cat, query.categories, categoryName),
    facet('source', source, query.sources, plain),
  ];
};

const clamp = (n: number | undefined, otherwise: number, most: number): number =>
  n === undefined || !Number.isFinite(n) ? otherwise : Math.min(Math.max(Math.trunc(n), 1), most);

/**
 * Searches by words and by meaning. `total` is the number of papers that can be paged through: the best 500 that share a
 * word with the query, and those among the 200 nearest in meaning that are near enough to be an answer. A query of filters
 * alone counts all papers that pass them, and lists the newest 500. Sorting by votes orders the best 300. Never fails for
 * lack of a model: `mode` is then `instant` (words and static vectors) or, where it is switched off, `lexical`, and
 * `modeReason` says why.
 */
export const searchPapers = async ({ store, index, embedder }: SearchDeps, wish: SearchWish): Promise<SearchPage> => {
  const began = performance.now();
  const query = parseQuery(wish.q);
  const sort = wish.sort ?? 'relevance';
  const limit = clamp(wish.limit, LIMIT, LIMIT_MAX);
  const browsing = !hasWords(query);
  const typed = wish.typing === true ? typedIn(wish.q) : null;
  const asked = await askedBy({ store }, query, wish.reader);
  const found = !asked.ok
    ? NOTHING
    : browsing
      ? await browse(index, asked.value(query))
      : await findRanked({ index, embedder }, asked.value(query), wish.patience ?? PATIENCE, typed !== null);
  const pages = Math.max(1, Math.ceil(found.ranked.length / limit));
  const page = clamp(wish.page, 1, pages);
  const ordered = await inOrder({ store }, found, browsing && sort === 'newest' ? 'relevance' : sort, wish.reader);
  const shown = ordered.slice((page - 1) * limit, page * limit);
  const cards = new Map(
    (
      await store.papers.cards(
        shown.map(({ id }) => id),
        wish.reader,
      )
    ).map((card) => [card.paper.id, card]),
  );
  const stems = stemsOf(query, found.corrected);
  const hits = shown.flatMap((ranked): SearchHit[] => {
    const card = cards.get(ranked.id);
    if (card === undefined) return [];
    const { snippet, highlights } = snippetOf(plainMath(card.paper.abstract), stems, typed);
    return [
      {
        card,
        score: ranked.score,
        why: browsing ? 'filters' : whyOf(ranked),
        titleHighlights: highlight(plainMath(card.paper.title), stems, typed),
        snippet,
        snippetHighlights: highlights,
      },
    ];
  });
  return {
    query,
    mode: found.mode,
    modeReason: found.modeReason,
    refusal: asked.ok ? null : asked.message,
    sort,
    tookMs: performance.now() - began,
    total: found.facets.total,
    corrected: found.corrected,
    page,
    pages,
    limit,
    hits,
    facets: facetsOf(found.facets, query),
    otherwise:
      hits.length > 0
        ? null
        : await searchOtherwise({ store, index }, query, {
            near: embedder === null ? 0 : NEIGHBOURS,
            reader: wish.reader,
            asked: asked.ok ? asked.value : null,
          }),
  };
};

/** Loads index, model and suggestions, so that the first reader need not wait for them. */
export const warmSearch = async (deps: SearchDeps): Promise<void> => {
  await deps.index.suggest('a', 1);
  await searchPapers(deps, { q: 'paper', limit: 1, reader: '', patience: WARMING });
};

/** Completes what is being typed; see `SearchIndex.suggest`. */
export const suggest = (
  { index }: { index: Pick<SearchIndex, 'suggest'> },
  prefix: string,
  limit = 8,
): Promise<readonly Suggestion[]> => index.suggest(prefix, limit);
