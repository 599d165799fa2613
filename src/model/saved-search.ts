/** A search a reader keeps, to be told what is new in it. Times in milliseconds since 1970. */
export interface SavedSearch {
  readonly reader: string;
  /** Of the query: the same query saved twice is one. */
  readonly id: string;
  readonly name: string;
  /** As one would type it. */
  readonly query: string;
  readonly createdAt: number;
  /** When the reader last looked at it: what came in since is new. */
  readonly seenAt: number;
  /** When it was removed; it is kept for a while, so that this can be taken back. */
  readonly removedAt: number | null;
}

/** A saved search and how many papers it finds that came in since the reader last looked; null where that cannot be told now. */
export interface KeptSearch {
  readonly search: SavedSearch;
  readonly fresh: number | null;
}

/** How one is told what is new in a saved search: in the morning mail, at once by a mail of its own, or not by mail. */
export const SEARCH_TOLD = ['digest', 'mail', 'off'] as const;
export type SearchTold = (typeof SEARCH_TOLD)[number];

/** The page of saved searches. */
export interface SavedSearchesPage {
  readonly searches: readonly KeptSearch[];
  /** The one removed just now, which can be brought back. */
  readonly removed: SavedSearch | null;
  /** The one saved just now. */
  readonly saved: SavedSearch | null;
  /** By id of the search, how it is told of by mail, `digest` where nothing is said; null for who gets no mail. */
  readonly told?: Readonly<Record<string, SearchTold>> | null;
}

/** Longest name of a saved search. UTF-16 units. */
export const NAME_CAP = 120;
