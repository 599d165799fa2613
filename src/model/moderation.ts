import { ROLES, type Role } from './reader.ts';

/**
 * What can be done. `settle` puts reports aside, `clear` says that accounts that vote as one are honest; `accept` and
 * `refuse` decide about a submission that waits, `grant`, `refuse` and `reopen` about a claim of authorship; `undo` takes
 * back what an earlier entry did.
 */
export const ACTIONS = [
  'hide',
  'remove',
  'restore',
  'settle',
  'ban',
  'unban',
  'role',
  'clear',
  'accept',
  'grant',
  'refuse',
  'reopen',
  'undo',
] as const;
export type Action = (typeof ACTIONS)[number];

/** To what each can be done: the registry of all that moderators do. */
export const DEEDS = {
  letter: ['hide', 'remove', 'restore', 'settle'],
  paper: ['hide', 'remove', 'restore'],
  submission: ['hide', 'remove', 'restore'],
  reader: ['ban', 'unban', 'role'],
  ring: ['clear'],
  draft: ['accept', 'refuse'],
  claim: ['grant', 'refuse', 'reopen'],
} as const satisfies Record<string, readonly Exclude<Action, 'undo'>[]>;
export type TargetKind = keyof typeof DEEDS;

export const applies = (kind: TargetKind, action: Exclude<Action, 'undo'>): boolean =>
  (DEEDS[kind] as readonly Action[]).includes(action);

/** A paper taken down: `hidden` until somebody has looked, `removed` for good. */
export interface PaperHold {
  readonly state: 'hidden' | 'removed';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string;
}

/** A submission, or a claim, as a target: a paper's id may hold anything, a reader's has no space. */
export const submissionTarget = ({ paperId, reader }: { readonly paperId: string; readonly reader: string }): string =>
  `${reader} ${paperId}`;

export const submissionIn = (target: string): { readonly paperId: string; readonly reader: string } => {
  const space = target.indexOf(' ');
  return { reader: target.slice(0, Math.max(0, space)), paperId: target.slice(space + 1) };
};

/** The state of a reader whose letters were hidden with the ban. */
export const BANNED_WITH_LETTERS = 'banned with letters';
export type AccountRole = Exclude<Role, 'anyone'>;

export const isAction = (text: string): text is Action => (ACTIONS as readonly string[]).includes(text);

/** One line of the log. It is only added to: what was undone has an `undo` entry after it. */
export interface ModerationEntry {
  /** Counts up without gaps. */
  readonly id: number;
  /** Id of a reader. */
  readonly actor: string;
  readonly actorRole: AccountRole;
  readonly action: Action;
  readonly kind: TargetKind;
  /** Id of a letter, a paper, a reader, a ring or a draft of a submission; see `submissionTarget`. */
  readonly target: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** State of the target, or a reader's role, as it was and as it became; of reports, until when (ms) they were put aside. */
  readonly before: string;
  readonly after: string;
  /** The entry that this one takes back, and the one that took this back. */
  readonly undoes: number | null;
  readonly undoneBy: number | null;
}

/** Longest reason. UTF-16 units. */
export const WHY_CAP = 500;

interface Someone {
  readonly id: string;
  readonly role: AccountRole;
}

/** What a moderator does to anybody but themselves, of whatever rank. */
const ABOUT_OTHERS: readonly Action[] = ['settle', 'accept', 'grant', 'refuse', 'reopen'];

const isAbove = (a: AccountRole, b: AccountRole): boolean => ROLES.indexOf(a) > ROLES.indexOf(b);

/**
 * Whether somebody may do that to somebody, or to what is theirs. Moderators act on readers and trusted readers; the
 * operator on everyone; roles are the operator's; nobody bans, reinstates, promotes or clears themselves. Reports are put
 * aside, and submissions that wait and claims decided, by any moderator whom they are not about.
 */
export const mayModerate = (actor: Someone, action: Exclude<Action, 'undo'>, target: Someone): boolean => {
  if (actor.role !== 'moderator' && actor.role !== 'operator') return false;
  const ofReader = action === 'ban' || action === 'unban' || action === 'role' || action === 'clear';
  if (ofReader && actor.id === target.id) return false;
  if (action === 'role') return actor.role === 'operator';
  if (ABOUT_OTHERS.includes(action)) return actor.role === 'operator' || actor.id !== target.id;
  return actor.role === 'operator' || isAbove(actor.role, target.role);
};

/** Whether somebody may take back an entry: what they may do to its target, and nobody what one above them has done. */
export const mayUndo = (actor: Someone, entry: ModerationEntry, target: Someone): boolean =>
  entry.action !== 'undo' &&
  entry.undoneBy === null &&
  !isAbove(entry.actorRole, actor.role) &&
  mayModerate(actor, entry.action, target);

/** From which state to which an action brings its target; null where it does not apply to one in that state. A role is any other; reports are put aside again when one came since. */
export const outcomeOf = (action: Exclude<Action, 'undo' | 'role' | 'settle'>, state: string): string | null => {
  switch (action) {
    case 'hide':
      return state === 'open' ? 'hidden' : null;
    case 'remove':
      return state === 'open' || state === 'hidden' ? 'removed' : null;
    case 'restore':
      return state === 'hidden' || state === 'removed' ? 'open' : null;
    case 'ban':
      return state === 'open' ? 'banned' : null;
    case 'unban':
      return state === 'banned' ? 'open' : null;
    case 'clear':
      return state === 'flagged' ? 'cleared' : null;
    case 'accept':
      return state === 'waiting' || state === 'refused' ? 'done' : null;
    case 'grant':
      return state === 'requested' || state === 'refused' ? 'granted' : null;
    case 'refuse':
      return state === 'waiting' || state === 'requested' || state === 'granted' ? 'refused' : null;
    case 'reopen':
      return state === 'granted' || state === 'refused' ? 'requested' : null;
  }
};
