import type { Day } from '../kernel/day.ts';

/** One square of the completeness ledger: what a source announced in a category on a day, and what became of it. */
export interface LedgerCell {
  readonly source: string;
  /** Empty where the source gives none. */
  readonly category: string;
  readonly day: Day;
  readonly announced: number;
  readonly ingested: number;
  readonly rejected: number;
}

/** An entry that could not be taken in, kept with its bytes until a better parser can. */
export interface Rejection {
  readonly source: string;
  readonly day: Day | null;
  readonly category: string | null;
  readonly reason: string;
  readonly raw: string;
}

/** One run of a harvest or an import, as it goes on and as it ended. Times in milliseconds since 1970. */
export interface Run {
  readonly id: string;
  readonly source: string;
  /** What was wished for, for people: `from 2026-11-20, set cs`. Empty for "what is new". */
  readonly wish: string;
  readonly startedAt: number;
  /** The last sign of life. */
  readonly seenAt: number;
  readonly endedAt: number | null;
  readonly outcome: 'running' | 'complete' | 'stopped' | 'failed';
  /** Why it failed, or what it waits for; one sentence. */
  readonly note: string | null;
  readonly pages: number;
  /** Entries the source says there are; null where it does not. */
  readonly total: number | null;
  readonly counts: {
    readonly new: number;
    readonly changed: number;
    readonly same: number;
    readonly rejected: number;
    readonly gone: number;
  };
}

/** How a source stands: what the sources page, doctor and the alarms are made from. */
export interface SourceStanding {
  readonly source: string;
  readonly paused: boolean;
  /** Null where it is not scheduled. */
  readonly nextAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly lastFailure: string | null;
  /** The newest day it announced anything in. */
  readonly newestDay: Day | null;
}

export interface Alarm {
  readonly kind: 'stale' | 'short' | 'diverges' | 'failing';
  readonly source: string;
  readonly day: Day | null;
  /** One sentence. */
  readonly says: string;
}
