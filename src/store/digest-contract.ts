import type { Day } from '../kernel/day.ts';
import type {
  Bounce,
  DigestPlan,
  DigestWishes,
  OutboxRow,
  OutboxTrouble,
  Subscription,
  SubscriptionState,
  WatchedState,
} from '../model/digest.ts';
import type { PaperId } from '../model/paper.ts';

export const ALERT_WAYS = ['digest', 'mail', 'push', 'off'] as const;
export type AlertWay = (typeof ALERT_WAYS)[number];

export interface SearchAlert {
  readonly reader: string;
  readonly searchId: string;
  readonly way: AlertWay;
  /** What came in until then has been told of; milliseconds since 1970. */
  readonly toldAt: number;
}

/** Why an address is never written to. */
export interface Suppressed {
  readonly address: string;
  readonly why: 'hard' | 'complaint' | 'operator';
  readonly says: string;
  readonly at: number;
}

/** What of a subscription can change. */
export type SubscriptionChange = Partial<DigestWishes> & {
  readonly state?: SubscriptionState;
  readonly reader?: string | null;
  readonly address?: string;
  readonly confirmedAt?: number;
  readonly nextAt?: number;
};

/** A leased row of the outbox, with whom it is for. */
export interface Leased {
  readonly row: OutboxRow;
  readonly subscription: Subscription;
}

/** The morning mail: a part of `Store`. */
export interface DigestStore {
  readonly subscriptions: {
    /** Null where the address or the reader has one. */
    create(subscription: Subscription): Promise<Subscription | null>;
    get(id: string): Promise<Subscription | null>;
    byAddress(address: string): Promise<Subscription | null>;
    byReader(reader: string): Promise<Subscription | null>;
    /** As it is then; null where there is none, or the address or the reader has another. */
    change(id: string, change: SubscriptionChange): Promise<Subscription | null>;
    /** Active ones to be looked at by `now`, or so far ahead that the clock must have been wrong; the longest due first. */
    due(of: { readonly now: number; readonly limit: number }): Promise<readonly Subscription[]>;
    counts(): Promise<Readonly<Record<SubscriptionState, number>>>;
    /** Forgets a subscription and all that was sent to it. */
    forget(id: string): Promise<void>;
  };
  readonly outbox: {
    /**
     * One transaction: a row for each that has none for its subscription, day and `about`, and moves `nextAt` on. Returns how
     * many rows are new. Twice is once.
     */
    fill(
      rows: readonly {
        readonly subscription: Subscription;
        /** Null where nothing is due: only `nextAt` moves. */
        readonly row: {
          readonly localDay: Day;
          readonly about: string;
          readonly messageId: string;
          readonly plan?: DigestPlan;
        } | null;
        readonly nextAt: number | null;
      }[],
      at: number,
    ): Promise<number>;
    /** Takes up to `limit` rows that are due and nobody else's, none of the domains in `without`, with a lease until `now + leaseMs`. */
    lease(by: {
      readonly owner: string;
      readonly now: number;
      readonly leaseMs: number;
      readonly limit: number;
      readonly without: readonly string[];
    }): Promise<readonly Leased[]>;
    /** Keeps what was composed, for those still held; returns the ids of those. */
    composed(
      owner: string,
      rows: readonly { readonly id: string; readonly plan: DigestPlan }[],
      lease: { readonly now: number; readonly leaseMs: number },
    ): Promise<ReadonlySet<string>>;
    /**
     * One transaction after the server said 250 (or where there was nothing to say): state, papers sent, states watched.
     * Also of one whose lease another has taken: what is sent is sent.
     */
    settle(
      rows: readonly {
        readonly id: string;
        readonly state: 'sent' | 'empty' | 'failed' | 'dropped';
        readonly at: number;
        readonly error?: string;
        readonly papers: readonly PaperId[];
        readonly watched: DigestPlan['watched'];
      }[],
    ): Promise<void>;
    /** Gives rows back, not to be tried before `at`; counted as an attempt where there is an error. */
    giveBack(
      owner: string,
      rows: readonly { readonly id: string; readonly at: number; readonly error: string | null }[],
    ): Promise<void>;
    get(id: string): Promise<OutboxRow | null>;
    byMessageId(messageId: string): Promise<OutboxRow | null>;
    /** Latest first. */
    of(subscriptionId: string, limit: number): Promise<readonly OutboxRow[]>;
    /** With `since` (ms since 1970), what was settled from then on: nothing of it waits. */
    counts(since?: number): Promise<Readonly<Record<OutboxRow['state'], number>>>;
    /** What did not go: given up, or to be tried again; each with why and whom it is for. Given up first, the latest of each first. */
    troubles(limit: number): Promise<readonly OutboxTrouble[]>;
    /** Of those papers, the ones a subscription has been sent, under whatever name they had then. */
    sent(subscriptionId: string, ids: readonly PaperId[]): Promise<ReadonlySet<PaperId>>;
    /**
     * Forgets that papers were sent before that time (ms since 1970), all but those in `keep`, to those of whom no account is
     * known. Returns how many.
     */
    sweepSent(of: { readonly before: number; readonly keep: readonly PaperId[] }): Promise<number>;
    watched(subscriptionId: string): Promise<ReadonlyMap<PaperId, WatchedState>>;
    /** Forgets the plans of what was settled before that time (ms since 1970). */
    sweep(before: number): Promise<void>;
  };
  readonly suppressions: {
    put(one: Suppressed): Promise<void>;
    get(address: string): Promise<Suppressed | null>;
    remove(address: string): Promise<void>;
    count(): Promise<number>;
  };
  readonly bounces: {
    /** The outbox row it is about, once; null where no mail has that Message-ID or this bounce was recorded before. */
    record(bounce: Bounce): Promise<OutboxRow | null>;
    /** Since a time (ms since 1970), latest first. */
    of(subscriptionId: string, since: number): Promise<readonly Bounce[]>;
  };
  readonly searchAlerts: {
    put(alert: SearchAlert): Promise<void>;
    get(reader: string, searchId: string): Promise<SearchAlert | null>;
    of(reader: string): Promise<readonly SearchAlert[]>;
    /** Those told of at once by mail, in the order of reader and search, after a place in it. */
    atOnce(page: { readonly after: SearchAlert | null; readonly limit: number }): Promise<readonly SearchAlert[]>;
  };
}
