import { ROLES, type Role } from './reader.ts';

/** What can be done: to a letter the first three, to a reader the others. `undo` takes back what an earlier entry did. */
export const ACTIONS = ['hide', 'remove', 'restore', 'ban', 'unban', 'role', 'undo'] as const;
export type Action = (typeof ACTIONS)[number];
export type TargetKind = 'letter' | 'reader';
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
  /** Id of a letter or a reader. */
  readonly target: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** State of a letter, role of a reader, or `open` and `banned`, as it was and as it became. */
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

const isAbove = (a: AccountRole, b: AccountRole): boolean => ROLES.indexOf(a) > ROLES.indexOf(b);

/**
 * Whether somebody may do that to somebody, or to a letter of theirs. Moderators act on readers and trusted readers; the
 * operator on everyone; roles are the operator's; nobody bans, reinstates or promotes themselves.
 */
export const mayModerate = (actor: Someone, action: Exclude<Action, 'undo'>, target: Someone): boolean => {
  if (actor.role !== 'moderator' && actor.role !== 'operator') return false;
  const ofReader = action === 'ban' || action === 'unban' || action === 'role';
  if (ofReader && actor.id === target.id) return false;
  if (action === 'role') return actor.role === 'operator';
  return actor.role === 'operator' || isAbove(actor.role, target.role);
};

/** Whether somebody may take back an entry: what they may do to its target, and nobody what one above them has done. */
export const mayUndo = (actor: Someone, entry: ModerationEntry, target: Someone): boolean =>
  entry.action !== 'undo' &&
  entry.undoneBy === null &&
  !isAbove(entry.actorRole, actor.role) &&
  mayModerate(actor, entry.action, target);

/** From which state to which an action brings its target; null where it does not apply to one in that state. A role is any other. */
export const outcomeOf = (action: Exclude<Action, 'undo' | 'role'>, state: string): string | null => {
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
  }
};
