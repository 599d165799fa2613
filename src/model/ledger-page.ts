import type { Day } from '../kernel/day.ts';
import type { Alarm, LedgerCell, Rejection, Run, SourceStanding } from './ledger.ts';

/** Announced, taken in, rejected: of a day, a category or a source. */
export type Sums = Pick<LedgerCell, 'announced' | 'ingested' | 'rejected'>;

/** One source in the ledger over a span of days. */
export interface LedgerSource {
  readonly id: string;
  readonly title: string;
  /** Null where the ledger knows a source that is registered no longer. */
  readonly homepage: string | null;
  /** Days with anything, oldest first. */
  readonly days: readonly LedgerCell[];
  readonly sums: Sums;
  /** Null where it never was harvested: its papers came from files. */
  readonly standing: SourceStanding | null;
  readonly staleAfterHours: number | null;
  readonly alarms: readonly Alarm[];
}

/** The completeness ledger: `first` is a Monday, `last` is today. */
export interface LedgerPage {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly first: Day;
  readonly last: Day;
  /** Those with papers in the span or scheduled, busiest first. */
  readonly sources: readonly LedgerSource[];
  /** Titles of registered sources with nothing in the span. */
  readonly silent: readonly { readonly id: string; readonly title: string }[];
  readonly sums: Sums;
}

/** One source's own page of the ledger. */
export interface LedgerSourcePage {
  readonly now: number;
  readonly first: Day;
  readonly last: Day;
  readonly source: LedgerSource;
  /** The days of the table of categories, oldest first. */
  readonly recent: readonly Day[];
  /** Busiest first; `days` in the order of `recent`. */
  readonly categories: readonly {
    readonly category: string;
    readonly sums: Sums;
    readonly days: readonly (Sums | null)[];
  }[];
  /** Categories left out of the table. */
  readonly more: number;
  /** Newest first, at most `MOST_REJECTIONS`. */
  readonly rejections: readonly (Rejection & { readonly at: number })[];
}

/** What one source announced on one day. */
export interface LedgerDayPage {
  readonly source: { readonly id: string; readonly title: string };
  readonly day: Day;
  readonly sums: Sums;
  /** Busiest category first. */
  readonly cells: readonly LedgerCell[];
  readonly rejections: readonly (Rejection & { readonly at: number })[];
  /** The nearest days with anything, within half a year. */
  readonly earlier: Day | null;
  readonly later: Day | null;
}

/** Everything that has a place on the operator's page. */
export interface SourcesPage {
  readonly now: number;
  readonly sources: readonly SourceLine[];
  /** Runs going on now, longest first. */
  readonly running: readonly Run[];
  /** Runs that ended, newest first. */
  readonly runs: readonly Run[];
  readonly alarms: readonly Alarm[];
  /** What is wrong with `BROADSHEET_HARVEST`; null when nothing is. */
  readonly scheduleNote: string | null;
  /** Null where nothing is read for meaning here. */
  readonly reading: EmbedProgress | null;
}

/** How far reading for meaning is. */
export interface EmbedProgress {
  /** Whose vectors they are; null for a model elsewhere that has never answered. */
  readonly model: string | null;
  /** Papers that have a vector. */
  readonly embedded: number;
  readonly total: number;
  /** Papers a second, where some process is reading; else null. */
  readonly perSecond: number | null;
  readonly etaSeconds: number | null;
}

export interface SourceLine {
  readonly id: string;
  readonly title: string;
  readonly homepage: string;
  readonly can: { readonly harvest: boolean; readonly lookup: boolean };
  /** As a person would write them: `30 2 * * * @ UTC`. */
  readonly times: readonly string[];
  readonly standing: SourceStanding | null;
  readonly last: Run | null;
  readonly papers: number;
}

export const MOST_REJECTIONS = 50;

/** The sums of any number of squares. */
export const sumsOf = (cells: readonly Sums[]): Sums =>
  cells.reduce(
    (all, { announced, ingested, rejected }) => ({
      announced: all.announced + announced,
      ingested: all.ingested + ingested,
      rejected: all.rejected + rejected,
    }),
    { announced: 0, ingested: 0, rejected: 0 },
  );

/** Entries a run has dealt with. */
export const doneBy = ({ counts }: Pick<Run, 'counts'>): number => Object.values(counts).reduce((sum, n) => sum + n, 0);
