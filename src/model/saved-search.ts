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

/** How one is told what is new in a saved search: in the morning mail, at once by a mail of its own or on one's devices, or nowhere but on their page. */
export const SEARCH_TOLD = ['digest', 'mail', 'push', 'off'] as const;
export type SearchTold = (typeof SEARCH_TOLD)[number];

/** What a reader can be told by: the morning mail, and browsers that show notifications. */
export interface Reachable {
  readonly mail: boolean;
  readonly devices: boolean;
}

/** The ways there are for a reader; the first is taken where nothing is said. */
export const waysToTell = ({ mail, devices }: Reachable): readonly SearchTold[] =>
  SEARCH_TOLD.filter((way) => way === 'off' || (way === 'push' ? devices : mail));

/** How a reader is told of a search: as they chose, or else, where that way is no longer there or nothing was said, by the first there is. */
export const wayToTell = (chosen: SearchTold | undefined, reachable: Reachable): SearchTold => {
  const ways = waysToTell(reachable);
  return (chosen !== undefined && ways.includes(chosen) ? chosen : ways[0]) ?? 'off';
};

/** The page of saved searches. */
export interface SavedSearchesPage {
  readonly searches: readonly KeptSearch[];
  /** The one removed just now, which can be brought back. */
  readonly removed: SavedSearch | null;
  /** The one saved just now. */
  readonly saved: SavedSearch | null;
  /** By id of the search, how its reader wishes to be told of it; null for who can be told nowhere else. */
  readonly told?: Readonly<Record<string, SearchTold>> | null;
  /** The ways to choose from. */
  readonly ways?: readonly SearchTold[];
  /** Browsers that show notifications. */
  readonly push?: {
    /** By which a browser lets this instance send to it (the public half of its VAPID keys, base64url). */
    readonly key: string;
    readonly devices: readonly {
      readonly id: string;
      readonly name: string;
      readonly createdAt: number;
      readonly toldAt: number | null;
      readonly trouble: string | null;
    }[];
    /** What was done just now. */
    readonly said: string | null;
  };
}

/** Longest name of a saved search. UTF-16 units. */
export const NAME_CAP = 120;
