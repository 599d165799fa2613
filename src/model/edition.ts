import type { Day } from '../kernel/day.ts';
import type { Correction } from './correction.ts';
import type { PaperCard, PaperId } from './paper.ts';
import type { SubmissionShown } from './submission.ts';

/** The `source` of the editions that Broadsheet sets itself. */
export const OURS = 'broadsheet';

/** The front page of one day: dated, numbered, immutable. `placements` is the order on the page, 1 first. */
export interface Edition {
  readonly date: Day;
  readonly number: number;
  /** The source that set it, e.g. `daily-page`. */
  readonly source: string;
  readonly placements: readonly PaperId[];
}

/** A front page as a value; every rendering (page, wire, JSON, Markdown) is made from this. */
export interface FrontPage {
  readonly kind: 'day' | 'week' | 'month' | 'trending';
  /** `2026-04-20`, `2026-W17`, `2026-04` or `trending`. */
  readonly name: string;
  readonly first: Day;
  readonly last: Day;
  /** The day edition's number; null for week, month and trending, which are made of days. */
  readonly number: number | null;
  /** True when this is the latest edition there is (whatever today is). */
  readonly latest: boolean;
  readonly earlier: string | null;
  readonly later: string | null;
  /** In order of placement, best first. */
  readonly cards: readonly PaperCard[];
  /** The rail beside the lead: indexes into `cards`, most talked about first. */
  readonly trending: readonly number[];
  readonly sources: readonly string[];
  /** Day editions inside the span. */
  readonly days: readonly Day[];
  /** What turned out wrong about a day's edition after it was set, oldest first; empty for spans. */
  readonly corrections: readonly Correction[];
  /** Today's submissions that the edition has not placed, latest first; empty on all but the latest. */
  readonly justIn: readonly PaperCard[];
  /** Who submitted what stands on this page. */
  readonly submissions: ReadonlyMap<PaperId, readonly SubmissionShown[]>;
}
