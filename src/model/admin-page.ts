import type { Day } from '../kernel/day.ts';
import type { Account } from './account.ts';
import type { OutboxRow, OutboxTrouble, SubscriptionState } from './digest.ts';
import type { Finding } from './finding.ts';
import type { JobStanding } from './job.ts';
import type { KeptRun } from './lab-page.ts';
import type { EmbedProgress, SourcesPage, Sums } from './ledger-page.ts';

/** A setting as it is now; passwords and keys are masked. */
export interface SettingShown {
  readonly name: string;
  readonly value: string;
  /** `default`, `environment` or the file it was read from. */
  readonly from: string;
  readonly says: string;
}

/** A run of a lab that is kept. */
export interface AdminRun extends KeptRun {
  readonly title: string;
  /** Whether the lab is still as it was then: else the run stands on no page. */
  readonly current: boolean;
}

/** Accounts, a page at a time. */
export interface AdminUsers {
  /** What was searched for. */
  readonly q: string;
  readonly accounts: readonly Account[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** All that the operator looks after. */
export interface AdminPage {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Null where there are no accounts. */
  readonly users: AdminUsers | null;
  readonly queue: {
    /** Letters that are reported or look like spam. */
    readonly letters: number;
    /** Sets of accounts that vote as one. */
    readonly rings: number;
    /** First submissions that wait. */
    readonly submissions: number;
    readonly claims: number;
  };
  readonly sources: SourcesPage;
  readonly jobs: readonly JobStanding[];
  /** When the next edition is set. */
  readonly nextEdition: { readonly day: Day; readonly at: number };
  /** What was announced today, by source. */
  readonly today: readonly ({ readonly id: string; readonly title: string } & Sums)[];
  readonly mail: {
    /** Null where none is sent. */
    readonly by: string | null;
    readonly subscriptions: Readonly<Record<SubscriptionState, number>>;
    readonly outbox: Readonly<Record<OutboxRow['state'], number>>;
    /** What was settled in the last 24 hours. */
    readonly lately: Readonly<Record<OutboxRow['state'], number>>;
    /** Addresses that are never written to. */
    readonly suppressed: number;
    readonly troubles: readonly OutboxTrouble[];
  };
  readonly reading: {
    /** By the table of word vectors, when papers come in; null where the index does not answer. */
    readonly first: { readonly read: number; readonly total: number } | null;
    /** By the model, in the background; null where nothing is read so. */
    readonly second: EmbedProgress | null;
  };
  readonly labs: {
    readonly total: number;
    /** Runs that are kept, the latest first. */
    readonly runs: readonly AdminRun[];
  };
  readonly health: readonly Finding[];
  readonly settings: readonly SettingShown[];
}
