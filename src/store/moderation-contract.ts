import type { Day } from '../kernel/day.ts';
import type { ModerationEntry, TargetKind } from '../model/moderation.ts';
import type { PaperId } from '../model/paper.ts';

/** What is to be done: an action on a target that is in state `before`, which comes to `after`; `undoes` names the entry it takes back. */
export type ModerationWish = Omit<ModerationEntry, 'id' | 'undoneBy'> & {
  /** Where a submission is let through: the papers it came to, which are here; on which day; and the draft's body from then on. */
  readonly through?: { readonly papers: readonly PaperId[]; readonly day: Day; readonly body: string };
};

/** Moderation: a part of `Store`. */
export interface ModerationStore {
  readonly moderation: {
    /**
     * Does it and writes it down, in one transaction: a letter is hidden, removed or shown with its tally; a paper leaves
     * the lists and comes back to them; a ban closes the account, ends its sessions and takes its votes out of the tallies
     * and, where `after` is `BANNED_WITH_LETTERS`, its letters out of sight, all of which come back with its end; a submission let through stands beside its papers, which stay where that
     * is taken back. Null where the
     * target is not there, is no longer as it was `before`, or the entry was undone already.
     */
    act(wish: ModerationWish): Promise<ModerationEntry | null>;
    get(id: number): Promise<ModerationEntry | null>;
    /** Latest first, at most `limit`; those before entry `before`, or of one target. */
    log(of: {
      readonly limit: number;
      readonly before?: number;
      readonly target?: { readonly kind: TargetKind; readonly id: string };
    }): Promise<readonly ModerationEntry[]>;
    /** When a letter was last reported (ms since 1970); null where it never was. */
    lastReport(letter: string): Promise<number | null>;
    /** When reports on these targets were put aside, by target. */
    settled(kind: TargetKind, targets: readonly string[]): Promise<ReadonlyMap<string, number>>;
    /** Letters open to everyone that were written since, latest first. */
    recentLetters(
      since: number,
      limit: number,
    ): Promise<readonly { readonly id: string; readonly author: string; readonly body: string; readonly at: number }[]>;
    /** The latest votes given since that time that still stand, oldest first; at most `limit`. */
    recentVotes(
      since: number,
      limit: number,
    ): Promise<readonly { readonly reader: string; readonly paperId: string; readonly at: number }[]>;
    /** The same of votes that members have given in public groups. */
    recentGroupVotes(
      since: number,
      limit: number,
    ): Promise<
      readonly { readonly group: string; readonly reader: string; readonly paperId: string; readonly at: number }[]
    >;
    /** A number that grows with every vote given or taken back, here or in a group. Cheap. */
    votesCast(): Promise<number>;
    /** Writes down accounts that vote as one; what a moderator has cleared stays cleared. Returns how many are new. */
    flagRing(ring: { readonly id: string; readonly readers: readonly string[]; readonly at: number }): Promise<number>;
    /** Those not cleared, by ring, latest first. */
    rings(): Promise<readonly { readonly id: string; readonly readers: readonly string[]; readonly at: number }[]>;
    /** Those of a ring, and whether a moderator has cleared them all; null where there is none. */
    ring(id: string): Promise<{ readonly readers: readonly string[]; readonly cleared: boolean } | null>;
    /** How many votes of each ring stand in the tally of each of these papers. */
    ringVotes(ids: readonly string[]): Promise<readonly { readonly paperId: string; readonly votes: number }[]>;
  };
}
