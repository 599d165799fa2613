import { type Day, dayOf } from '../kernel/day.ts';
import { foldSpace, slug } from '../kernel/text.ts';
import { nameOf } from './account.ts';
import type { PaperId } from './paper.ts';
import { talkScore } from './ranking.ts';

/** Roles inside a group, each with all that those before it may do. */
export const GROUP_ROLES = ['member', 'editor', 'chair'] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

/** Where one who asks stands to a group. */
export type Standing = GroupRole | 'outsider';

export const VISIBILITIES = ['public', 'private'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** Spans of votes that a group's front page can be made of. Days. */
export const WINDOWS = [7, 14, 30, 90, 365] as const;

/** A circle of readers with a front page of its own. */
export interface Group {
  /** Stays for good: letters and addresses name the group by it. */
  readonly handle: string;
  /** Its masthead. */
  readonly name: string;
  /** Plain text. */
  readonly about: string;
  /** `private`: to outsiders there is no such group. */
  readonly visibility: Visibility;
  /** Its front page counts the votes of so many days. */
  readonly windowDays: number;
  /** Reader id. */
  readonly createdBy: string;
  /** Milliseconds since 1970, all times. */
  readonly createdAt: number;
}

export interface Member {
  readonly reader: string;
  readonly handle: string;
  readonly name: string;
  readonly role: GroupRole;
  readonly joinedAt: number;
}

/** A way into a group. Of its token only the SHA-256 is kept. */
export interface GroupInvitation {
  readonly hash: string;
  readonly group: string;
  /** Whom it was sent to; null for a link to be handed on. */
  readonly email: string | null;
  /** How many may come in by it; null for any number. */
  readonly most: number | null;
  readonly used: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A paper an editor has put on top of the front page. */
export interface Pin {
  readonly paperId: PaperId;
  readonly by: string;
  readonly at: number;
}

/** What the members say of a paper. */
export interface GroupTally {
  readonly paperId: PaperId;
  readonly votes: number;
  /** Those of them that count for its place: in a public group all but those of flagged rings. */
  readonly counted: number;
  readonly voted: boolean;
  /** When the first and the last of those that count was cast; of all where none does. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export const GROUP_CAPS = { name: 60, about: 1_000, why: 1_000, members: 500, groups: 50 } as const;

/** Everything one can do in a group, and the least that takes. What `anyone` may in a public group is an outsider's too. */
export const GROUP_ACTIONS = {
  see: 'anyone',
  join: 'anyone',
  vote: 'member',
  letters: 'member',
  propose: 'member',
  leave: 'member',
  pin: 'editor',
  sift: 'editor',
  schedule: 'editor',
  minutes: 'editor',
  invite: 'editor',
  tend: 'editor',
  edit: 'chair',
  appoint: 'chair',
  remove: 'chair',
  handOver: 'chair',
} as const satisfies Record<string, GroupRole | 'anyone'>;
export type GroupAction = keyof typeof GROUP_ACTIONS;

/** Whether one of that standing may do that in a group. To outsiders of a private group nothing is open but its invitations. */
export const mayInGroup = (visibility: Visibility, standing: Standing, action: GroupAction): boolean => {
  const least = GROUP_ACTIONS[action];
  if (action === 'join') return standing === 'outsider' && visibility === 'public';
  if (standing === 'outsider') return visibility === 'public' && least === 'anyone';
  return least === 'anyone' || GROUP_ROLES.indexOf(standing) >= GROUP_ROLES.indexOf(least);
};

/** Whether a member may leave: a chair hands over first, unless nobody is left to hand over to. */
export const mayLeave = (role: GroupRole, members: number): boolean => role !== 'chair' || members === 1;

export const groupName = (text: string): string => nameOf(text).slice(0, GROUP_CAPS.name).toWellFormed().trim();

/** Lines kept, at most `cap` characters. */
export const linesOf = (text: string, cap: number): string =>
  text.toWellFormed().replaceAll('\0', '').replace(/\r\n?/g, '\n').trim().slice(0, cap).toWellFormed();

/** One line, at most `cap` characters. */
export const lineOf = (text: string, cap: number): string =>
  foldSpace(text.toWellFormed().replaceAll('\0', '')).slice(0, cap).toWellFormed().trim();

const HANDLE_CAP = 40;

/** The start of a handle made of a name; `group` where nothing of it fits. */
export const groupSlug = (name: string): string => {
  const made = slug(name, HANDLE_CAP);
  return made === '' || made === 'new' || made === 'join' ? 'group' : made;
};

/**
 * Papers of a group in the order of its front page: by `talk-1`, the decay of the instance's trending, with the group's
 * votes for votes and the day of its first vote for the paper's, so that a group can take up what is long published.
 */
export const rankInGroup = (tallies: readonly GroupTally[], today: Day): readonly GroupTally[] =>
  tallies
    .map((tally) => ({
      tally,
      score: talkScore({ votes: tally.counted, comments: null, since: dayOf(tally.firstAt) }, today),
    }))
    .sort(
      (a, b) => b.score - a.score || b.tally.lastAt - a.tally.lastAt || (a.tally.paperId < b.tally.paperId ? -1 : 1),
    )
    .map(({ tally }) => tally);
