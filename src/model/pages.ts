import type { Day } from '../kernel/day.ts';
import type { Edition } from './edition.ts';
import type { PaperCard } from './paper.ts';

/** A paper's own page. */
export interface PaperPage {
  readonly card: PaperCard;
  readonly similar: readonly PaperCard[];
  /** Why `similar` is by words only, or empty; null when it is as it should be. */
  readonly similarNote: string | null;
  readonly bibtex: string;
  /** Day editions that placed this paper, with its place (1-based). */
  readonly placed: readonly { readonly date: Day; readonly number: number; readonly place: number }[];
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
}
