import type { Group, GroupInvitation, GroupRole, GroupTally, Member, Pin, Standing } from '../model/group.ts';
import type { PaperInGroup } from '../model/group-page.ts';
import type { Meeting, MeetingPlan, Proposal } from '../model/meeting.ts';
import type { PaperId } from '../model/paper.ts';

/** Where a reader came from when they join: by what invitation, or as anyone may. */
export type JoinOutcome = 'joined' | 'member' | 'removed' | 'spent' | 'full';

/** Groups and their journal clubs: a part of `Store`. Changes come one after another, each a transaction; times are ms since 1970. */
export interface GroupStore {
  readonly groups: {
    /** Opens a group with its first chair. One that was made as the same `madeAs` is returned as it is; null where the handle is taken. */
    create(
      group: Group & { readonly madeAs: string; readonly chair: Pick<Member, 'reader' | 'handle' | 'name'> },
    ): Promise<Group | null>;
    /** Null where there is none, or it is closed. */
    get(handle: string): Promise<Group | null>;
    change(handle: string, change: Partial<Pick<Group, 'name' | 'about' | 'visibility' | 'windowDays'>>): Promise<void>;
    /** Public ones, those with the most members first. */
    public(page: {
      readonly limit: number;
      readonly offset: number;
    }): Promise<readonly (Group & { readonly members: number })[]>;
    /** Those a reader is a member of, by name. */
    of(reader: string): Promise<readonly (Group & { readonly members: number; readonly role: GroupRole })[]>;
    /** How many a reader has opened since then, closed ones too. */
    openedBy(reader: string, since: number): Promise<number>;
    standing(handle: string, reader: string): Promise<Standing>;
    /** Chairs first, then editors, then members, each in the order they came. */
    members(handle: string): Promise<readonly Member[]>;
    /**
     * Makes a reader a member; with `invitation` (its hash) one of its uses is spent, unless they are a member already.
     * Of any number who ask at once no more come in than it is for, and no group gets more members than `most`.
     */
    join(by: {
      readonly group: string;
      readonly member: Pick<Member, 'reader' | 'handle' | 'name'>;
      readonly invitation: string | null;
      readonly most: number;
      readonly at: number;
    }): Promise<JoinOutcome>;
    /** Ends a membership; the group with its last member. `removed` ones come back by invitation only. False for one who is no member, or the chair of others. */
    leave(by: {
      readonly group: string;
      readonly reader: string;
      readonly removed: boolean;
      readonly at: number;
    }): Promise<boolean>;
    /** Makes a member an editor, or an editor a member. False where they are neither. */
    appoint(by: {
      readonly group: string;
      readonly reader: string;
      readonly role: 'member' | 'editor';
    }): Promise<boolean>;
    /** The chair becomes an editor, the other chair: at once. False where `from` is not chair, or `to` no member. */
    handOver(by: { readonly group: string; readonly from: string; readonly to: string }): Promise<boolean>;
    /** Keeps the hash of the secret in a member's calendar address; an older one is good no more. */
    setAgendaSecret(by: { readonly group: string; readonly reader: string; readonly hash: string }): Promise<void>;
    /** The member whose secret has that hash. */
    memberBySecret(group: string, hash: string): Promise<string | null>;
    readonly invitations: {
      put(invitation: GroupInvitation): Promise<void>;
      /** Null where it is spent, past its time, revoked, or its group closed. */
      get(hash: string, now: number): Promise<GroupInvitation | null>;
      /** Those that are good, newest first. */
      of(group: string, now: number): Promise<readonly GroupInvitation[]>;
      revoke(group: string, hash: string): Promise<void>;
    };
    /** Appends to the log when it changes the member's standing. Votes count while their reader is a member. */
    vote(by: {
      readonly group: string;
      readonly paperId: PaperId;
      readonly reader: string;
      readonly wish: boolean;
      readonly at: number;
    }): Promise<{ readonly votes: number; readonly voted: boolean }>;
    /** Of papers that were voted for since then; of all `ids` where they are given. */
    tallies(of: {
      readonly group: string;
      readonly reader: string;
      readonly since?: number;
      readonly ids?: readonly PaperId[];
    }): Promise<readonly GroupTally[]>;
    /** What each group that a reader is a member of has of a paper, by the group’s name; without votes, for which see `tallies`. */
    onPaper(reader: string, paperId: PaperId): Promise<readonly Omit<PaperInGroup, 'votes'>[]>;
    /** Puts a paper on top, or takes it down. */
    pin(by: {
      readonly group: string;
      readonly paperId: PaperId;
      readonly by: string;
      readonly wish: boolean;
      readonly at: number;
    }): Promise<void>;
    /** Last pinned first. */
    pins(group: string): Promise<readonly Pin[]>;
    /** All a reader has in groups, to take along: votes newest first, proposals, memberships. */
    votesOf(
      reader: string,
    ): Promise<readonly { readonly group: string; readonly paperId: PaperId; readonly at: number }[]>;
    proposalsOf(
      reader: string,
    ): Promise<
      readonly { readonly group: string; readonly paperId: PaperId; readonly why: string; readonly at: number }[]
    >;
    /** A reader leaves all groups: the longest-standing editor or member follows a chair; votes and invitations go. */
    forget(reader: string, at: number): Promise<void>;
  };
  readonly journalClub: {
    /** Proposes a paper; one that is proposed already stays as it is, one that was dropped is proposed anew. */
    propose(by: {
      readonly group: string;
      readonly paperId: PaperId;
      readonly reader: string;
      readonly why: string;
      readonly at: number;
    }): Promise<void>;
    /** False where it is not proposed. */
    drop(by: { readonly group: string; readonly paperId: PaperId; readonly at: number }): Promise<boolean>;
    /** Null where it is not proposed. */
    vote(by: {
      readonly group: string;
      readonly paperId: PaperId;
      readonly reader: string;
      readonly wish: boolean;
      readonly at: number;
    }): Promise<{ readonly votes: number; readonly voted: boolean } | null>;
    /** Those with most votes first, then the oldest. */
    proposals(group: string, reader: string): Promise<readonly Proposal[]>;
    /** Calls a meeting; one that is there already, by its id, stays as it is. */
    call(
      meeting: MeetingPlan & Pick<Meeting, 'id' | 'group' | 'createdBy'> & { readonly at: number },
    ): Promise<Meeting>;
    get(id: string): Promise<Meeting | null>;
    /** Raises the sequence where a calendar has to be told; the same once more changes nothing. Null where there is none. */
    change(change: {
      readonly id: string;
      readonly plan: MeetingPlan;
      readonly cancelled: boolean;
      readonly at: number;
    }): Promise<Meeting | null>;
    minute(by: { readonly id: string; readonly minutes: string; readonly at: number }): Promise<void>;
    /** The first to begin first. */
    meetings(group: string): Promise<readonly Meeting[]>;
  };
}
