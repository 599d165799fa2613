import type { Day } from '../kernel/day.ts';
import type { RunRecord } from '../labs/contract.ts';
import type { Correction } from '../model/correction.ts';
import type { Edition } from '../model/edition.ts';
import type { Arrival, Follow, FollowKind } from '../model/follow.ts';
import type { JobStanding } from '../model/job.ts';
import type { KeptRun } from '../model/lab-page.ts';
import type { LedgerCell, Rejection, Run, SourceStanding } from '../model/ledger.ts';
import type { LibraryChange, LibraryCounts, LibraryEntry, LibraryFilter } from '../model/library.ts';
import type { PaperHold } from '../model/moderation.ts';
import type { Extra, FormerText, Organisation, Paper, PaperCard, PaperId } from '../model/paper.ts';
import type { SavedSearch } from '../model/saved-search.ts';
import type { AccountStore } from './account-contract.ts';
import type { DigestStore } from './digest-contract.ts';
import type { GroupStore } from './group-contract.ts';
import type { Incoming } from './incoming.ts';
import type { LetterStore } from './letter-contract.ts';
import type { ModerationStore } from './moderation-contract.ts';
import type { NotificationStore } from './notification-contract.ts';
import type { PushStore } from './push-contract.ts';
import type { SubmissionStore } from './submission-contract.ts';

export type { Incoming };

/** A paper its source has taken away. */
export interface Gone {
  readonly source: string;
  readonly id: PaperId | null;
  readonly externalId: string;
  readonly raw: string;
  readonly announced?: { readonly day: Day | null; readonly category: string | null };
}

export interface Saved {
  readonly id: PaperId;
  readonly outcome: 'new' | 'changed' | 'same';
}

export interface Cursor {
  readonly name: string;
  readonly position: number;
  readonly note: string | null;
}

export interface Change {
  readonly seq: number;
  readonly paperId: PaperId;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly payload: string;
  readonly attempts: number;
}

/** A paper that moderators have taken down. */
export interface HeldPaper extends PaperHold {
  readonly id: PaperId;
  readonly title: string;
}

/** Where a paper stands in a list: by its day (empty where it has none), then by its id. */
export interface ListPlace {
  readonly day: string;
  readonly id: PaperId;
}

export interface Counted<K> {
  readonly key: K;
  readonly papers: number;
}

/** All of Broadsheet's truth. One implementation over Kysely, two engines (SQLite, PostgreSQL). Every write has a natural key and may be repeated. */
export interface Store
  extends AsyncDisposable,
    AccountStore,
    LetterStore,
    NotificationStore,
    SubmissionStore,
    GroupStore,
    DigestStore,
    PushStore,
    ModerationStore {
  readonly engine: 'sqlite' | 'postgres';
  /** A number that differs whenever anything may have changed, in this process or another. Cheap: asked on every request. */
  revision(): Promise<number>;
  /** Applies missing migrations; returns the names of those applied. Safe when two processes start at once. */
  migrate(): Promise<readonly string[]>;
  /** Throws `Fault('database-unavailable')`. */
  ping(): Promise<void>;
  /** Runs `integrity_check` where the engine has one; null when fine, else a sentence. */
  check(): Promise<string | null>;

  readonly papers: {
    /**
     * Upserts papers with authors, organisations, categories, versions, signals and raw records, appends to the change
     * log what changed, moves the cursor and, with `edition`, places the batch's papers in their order at the end of that
     * edition (opened and numbered when new; untouched when closed or set by another source): one transaction.
     * A draft is the paper that has its id, one of its aliases, its DOI, or the same title and compatible authors
     * (`model/identity`); where it proves two papers the same, they become one (placements, votes and old addresses go along).
     */
    save(
      batch: readonly Incoming[],
      at: {
        readonly now: number;
        readonly cursor?: Cursor;
        readonly edition?: { readonly date: Day; readonly source: string };
        /** Marked withdrawn, their raw record kept; unknown papers are only counted. */
        readonly gone?: readonly Gone[];
        /** Applied to papers that are known; others are left out. The raw answer is kept with each. */
        readonly extras?: readonly { readonly source: string; readonly extra: Extra; readonly raw: string }[];
        /** Kept with their bytes and counted, each once. */
        readonly rejections?: readonly Rejection[];
      },
    ): Promise<readonly Saved[]>;
    /** Of each of a batch, whether `save` would find it to be a paper that is here; nothing is written. */
    known(batch: readonly Incoming[]): Promise<readonly boolean[]>;
    /** Everything a source ever said, byte for byte as it came in, in the order of external ids, of one id the latest last: what a replay reads. */
    raws(source: string): AsyncIterable<{ readonly externalId: string; readonly raw: string }>;
    get(id: PaperId): Promise<Paper | null>;
    /** The paper an alias, an old slug or another source's id stands for. */
    resolve(alias: string): Promise<PaperId | null>;
    /** In the order of `ids`; unknown ids are left out. */
    cards(ids: readonly PaperId[], reader: string): Promise<readonly PaperCard[]>;
    /**
     * A paper that moderators have taken down, by its id or an alias; null where it stands or there is none. Such a paper is
     * not there for `get`, `resolve`, `cards` and `all`, stands in no list and is not counted; what is harvested goes on to reach it.
     */
    hold(name: string): Promise<HeldPaper | null>;
    /** Those taken down, the latest first. */
    held(limit: number): Promise<readonly HeldPaper[]>;
    /** All papers in id order, for export and rebuilds. */
    all(options?: { readonly after?: PaperId; readonly batch?: number }): AsyncIterable<Paper>;
    /** Older wordings, latest first: for the differences between versions. */
    history(id: PaperId): Promise<readonly FormerText[]>;
    /** Signals of all sources, e.g. `{ source: 'hf-daily', name: 'upvotes', value: 12 }`. */
    signals(
      ids: readonly PaperId[],
    ): Promise<
      readonly { readonly paperId: PaperId; readonly source: string; readonly name: string; readonly value: number }[]
    >;
    /** Papers dated `first` … `last` that no edition has placed, newest first. */
    unplaced(span: { readonly first: Day; readonly last: Day; readonly limit: number }): Promise<readonly PaperId[]>;
    count(): Promise<number>;
    countsBySource(): Promise<readonly Counted<string>[]>;
  };
  readonly browse: {
    author(
      key: string,
      page: { limit: number; offset: number },
    ): Promise<{ name: string; total: number; ids: readonly PaperId[] } | null>;
    organisation(
      key: string,
      page: { limit: number; offset: number },
    ): Promise<{ organisation: Organisation; total: number; ids: readonly PaperId[] } | null>;
    category(
      code: string,
      page: { limit: number; offset: number },
    ): Promise<{ total: number; ids: readonly PaperId[] }>;
    /**
     * A stretch of a list next to a place in it (itself left out), towards its older or newer end; without a place from its
     * beginning, or its end. Newest first always. As quick in the midst of a long list as at its ends.
     */
    stretch(
      list: { readonly kind: 'author' | 'organisation' | 'category'; readonly key: string },
      at: { readonly from: ListPlace | null; readonly towards: 'older' | 'newer'; readonly limit: number },
    ): Promise<readonly ListPlace[]>;
    organisations(limit: number): Promise<readonly (Counted<string> & { readonly name: string })[]>;
    categories(limit: number): Promise<readonly Counted<string>[]>;
  };
  readonly editions: {
    /** Opens, fills and closes an edition at once. One edition a day: when the day has one that is closed or of another source, that one is returned unchanged. */
    save(edition: {
      readonly date: Day;
      readonly source: string;
      readonly placements: readonly PaperId[];
      /** Why each paper stands where it stands, in the order of `placements`: JSON of `model/placing`. */
      readonly whys?: readonly string[];
    }): Promise<Edition>;
    /** The `whys` an edition was saved with, by paper; empty where none were given. */
    whys(date: Day): Promise<ReadonlyMap<PaperId, string>>;
    /** Recorded beside the edition, which stays as it is. The same correction twice is one. */
    correct(correction: Correction): Promise<void>;
    /** Oldest first. */
    corrections(date: Day): Promise<readonly Correction[]>;
    /** Ends the appending of placements by `papers.save`. Harmless when there is no such edition or it is closed already. */
    close(date: Day, source: string): Promise<void>;
    /** Also reads an edition that is still being filled. */
    get(date: Day): Promise<Edition | null>;
    latest(): Promise<Edition | null>;
    /** Dates of the nearest editions strictly before and after. */
    neighbours(date: Day): Promise<{ readonly earlier: Day | null; readonly later: Day | null }>;
    between(first: Day, last: Day): Promise<readonly Edition[]>;
    dates(): Promise<readonly Day[]>;
    /** Day editions that placed this paper, newest first, with its place (1-based). */
    placing(id: PaperId): Promise<readonly { readonly date: Day; readonly number: number; readonly place: number }[]>;
  };
  readonly votes: {
    /** Appends to the log when it changes the reader's standing; returns the tally. `wish` true votes, false takes it back. Throws `Fault('not-found')` for an unknown paper, `Fault('too-many')` where the reader has voted for `most.papers` others since `most.since`. */
    cast(vote: {
      readonly paperId: PaperId;
      readonly reader: string;
      readonly wish: boolean;
      readonly at: number;
      readonly most?: { readonly papers: number; readonly since: number };
    }): Promise<{ readonly votes: number; readonly voted: boolean }>;
    /** What a reader votes for now and since when (ms since 1970), newest first. */
    of(reader: string): Promise<readonly { readonly paperId: PaperId; readonly at: number }[]>;
  };
  readonly labRuns: {
    /** Keeps a run in place of the one before of its lab, version and preset. `ranAt`: ms since 1970. */
    put(record: RunRecord, ranAt: number): Promise<void>;
    /** All that are kept, without what came out; the latest first. `preset` is empty for a run of other values. */
    list(): Promise<readonly KeptRun[]>;
    /** Those of a version: at most one a preset, and one of other values. */
    of(lab: string, version: number): Promise<readonly { readonly record: RunRecord; readonly ranAt: number }[]>;
  };
  readonly savedSearches: {
    /** Writes a search as it is now, by reader and id; when it was first made stays. */
    put(search: SavedSearch): Promise<void>;
    /** Also one that was removed, until it is swept. */
    get(reader: string, id: string): Promise<SavedSearch | null>;
    /** A reader's, oldest first, without those removed. */
    of(reader: string): Promise<readonly SavedSearch[]>;
    /** Forgets for good what was removed before that time (ms since 1970). */
    sweep(before: number): Promise<void>;
  };
  /** Changes of one reader come one after another, each a transaction. Reader and paper ids are any text. */
  readonly library: {
    /**
     * Changes entries of a reader; with `saving`, papers that are not in the library are put there first, and those taken
     * out come back as they were. Returns the entries as they are then, in the order of `ids`; what is unknown is left out.
     * The same change twice is one.
     */
    change(by: {
      readonly reader: string;
      readonly ids: readonly PaperId[];
      readonly change: LibraryChange;
      readonly at: number;
      readonly saving: boolean;
    }): Promise<readonly LibraryEntry[]>;
    /** Takes papers out; how many were in. They can come back by that `at` until they are swept. */
    remove(by: { readonly reader: string; readonly ids: readonly PaperId[]; readonly at: number }): Promise<number>;
    /** Brings back what was taken out at that time; how many. */
    restore(by: { readonly reader: string; readonly removedAt: number }): Promise<number>;
    /** Forgets for good what was taken out before that time (ms since 1970). */
    sweep(before: number): Promise<void>;
    get(reader: string, ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, LibraryEntry>>;
    /** All that pass the filter (its words aside), last saved first. */
    list(
      reader: string,
      filter: LibraryFilter,
    ): Promise<readonly Pick<LibraryEntry, 'paperId' | 'savedAt' | 'changedAt' | 'rating'>[]>;
    counts(reader: string): Promise<LibraryCounts>;
    /** Former notes of an entry, latest first. */
    notes(reader: string, id: PaperId): Promise<readonly { readonly until: number; readonly body: string }[]>;
    createFolder(by: { readonly reader: string; readonly name: string; readonly at: number }): Promise<void>;
    /** With all that lies in it; where there is such a folder already they become one. False where there is no `from`. */
    renameFolder(by: {
      readonly reader: string;
      readonly from: string;
      readonly to: string;
      readonly at: number;
    }): Promise<boolean>;
    /** With the folders in it; the papers stay in the library. False where there is none. */
    deleteFolder(by: { readonly reader: string; readonly name: string }): Promise<boolean>;
    /** Forgets everything of a reader: library, follows and what they have seen. */
    forget(reader: string): Promise<void>;
  };
  readonly follows: {
    /** Followed twice it is one, and keeps its name and day. */
    put(reader: string, follow: Follow): Promise<void>;
    delete(reader: string, which: { readonly kind: FollowKind; readonly key: string }): Promise<void>;
    /** Oldest first. */
    of(reader: string): Promise<readonly Follow[]>;
    has(reader: string, which: { readonly kind: FollowKind; readonly key: string }): Promise<boolean>;
    followers(which: { readonly kind: FollowKind; readonly key: string }): Promise<readonly string[]>;
    /**
     * Papers that came in after `since` (ms) dated `firstDay` or later, or not at all, of an author, an organisation or a
     * category; or that a reader has voted for since. Newest first, at most `limit`. Of other kinds none.
     */
    arrivals(
      which: { readonly kind: FollowKind; readonly key: string },
      of: { readonly since: number; readonly firstDay: Day; readonly limit: number },
    ): Promise<readonly Arrival[]>;
  };
  /** Papers a reader has been shown on pages of their own. */
  readonly seen: {
    /** The first time and place stay; `done` says that the reader has put them aside, which stays too. */
    add(by: {
      readonly reader: string;
      readonly ids: readonly PaperId[];
      readonly at: number;
      readonly place: string;
      readonly done?: boolean;
    }): Promise<void>;
    of(
      reader: string,
      ids: readonly PaperId[],
    ): Promise<ReadonlyMap<PaperId, { readonly at: number; readonly place: string; readonly done: boolean }>>;
    all(reader: string): Promise<readonly { readonly paperId: PaperId; readonly at: number; readonly place: string }[]>;
  };
  readonly changes: {
    since(seq: number, limit: number): Promise<readonly Change[]>;
    last(): Promise<number>;
  };
  readonly cursors: {
    get(name: string): Promise<Cursor | null>;
    set(cursor: Cursor): Promise<void>;
    delete(name: string): Promise<void>;
  };
  readonly ledger: {
    /** Squares of a span of days, by day, source and category; all sources unless one is named. */
    cells(span: { readonly first: Day; readonly last: Day; readonly source?: string }): Promise<readonly LedgerCell[]>;
    /** One square a day and source, the categories added up. */
    days(span: { readonly first: Day; readonly last: Day; readonly source?: string }): Promise<readonly LedgerCell[]>;
    /** Forgets rejections (by their bytes) that could be read after all, and takes them out of the counts. */
    redeem(source: string, raws: readonly string[]): Promise<void>;
    /** Newest first. */
    rejections(of: {
      readonly source?: string;
      readonly day?: Day;
      readonly limit: number;
    }): Promise<readonly (Rejection & { readonly at: number })[]>;
  };
  readonly runs: {
    /** Writes a run as it stands now, by its id: at the start, after pages, at the end. */
    put(run: Run): Promise<void>;
    /** Newest first. */
    recent(of: { readonly source?: string; readonly limit: number }): Promise<readonly Run[]>;
  };
  readonly standings: {
    all(): Promise<readonly SourceStanding[]>;
    /** Changes what is given, and makes the row where there is none. */
    put(standing: Partial<SourceStanding> & { readonly source: string }): Promise<void>;
  };
  /** Whose turn it is to ask a host, over all processes. */
  readonly turns: {
    /**
     * Takes the one connection of `key` when it is free and its time has come, with a lease until `now + leaseMs`; else
     * the time (ms since 1970) at which asking again makes sense.
     */
    take(
      key: string,
      by: { readonly owner: string; readonly now: number; readonly leaseMs: number },
    ): Promise<{ readonly taken: true } | { readonly taken: false; readonly again: number }>;
    /** Lengthens the lease of one that still holds the connection; false where it is no longer theirs. */
    keep(key: string, by: { readonly owner: string; readonly now: number; readonly leaseMs: number }): Promise<boolean>;
    /** Gives the connection back: nobody takes it before `nextAt`. */
    give(key: string, by: { readonly owner: string; readonly nextAt: number }): Promise<void>;
  };
  /** Embeddings, kept so that they survive a rebuild of the index. */
  readonly vectors: {
    /** Vectors of one model; papers that have none are left out. */
    get(modelId: string, ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, Float32Array>>;
    put(modelId: string, rows: readonly { readonly id: PaperId; readonly vector: Float32Array }[]): Promise<void>;
  };
  readonly jobs: {
    /** A second enqueue under the same key changes nothing while the first is not done. */
    enqueue(job: {
      readonly kind: string;
      readonly key: string;
      readonly payload: string;
      readonly at: number;
    }): Promise<void>;
    /** Compare-and-set with a lease until `now + leaseMs`; null when there is nothing due. */
    claim(
      kind: string,
      options: { readonly owner: string; readonly now: number; readonly leaseMs: number },
    ): Promise<Job | null>;
    /** Those not done, the longest due first; a lease until a time that has passed is nobody's. */
    list(limit: number): Promise<readonly JobStanding[]>;
    extend(id: string, owner: string, until: number): Promise<boolean>;
    finish(id: string, owner: string): Promise<boolean>;
    retry(id: string, owner: string, at: number, error: string): Promise<boolean>;
  };
}
