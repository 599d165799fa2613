import type { Filter } from './filters.ts';
import type { PaperCard } from './paper.ts';

/** By words and both kinds of vectors; by words and static vectors; by words alone. */
export type SearchMode = 'hybrid' | 'instant' | 'lexical';
export type SearchSort = 'relevance' | 'newest' | 'votes';

/** A parsed query; see `parseQuery`. `text` is what is left for ranking. Days are inclusive. */
export interface Query {
  readonly raw: string;
  readonly text: string;
  readonly phrases: readonly string[];
  readonly not: readonly string[];
  readonly authors: readonly string[];
  readonly organisations: readonly string[];
  readonly categories: readonly string[];
  readonly sources: readonly string[];
  readonly years: readonly number[];
  readonly after: string | null;
  readonly before: string | null;
  /** What a paper must have, e.g. `code`. */
  readonly has: readonly string[];
  /** Where a paper must be: the reader's library. */
  readonly inside: readonly string[];
  /** What a paper must not be, by operators with a minus before them. */
  readonly without: {
    readonly authors: readonly string[];
    readonly organisations: readonly string[];
    readonly categories: readonly string[];
    readonly sources: readonly string[];
    readonly has: readonly string[];
    readonly inside: readonly string[];
  };
}

/** Half-open [start, end) ranges of UTF-16 units into the text they belong to. */
export type Highlight = readonly [start: number, end: number];

export interface SearchHit {
  readonly card: PaperCard;
  /** 0 … 1, comparable within one page only. */
  readonly score: number;
  /** `filters`: there were no words to match, and it passes the filters. */
  readonly why: 'words' | 'meaning' | 'words and meaning' | 'filters';
  /** Into the title as lists show it, its math as Unicode (`plainMath`); so is the snippet. */
  readonly titleHighlights: readonly Highlight[];
  /** A stretch of the abstract around the best match. */
  readonly snippet: string;
  readonly snippetHighlights: readonly Highlight[];
}

export interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly count: number;
  readonly active: boolean;
}

export interface Facet {
  readonly field: 'year' | 'cat' | 'source';
  readonly values: readonly FacetValue[];
}

/** What else could be asked where nothing was found. */
export interface Otherwise {
  /** The query without one of its filters, or (null) without all, and how many papers that finds; most first, those that find none left out. */
  readonly ways: readonly { readonly without: Filter | null; readonly q: string; readonly total: number }[];
  /** Papers nearest in meaning to the words alone. */
  readonly near: readonly PaperCard[];
}

export interface SearchPage {
  readonly query: Query;
  readonly mode: SearchMode;
  /** Why the mode is not hybrid, in a sentence; null when it is. */
  readonly modeReason: string | null;
  /** Why nothing could be looked for, in a sentence: nobody is signed in whose library it is. Null where something was. */
  readonly refusal: string | null;
  /** Words that were taken for others, because no paper has them: `[typed, taken]`. */
  readonly corrected: readonly (readonly [typed: string, taken: string])[];
  readonly sort: SearchSort;
  readonly tookMs: number;
  readonly total: number;
  /** 1-based. */
  readonly page: number;
  readonly pages: number;
  /** Hits on a full page. */
  readonly limit: number;
  readonly hits: readonly SearchHit[];
  readonly facets: readonly Facet[];
  /** Null where something was found. */
  readonly otherwise: Otherwise | null;
}

export interface Suggestion {
  readonly kind: 'paper' | 'author' | 'category' | 'organisation';
  readonly label: string;
  /** What to put in the box (or, for a paper, its id). */
  readonly value: string;
}
