import type { Day } from '../kernel/day.ts';
import type { Group, GroupInvitation, GroupRole, Member, Standing, Visibility } from './group.ts';
import type { LettersPage } from './letter-page.ts';
import type { Meeting, Proposal } from './meeting.ts';
import type { Matter } from './moderation-page.ts';
import type { PaperCard } from './paper.ts';

/** Values of the pages of groups. */

export interface GroupsPage {
  readonly mine: readonly (Group & { readonly members: number; readonly role: GroupRole })[];
  /** Public ones that are not the reader's. */
  readonly others: readonly (Group & { readonly members: number })[];
}

/** What every page of a group shares. */
export interface InGroup {
  readonly group: Group;
  readonly standing: Standing;
}

/** A paper with the group's votes in place of the instance's. */
export interface GroupStory {
  readonly card: PaperCard;
  readonly pinned: boolean;
}

export interface MeetingShown {
  readonly meeting: Meeting;
  /** Null where it is about no paper, or that is no longer here. */
  readonly card: PaperCard | null;
}

export interface GroupFront extends InGroup {
  readonly members: number;
  readonly next: MeetingShown | null;
  readonly stories: readonly GroupStory[];
  /** Of the instance's latest edition, what the group has not taken up: for members to vote on. */
  readonly offered: readonly PaperCard[];
  readonly edition: Day | null;
}

export interface GroupMembers extends InGroup {
  readonly reader: string;
  readonly members: readonly Member[];
  /** Empty for those who do not invite. */
  readonly invitations: readonly GroupInvitation[];
}

export interface GroupAgenda extends InGroup {
  readonly coming: readonly MeetingShown[];
  readonly past: readonly MeetingShown[];
}

export interface OneMeeting extends InGroup, MeetingShown {}

export interface GroupProposals extends InGroup {
  readonly open: readonly (Proposal & { readonly card: PaperCard })[];
  /** Proposals that have a meeting. */
  readonly planned: readonly (Proposal & { readonly card: PaperCard; readonly meeting: Meeting })[];
}

export interface GroupPaper extends InGroup {
  readonly card: PaperCard;
  readonly pinned: boolean;
  readonly proposed: boolean;
  /** Null for those who may not read them. */
  readonly letters: LettersPage | null;
}

/** What a group has of a paper, for its members. */
export interface PaperInGroup {
  readonly handle: string;
  readonly name: string;
  readonly proposed: boolean;
  /** Meetings about it that are not cancelled, past ones too. */
  readonly meetings: number;
  /** Open letters. */
  readonly letters: number;
  readonly votes: number;
}

/** What a form for a group says. */
export interface GroupForm {
  readonly key: string;
  readonly name: string;
  readonly about: string;
  readonly visibility: Visibility;
  readonly windowDays: number;
  readonly problem: string | null;
}

/** Reported letters of a group, for its editors. */
export interface GroupReports extends InGroup {
  readonly matters: readonly Pick<Matter, 'letter' | 'reports'>[];
}
