import type { Query } from '../model/search-page.ts';
import { acceptedBy, type Bits } from './accept.ts';
import { eachWord, termOf } from './analyse.ts';
import type { Centroids } from './centroids.ts';
import { AT_ONCE, quantise } from './dot.ts';
import { IMPACT_UNIT, idfOf } from './inverter.ts';
import { scoreSegment } from './max-score.ts';
import { CHUNK, type PostingList } from './posting-list.ts';
import type { Segment } from './segment.ts';
import { COARSE_SCALE } from './segment-files.ts';
import { NOWHERE } from './segment-open.ts';
import { Top } from './top.ts';

/** A segment and the number its first document has among all. */
export interface Placed {
  readonly segment: Segment;
  readonly base: number;
}

/** What a query asks for, term by term: how often, and how much that weighs. */
export interface Wanted {
  readonly term: string;
  readonly weight: number;
}

/** The words and phrases of a query, word by word, without stop words. */
export const wordsOf = (
  query: Pick<Query, 'text' | 'phrases'>,
): readonly { readonly word: string; readonly term: string }[] => {
  const words: { word: string; term: string }[] = [];
  for (const text of [query.text, ...query.phrases]) {
    eachWord(text, (word) => {
      const term = termOf(word);
      if (term !== null) words.push({ word, term });
    });
  }
  return words;
};

/** Documents that hold a term. */
export const holding = (segments: readonly Placed[], term: string): number =>
  segments.reduce((sum, { segment }) => sum + (segment.postings(term)?.count ?? 0), 0);

/** Bits of a segment: all documents, those of the mask, or null for none of them. */
export type Masks = ReadonlyMap<Segment, Bits | null>;

export const masksOf = (segments: readonly Placed[], query: Query): Masks =>
  new Map(segments.map(({ segment }) => [segment, acceptedBy(segment, query)]));

const listsIn = (segment: Segment, wanted: readonly Wanted[], documents: number, counts: ReadonlyMap<string, number>) =>
  wanted.flatMap(({ term, weight }) => {
    const list = segment.postings(term);
    return list === null
      ? []
      : [{ weight: weight * idfOf(documents, counts.get(term) ?? list.count) * IMPACT_UNIT, list }];
  });

export interface Lexical {
  readonly top: Top;
  /** BM25 of one document, 0 where it holds none of the terms. */
  score(placed: Placed, document: number): number;
}

/** The best documents by BM25 over all segments. */
export const rankByWords = (
  segments: readonly Placed[],
  wanted: readonly Wanted[],
  masks: Masks,
  limit: number,
): Lexical => {
  const documents = segments.reduce((sum, { segment }) => sum + segment.documents, 0);
  const counts = new Map(wanted.map(({ term }) => [term, holding(segments, term)]));
  const lists = new Map(segments.map(({ segment }) => [segment, listsIn(segment, wanted, documents, counts)]));
  const top = new Top(limit);
  for (const { segment, base } of segments)
    scoreSegment(lists.get(segment) ?? [], masks.get(segment) ?? null, base, top);
  return {
    top,
    score: ({ segment }, document) =>
      (lists.get(segment) ?? []).reduce((sum, { weight, list }) => sum + weight * impactIn(list, document), 0),
  };
};

const impactIn = ({ chunks }: PostingList, document: number): number => {
  const chunk = chunks.find((one) => one.chunk === Math.floor(document / CHUNK));
  if (chunk === undefined) return 0;
  const place = document % CHUNK;
  let low = 0;
  let high = chunk.places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chunk.places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return chunk.places[low] === place ? (chunk.impacts[low] as number) : 0;
};

const allowed = (bits: Bits | null, document: number): boolean =>
  bits === null || (((bits[document >>> 5] as number) >>> (document & 31)) & 1) === 1;

/** Lists looked into: enough that next to nothing near is missed (see the decision record). */
const PROBES = 64;

/** The nearest documents by static vectors; scores are cosines. */
export const rankByMeaning = (
  segments: readonly Placed[],
  vector: Float32Array,
  masks: Masks,
  centroids: { readonly name: string; readonly points: Centroids } | null,
  limit: number,
): Top => {
  const query = quantise(vector, COARSE_SCALE);
  const top = new Top(limit);
  const near = centroids === null ? null : centroids.points.order(query, PROBES);
  const unit = 1 / COARSE_SCALE ** 2;
  for (const { segment, base } of segments) {
    const { block, starts, documents, centroids: of } = segment.coarse;
    const mask = masks.get(segment) ?? null;
    const lists =
      near !== null && of === centroids?.name ? near : Array.from({ length: starts.length - 1 }, (_, i) => i);
    for (const list of lists) {
      const end = starts[list + 1] as number;
      for (let from = starts[list] as number; from < end; from += AT_ONCE) {
        const n = Math.min(AT_ONCE, end - from);
        const dots = block.dots(query, from, n);
        for (let i = 0; i < n; i++) {
          const score = (dots[i] as number) * unit;
          if (score <= top.threshold) continue;
          const document = documents[from + i] as number;
          if (allowed(mask, document)) top.offer(base + document, score);
        }
      }
    }
  }
  return top;
};

/** Cosine of a document's static vector to a quantised query; null where it has none. */
export const coarseOf = (segment: Segment, document: number, query: Int8Array): number | null => {
  const { block, places } = segment.coarse;
  const place = places[document] ?? NOWHERE;
  return place === NOWHERE ? null : (block.dots(query, place, 1)[0] ?? 0) / COARSE_SCALE ** 2;
};
