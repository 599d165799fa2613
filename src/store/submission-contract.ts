import type { Day } from '../kernel/day.ts';
import type { Claim, ClaimState } from '../model/claim.ts';
import type { PaperId } from '../model/paper.ts';
import type { Profile } from '../model/profile.ts';
import type { Submission, SubmissionDraft } from '../model/submission.ts';
import type { Incoming } from './incoming.ts';

/** What readers bring in, say they wrote, and say of themselves: a part of `Store`. */
export interface SubmissionStore {
  readonly submissions: {
    readonly drafts: {
      /** Writes a draft as it is now, by its id; whose it is and when it was made stay. */
      put(draft: SubmissionDraft): Promise<void>;
      get(id: string): Promise<SubmissionDraft | null>;
      /** Oldest first. */
      in(state: SubmissionDraft['state'], limit: number): Promise<readonly SubmissionDraft[]>;
      /** A reader’s, newest first. */
      of(reader: string): Promise<readonly SubmissionDraft[]>;
      /** How many a reader has made since then (ms since 1970). */
      count(reader: string, since: number): Promise<number>;
      /** Forgets those made before that time, but for those that wait for a moderator or were decided by one. */
      sweep(before: number): Promise<void>;
    };
    /**
     * Adds submissions of one reader and day, all or none; returns the papers that they had not submitted yet. Null where
     * those would be more than `most` on that day. Submitted twice it is one and keeps its note; taken back it may be made anew.
     */
    add(batch: readonly Submission[], most: number | null): Promise<readonly PaperId[] | null>;
    /**
     * Takes papers in and submits them with `known` ones, which are here, in one transaction; returns all of them. Null
     * where those not yet submitted would be more than `most` on that day: then nothing has come in.
     */
    bringIn(
      wish: Omit<Submission, 'paperId'> & {
        readonly incoming: readonly Incoming[];
        readonly known: readonly PaperId[];
        readonly most: number | null;
      },
    ): Promise<readonly PaperId[] | null>;
    /** Oldest first, without those taken down; papers without are left out. */
    of(ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, readonly Submission[]>>;
    /** Newest first, with those taken down. */
    by(reader: string, limit: number): Promise<readonly Submission[]>;
    /** Of days `first` … `last`, oldest first, without those taken down and, as long as a ban lasts, its reader’s. */
    between(first: Day, last: Day): Promise<readonly Submission[]>;
    /** `open`, or as moderators left it; null where there is none. */
    state(which: { readonly paperId: PaperId; readonly reader: string }): Promise<string | null>;
    /** Those taken down, newest first. */
    held(limit: number): Promise<readonly Submission[]>;
    /** Those made on a day, with those taken back since. */
    countOn(reader: string, day: Day): Promise<number>;
    /** Takes one back; false where there is none, or moderators have taken it down. The paper stays. */
    remove(which: { readonly paperId: PaperId; readonly reader: string }): Promise<boolean>;
    /** Forgets all of a reader's. */
    forget(reader: string): Promise<void>;
  };
  readonly claims: {
    /** Writes a claim as it is now, by paper and reader. */
    put(claim: Claim): Promise<void>;
    get(paperId: PaperId, reader: string): Promise<Claim | null>;
    /** False where there is none. */
    remove(paperId: PaperId, reader: string): Promise<boolean>;
    /** Who is known to have written a paper, oldest claim first. */
    granted(paperId: PaperId): Promise<readonly Claim[]>;
    /** Ids of readers who are known to have written something under a name. */
    grantedTo(authorKey: string): Promise<readonly string[]>;
    /** Newest first. */
    of(reader: string): Promise<readonly Claim[]>;
    /** Oldest first. */
    in(state: ClaimState, limit: number): Promise<readonly Claim[]>;
    forget(reader: string): Promise<void>;
  };
  readonly profiles: {
    put(profile: Profile): Promise<void>;
    /** The empty one where none was written. */
    get(reader: string): Promise<Profile>;
    /** Papers a reader votes for, the latest vote first. */
    votes(reader: string, limit: number): Promise<readonly PaperId[]>;
    forget(reader: string): Promise<void>;
  };
}
