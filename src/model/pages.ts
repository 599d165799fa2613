import type { Day } from '../kernel/day.ts';
import type { Edition } from './edition.ts';
import type { Paper, PaperCard, PaperId } from './paper.ts';
import type { Why } from './placing.ts';
import type { Shared } from './reading-path.ts';
import type { WordChange } from './word-diff.ts';

/** A paper's own page. */
export interface PaperPage {
  readonly card: PaperCard;
  readonly similar: readonly PaperCard[];
  /** Why `similar` is by words only, or empty; null when it is as it should be. */
  readonly similarNote: string | null;
  readonly bibtex: string;
  /** Day editions that placed this paper, with its place (1-based). */
  readonly placed: readonly {
    readonly date: Day;
    readonly number: number;
    readonly place: number;
    /** Null where the edition was not placed by a ranking of ours. */
    readonly why: Why | null;
  }[];
  /** What other places count of it, e.g. `{ source: 'hf-daily', name: 'upvotes', value: 12 }`; never mixed with our votes. */
  readonly signals: readonly { readonly source: string; readonly name: string; readonly value: number }[];
  /** Anchors of the changes of wording by version: addresses on the page of its versions. */
  readonly reworded: readonly { readonly n: number; readonly anchor: string }[];
}

/** Papers like some others. */
export interface SimilarPage {
  readonly to: readonly PaperCard[];
  /** Best first, never those themselves. */
  readonly similar: readonly PaperCard[];
}

/** A chain of papers through one, oldest first, each near the next. */
export interface PathPage {
  readonly steps: readonly {
    readonly card: PaperCard;
    /** What it has in common with the step before; null for the first. */
    readonly link: Shared | null;
  }[];
  /** Which step is the paper itself. */
  readonly at: number;
}

/** One change of a paper's words. `null` where two texts are too unlike, or too long, to be compared. */
export interface Rewording {
  readonly anchor: string;
  /** The version it had before, and the one it has after: equal where the words changed within a version. */
  readonly from: number;
  readonly to: number;
  /** The day the new words came in. */
  readonly on: Day;
  readonly title: readonly WordChange[] | null;
  readonly abstract: readonly WordChange[] | null;
}

/** A paper's versions and what changed from one to the next, newest first. */
export interface VersionsPage {
  readonly paper: Paper;
  readonly changes: readonly Rewording[];
  /** Older changes that are not compared. */
  readonly more: number;
}

/** The page of an author, an organisation or a category: one long list in pages. */
export interface ListingPage {
  readonly kind: 'author' | 'organisation' | 'category';
  readonly key: string;
  readonly title: string;
  readonly total: number;
  /** 1-based. */
  readonly page: number;
  readonly pages: number;
  readonly cards: readonly PaperCard[];
}

/** The archive of editions. */
export interface EditionsPage {
  readonly editions: readonly (Omit<Edition, 'placements'> & { readonly papers: number })[];
}

export interface AboutPage {
  readonly version: string;
  readonly papers: number;
  readonly editions: number;
  readonly latest: Day | null;
  readonly sources: readonly {
    readonly id: string;
    readonly title: string;
    readonly homepage: string;
    readonly papers: number;
  }[];
  readonly index: { readonly documents: number; readonly embedded: number } | null;
  readonly engine: 'sqlite' | 'postgres';
}

/** An error as a page. */
export interface ProblemPage {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Shown so that the operator can find the log line; null for expected outcomes. */
  readonly reference: string | null;
  /** The paper that was asked for and is not here, where it is named by an identifier: it can be submitted. */
  readonly lacking?: PaperId;
}
