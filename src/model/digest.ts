import type { Day } from '../kernel/day.ts';
import type { PaperCard, PaperId } from './paper.ts';

export const RHYTHMS = ['daily', 'weekly'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

/** What a digest is made of, in the order of the mail. */
export const DIGEST_PARTS = ['trending', 'personal', 'followed', 'searches', 'groups', 'changed', 'replies'] as const;
export type DigestPartName = (typeof DIGEST_PARTS)[number];

/** Parts that are lists of papers; the other two tell of papers and letters one knows. */
export const PAPER_PARTS = ['trending', 'personal', 'followed', 'searches', 'groups'] as const;
export type PaperPart = (typeof PAPER_PARTS)[number];

/** Parts that need a reader: an address alone follows nothing and has no library. */
export const READER_PARTS: readonly DigestPartName[] = DIGEST_PARTS.filter((part) => part !== 'trending');

/**
 * `paused`: until the reader takes it up again; `bounced`: the address does not take mail; `ended`: unsubscribed. One that was
 * asked for and not confirmed by a click is no subscription yet.
 */
export const SUBSCRIPTION_STATES = ['active', 'paused', 'bounced', 'ended'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** What a subscriber chooses. */
export interface DigestWishes {
  readonly rhythm: Rhythm;
  /** Hour of the day in `zone`, 0 to 23. */
  readonly hour: number;
  /** IANA time zone. */
  readonly zone: string;
  /** ISO 8601 weekdays, 1 is Monday; sorted, never empty. Weekly: exactly one. */
  readonly days: readonly number[];
  /** Papers in a digest, at most. */
  readonly papers: number;
  readonly parts: readonly DigestPartName[];
  /** What comes when there is nothing to tell. */
  readonly whenEmpty: 'silence' | 'note';
}

/** A digest somebody gets. One an address. Times in milliseconds since 1970. */
export interface Subscription extends DigestWishes {
  readonly id: string;
  readonly address: string;
  /** The account it is for; null for an address alone. */
  readonly reader: string | null;
  readonly state: SubscriptionState;
  readonly createdAt: number;
  /** When the address was last confirmed. */
  readonly confirmedAt: number;
  /** When it is to be looked at next. */
  readonly nextAt: number;
  /** What its links are signed with. Never shown. */
  readonly secret: string;
}

export const DIGEST_CAPS = { papers: 30, address: 254, changes: 12, replies: 12 } as const;

export const DEFAULT_WISHES: DigestWishes = {
  rhythm: 'daily',
  hour: 6,
  zone: 'UTC',
  days: [1, 2, 3, 4, 5, 6, 7],
  papers: 10,
  parts: DIGEST_PARTS,
  whenEmpty: 'silence',
};

/** What changed of a paper in one's library. */
export const CHANGE_KINDS = ['version', 'withdrawn', 'code'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A paper one saved as it was when last told of. */
export interface WatchedState {
  /** The latest version; 0 where versions are unknown. */
  readonly version: number;
  readonly withdrawn: boolean;
  readonly code: boolean;
}

/** A reply as it is told of. */
export interface DigestReply {
  readonly letterId: string;
  readonly paperId: PaperId;
  /** The title of the paper. */
  readonly title: string;
  /** Name of who wrote it. */
  readonly by: string;
  /** The beginning of the letter, as plain text. */
  readonly excerpt: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is kept of a digest: enough to make the same one again. */
export interface DigestPlan {
  /** The latest edition when it was made; null where there was none. */
  readonly edition: { readonly date: Day; readonly number: number } | null;
  readonly parts: readonly {
    readonly part: PaperPart;
    readonly entries: readonly { readonly paperId: PaperId; readonly reasons: readonly string[] }[];
  }[];
  readonly changes: readonly {
    readonly paperId: PaperId;
    readonly what: readonly ChangeKind[];
    readonly version: number;
  }[];
  readonly replies: readonly DigestReply[];
  /** Papers of the library to be watched from now on as they are, where that differs from what is known. */
  readonly watched: readonly (WatchedState & { readonly paperId: PaperId })[];
  /** For an alert: the saved search it is about. */
  readonly search: { readonly id: string; readonly name: string; readonly query: string } | null;
}

/** A paper in a digest, and why it is there: one sentence each, the most telling first; never empty. */
export interface DigestEntry {
  readonly card: PaperCard;
  readonly reasons: readonly string[];
}

export interface DigestPart {
  readonly part: PaperPart;
  readonly entries: readonly DigestEntry[];
}

export interface DigestChange {
  readonly card: PaperCard;
  readonly what: readonly ChangeKind[];
  /** The version there is now. */
  readonly version: number;
}

/** One digest as a value: the mail, its plain text, its copy on the web and the preview are renderings of it. */
export interface Digest {
  /** Of the outbox; where its copy on the web is found. Empty for a preview. */
  readonly id: string;
  readonly kind: 'digest' | 'alert';
  readonly masthead: string;
  readonly localDay: Day;
  readonly rhythm: Rhythm;
  /** E.g. `Broadsheet, Monday 20 April: 10 papers`. */
  readonly title: string;
  readonly edition: DigestPlan['edition'];
  /** Of one address alone, or of a reader: whether save and vote can be offered. */
  readonly reader: string | null;
  readonly address: string;
  /** Those with papers, in the order of `DIGEST_PARTS`. */
  readonly parts: readonly DigestPart[];
  readonly changes: readonly DigestChange[];
  readonly replies: readonly DigestReply[];
  readonly search: DigestPlan['search'];
}

/** Addresses a digest leads to, absolute. Those of a preview lead to the pages themselves. */
export interface DigestLinks {
  readonly home: string;
  /** The copy on the web. */
  readonly copy: string;
  /** The page of preferences, without signing in. */
  readonly preferences: string;
  /** The page that asks whether to unsubscribe. */
  readonly unsubscribe: string;
  /** The address of `List-Unsubscribe`: a POST of `List-Unsubscribe=One-Click` unsubscribes, a GET shows the page above. */
  readonly oneClick: string;
  readonly search: (query: string) => string;
  readonly paper: (id: PaperId) => string;
  readonly letter: (paperId: PaperId, letterId: string) => string;
  /** Pages with one button that saves, or votes; null where there is no reader. A GET changes nothing. */
  readonly save: ((id: PaperId) => string) | null;
  readonly vote: ((id: PaperId) => string) | null;
}

/** A digest as it is sent. */
export interface RenderedDigest {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** How a digest becomes a mail: `views/digest-mail.ts`, handed to the services that send. */
export type RenderDigest = (digest: Digest, links: DigestLinks) => RenderedDigest;

/** Which digest an outbox row is for. */
export interface OutboxRow {
  readonly id: string;
  readonly subscriptionId: string;
  readonly localDay: Day;
  /** Empty for the digest of the day; of an alert, what it is about. */
  readonly about: string;
  /** Without angle brackets; the same for every attempt. */
  readonly messageId: string;
  /** `waiting` to be sent (or leased), `sent`, `empty` (nothing to say), `failed` for good, `dropped` (unsubscribed meanwhile). */
  readonly state: 'waiting' | 'sent' | 'empty' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly dueAt: number;
  /** Null until it is composed, and after it has been swept. */
  readonly plan: DigestPlan | null;
  readonly sentAt: number | null;
  /** Why the last attempt failed; null where none did. */
  readonly error: string | null;
}

/** Mail that did not go. */
export interface OutboxTrouble extends Pick<OutboxRow, 'localDay' | 'attempts'> {
  readonly state: 'waiting' | 'failed';
  readonly address: string;
  /** When it was given up, or is tried again; milliseconds since 1970. */
  readonly at: number;
  readonly error: string;
}

/** What is known of a mail that came back. */
export interface Bounce {
  /** `hard`: there is no such address; `soft`: not now; `complaint`: called spam. */
  readonly kind: 'hard' | 'soft' | 'complaint';
  /** The Message-ID of the mail it is about, without angle brackets: nobody but its receiver knows it. */
  readonly messageId: string;
  /** Enhanced status code, e.g. `5.1.1`; empty where none is given. */
  readonly status: string;
  readonly says: string;
  readonly at: number;
}
