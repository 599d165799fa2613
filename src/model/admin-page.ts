import type { Account } from './account.ts';
import type { OutboxRow, SubscriptionState } from './digest.ts';
import type { Finding } from './finding.ts';
import type { JobStanding } from './job.ts';
import type { SourcesPage, Sums } from './ledger-page.ts';

/** A setting as it is now; passwords and keys are masked. */
export interface SettingShown {
  readonly name: string;
  readonly value: string;
  /** `default`, `environment` or the file it was read from. */
  readonly from: string;
  readonly says: string;
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
  /** What was announced today, by source. */
  readonly today: readonly ({ readonly id: string; readonly title: string } & Sums)[];
  readonly mail: {
    /** Null where none is sent. */
    readonly by: string | null;
    readonly subscriptions: Readonly<Record<SubscriptionState, number>>;
    readonly outbox: Readonly<Record<OutboxRow['state'], number>>;
  };
  readonly health: readonly Finding[];
  readonly settings: readonly SettingShown[];
}
