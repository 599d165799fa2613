import type { Day } from '../kernel/day.ts';

/** `arxiv:2507.08772`, `arxiv:math/0309136`, `doi:10.1000/x`, `openreview:abc`, or our own slug (`veila-panoramic-lidar-…`). */
export type PaperId = string;

export interface Author {
  readonly name: string;
  /** Slug of the normalised name: the author's page is `/authors/{key}`. */
  readonly key: string;
}

export interface Organisation {
  readonly name: string;
  readonly key: string;
  /** The handle a source prints beside the name, e.g. `TongyiLab`. */
  readonly handle: string | null;
}

export interface Version {
  readonly n: number;
  readonly date: Day | null;
}

export interface Link {
  readonly rel: 'abstract' | 'pdf' | 'html' | 'doi' | 'code' | 'project' | 'other';
  readonly label: string;
  readonly url: string;
}

/** Where we have a paper from: a source's id, the id the paper has there, and when we first saw it there (ISO time). */
export interface Sighting {
  readonly source: string;
  readonly externalId: string;
  readonly seenAt: string;
  /** True where the source is the paper's own archive: what it says stands above what others say of the paper. */
  readonly primary?: boolean;
}

/** One work. `title` and `abstract` are cleaned for display (TeX kept between `$…$`); the `…Raw` twins are exactly what the source said. */
export interface Paper {
  readonly id: PaperId;
  readonly title: string;
  readonly titleRaw: string;
  readonly abstract: string;
  readonly abstractRaw: string;
  /** True where the source cut the abstract off. */
  readonly abstractCut: boolean;
  readonly authors: readonly Author[];
  /** What the source states when it does not name them; otherwise `authors.length`. */
  readonly authorCount: number | null;
  readonly organisation: Organisation | null;
  /** Exactly what the source prints as byline, e.g. `13 authors`. */
  readonly byline: string | null;
  /** Primary first, e.g. `cs.LG`. */
  readonly categories: readonly string[];
  readonly published: Day | null;
  readonly updated: Day | null;
  readonly versions: readonly Version[];
  readonly withdrawn: boolean;
  readonly doi: string | null;
  readonly journalRef: string | null;
  readonly note: string | null;
  readonly license: string | null;
  readonly links: readonly Link[];
  readonly sightings: readonly Sighting[];
}

/** What a source's parser makes of one entry, before the store has given it a place. */
export type PaperDraft = Omit<Paper, 'id' | 'sightings'> & {
  /** Null where the source gives no identifier: the store then makes a slug from the title. */
  readonly id: PaperId | null;
  /** Other identifiers the source gives for the same work, e.g. `doi:10.1000/x`, `openreview:abc`. The DOI in `doi` need not be repeated. */
  readonly aliases?: readonly PaperId[];
  readonly externalId: string;
  /** Counts the source reports, kept apart from our own: `{ comments: 3 }`. */
  readonly signals: Readonly<Record<string, number>>;
};

/** What lists, cards and rankings need beside the paper itself. */
export interface PaperCard {
  readonly paper: Paper;
  readonly votes: number;
  /** Whether this reader has voted. */
  readonly voted: boolean;
  /** Whether it is in this reader's library. */
  readonly saved?: boolean;
  /** Letters written here that everyone can read. */
  readonly letters: number;
  /** Comments reported by the sources the paper was imported from; null where none reports any. */
  readonly comments: number | null;
  /** Votes given at another place, the most that one reports; never added to ours. Left out where there are none. */
  readonly upvotes?: number;
}

/** What an enrichment knows of a paper that is already here: it fills what is empty, and adds. */
export interface Extra {
  readonly id: PaperId;
  readonly externalId: string;
  readonly aliases: readonly PaperId[];
  readonly doi: string | null;
  readonly journalRef: string | null;
  readonly license: string | null;
  /** Added where no link of the paper has the same address. */
  readonly links: readonly Link[];
  /** E.g. `{ citations: 12 }`; kept apart per source. */
  readonly signals: Readonly<Record<string, number>>;
}

/** The words of a paper as they were before a source changed them. */
export interface FormerText {
  /** The version it was the text of: the latest known when it was replaced; 1 where versions are unknown. */
  readonly n: number;
  readonly title: string;
  readonly abstract: string;
  /** When it was replaced, ISO time. */
  readonly until: string;
}
