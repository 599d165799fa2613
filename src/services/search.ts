import { Fault } from '../kernel/errors.ts';
import { plainMath } from '../kernel/plain-math.ts';
import { categoryName } from '../model/category.ts';
import { type Evidence, fuse, type Ranked } from '../model/fusion.ts';
import { highlight, snippetOf, stemsOf } from '../model/highlight.ts';
import type { PaperId } from '../model/paper.ts';
import { hasWords, parseQuery } from '../model/query.ts';
import type { Facet, Query, SearchHit, SearchPage, SearchSort, Suggestion } from '../model/search-page.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Candidate, FacetCounts, SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';

/** Papers found by words that are ranked by both words and meaning; those after them follow in the order of their words. */
const FUSED = 100;

/** Papers found by words, or browsed, that are counted and can be paged through. */
const REACH = 500;

/** A paper that shares no word with the query must be this near it (cosine), and not much farther than the nearest. */
const NEAR = 0.3;
const NEAR_BEST = 0.55;

/** Sorting by votes looks at this many of the best matches. */
const VOTED = 300;

/** How long a search waits for the embedding of its query. Milliseconds. */
const PATIENCE = 300;

/** How long the model may take to load where nobody waits. Milliseconds. */
const WARMING = 30_000;

const LIMIT = 20;
const LIMIT_MAX = 120;

export interface SearchDeps {
  readonly store: Pick<Store, 'papers'>;
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
  /** Milliseconds to wait for the model; where nobody waits for a page, wait longer. */
  readonly patience?: number;
}

type Embedded = { readonly vector: Float32Array } | { readonly reason: string };

const LATE = Symbol('late');

/** The query as a vector, or why there is none. Never throws, never waits longer than its patience. */
const embedQuery = async (embedder: Embedder | null, query: Query, patience: number): Promise<Embedded> => {
  if (embedder === null) return { reason: 'Search by meaning is switched off here.' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, patience, LATE);
  });
  try {
    const embedding = embedder.embed([[query.text, ...query.phrases].join(' ').trim()]);
    embedding.catch(() => {});
    const made = await Promise.race([embedding, late]);
    if (made === LATE) return { reason: 'The embedding model is busy or still loading.' };
    return made[0] === undefined ? { reason: 'The embedding model gave no answer.' } : { vector: made[0] };
  } catch (error) {
    return { reason: error instanceof Fault ? error.message : 'The embedding model failed.' };
  } finally {
    clearTimeout(timer);
  }
};

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

interface Found {
  readonly ranked: readonly Ranked[];
  readonly mode: SearchPage['mode'];
  readonly modeReason: string | null;
}

const byWords = (words: readonly Candidate[], modeReason: string): Found => ({
  ranked: fuse(
    words.map(({ id, score }) => ({ id, words: score, meaning: null })),
    { meaning: false },
  ),
  mode: 'lexical',
  modeReason,
});

/** Those found by words beyond the ones ranked by meaning too: below the last of them, in their own order. */
const tailOf = (rest: readonly Candidate[], last: number, most: number): Ranked[] =>
  rest.map(({ id, score }) => ({ id, words: score, meaning: null, score: (last * score) / (most + score) }));

/** Both parts at once, fused. Papers found by one part only are looked up in the other, so that none is ranked by half. */
const findRanked = async (
  { index, embedder }: Pick<SearchDeps, 'index' | 'embedder'>,
  query: Query,
  patience: number,
): Promise<Found> => {
  const wording = index.words(query, REACH);
  const embedding = embedQuery(embedder, query, patience);
  const nearing = embedding.then((made) => ('vector' in made ? index.meaning(made.vector, query, FUSED) : []));
  const [words, made, near] = await Promise.all([wording, embedding, nearing]);
  if (!('vector' in made)) return byWords(words, made.reason);
  const cosines = new Map(near.map(({ id, score }) => [id, score]));
  const head = words.slice(0, FUSED);
  const unknown = head.filter(({ id }) => !cosines.has(id)).map(({ id }) => id);
  for (const [id, vector] of await index.vectorsOf(unknown)) cosines.set(id, dot(vector, made.vector));
  if (cosines.size === 0 && words.length > 0)
    return byWords(words, 'None of these papers has been read for meaning yet.');
  const floor = Math.max(NEAR, (near[0]?.score ?? 0) * NEAR_BEST);
  const worded = new Set(words.map(({ id }) => id));
  const evidence: Evidence[] = [
    ...head.map(({ id, score }) => ({ id, words: score, meaning: cosines.get(id) ?? null })),
    ...near
      .filter(({ id, score }) => score >= floor && !worded.has(id))
      .map(({ id, score }) => ({ id, words: null, meaning: score })),
  ];
  const fused = fuse(evidence, { meaning: true });
  const tail = tailOf(words.slice(FUSED), fused.at(-1)?.score ?? 0, head[0]?.score ?? 1);
  return { ranked: [...fused, ...tail], mode: 'hybrid', modeReason: null };
};

const whyOf = ({ words, meaning }: Ranked): SearchHit['why'] =>
  words === null ? 'meaning' : meaning !== null && meaning >= NEAR ? 'words and meaning' : 'words';

const inOrder = async (
  { store, index }: Pick<SearchDeps, 'store' | 'index'>,
  ranked: readonly Ranked[],
  sort: SearchSort,
  reader: string,
): Promise<readonly Ranked[]> => {
  if (sort === 'relevance') return ranked;
  const ids = ranked.map(({ id }) => id);
  const worth =
    sort === 'newest'
      ? new Map((await index.days(ids)).map(({ id, score }) => [id, score]))
      : new Map((await store.papers.cards(ids.slice(0, VOTED), reader)).map(({ paper, votes }) => [paper.id, votes]));
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
 * word with the query, and those among the 100 nearest in meaning that are near enough to be an answer. A query of filters
 * alone counts all papers that pass them, and lists the newest 500. Sorting by votes orders the best 300. Never fails for
 * lack of a model: `mode` is then `lexical` and `modeReason` says why.
 */
export const searchPapers = async ({ store, index, embedder }: SearchDeps, wish: SearchWish): Promise<SearchPage> => {
  const began = performance.now();
  const query = parseQuery(wish.q);
  const sort = wish.sort ?? 'relevance';
  const limit = clamp(wish.limit, LIMIT, LIMIT_MAX);
  const browsing = !hasWords(query);
  const found: Found = browsing
    ? {
        ranked: (await index.browse(query, REACH)).map(({ id }) => ({ id, words: 0, meaning: null, score: 1 })),
        mode: 'hybrid',
        modeReason: null,
      }
    : await findRanked({ index, embedder }, query, wish.patience ?? PATIENCE);
  const pages = Math.max(1, Math.ceil(found.ranked.length / limit));
  const page = clamp(wish.page, 1, pages);
  const [counts, ordered] = await Promise.all([
    index.facets(query, browsing ? undefined : found.ranked.map(({ id }) => id)),
    inOrder({ store, index }, found.ranked, browsing && sort === 'newest' ? 'relevance' : sort, wish.reader),
  ]);
  const shown = ordered.slice((page - 1) * limit, page * limit);
  const cards = new Map(
    (
      await store.papers.cards(
        shown.map(({ id }) => id),
        wish.reader,
      )
    ).map((card) => [card.paper.id, card]),
  );
  const stems = stemsOf(query);
  const hits = shown.flatMap((ranked): SearchHit[] => {
    const card = cards.get(ranked.id);
    if (card === undefined) return [];
    const { snippet, highlights } = snippetOf(plainMath(card.paper.abstract), stems);
    return [
      {
        card,
        score: ranked.score,
        why: whyOf(ranked),
        titleHighlights: highlight(plainMath(card.paper.title), stems),
        snippet,
        snippetHighlights: highlights,
      },
    ];
  });
  return {
    query,
    mode: found.mode,
    modeReason: found.modeReason,
    sort,
    tookMs: performance.now() - began,
    total: browsing ? counts.total : found.ranked.length,
    page,
    pages,
    hits,
    facets: facetsOf(counts, query),
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
