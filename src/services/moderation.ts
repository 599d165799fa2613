import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { foldSpace } from '../kernel/text.ts';
import {
  type AccountRole,
  type Action,
  applies,
  BANNED_WITH_LETTERS,
  type ModerationEntry,
  mayModerate,
  mayUndo,
  outcomeOf,
  submissionIn,
  type TargetKind,
  WHY_CAP,
} from '../model/moderation.ts';
import { OWNER, type Reader } from '../model/reader.ts';
import type { ModerationWish } from '../store/moderation-contract.ts';
import type { Store } from '../store/store.ts';

export interface ModerationDeps {
  readonly store: Pick<Store, 'moderation' | 'accounts' | 'letters' | 'papers' | 'submissions' | 'claims'>;
  readonly clock: Clock;
}

/** Entries of one target that are looked at for why it was refused. */
const LOOKED_AT = 50;

type Refusal = 'bad-input' | 'not-found' | 'forbidden';

/** A target as it stands: whose it is, and in which state. */
export interface Standing {
  readonly owner: { readonly id: string; readonly role: AccountRole };
  readonly state: string;
  /** The group that alone reads it, where there is one. */
  readonly group: string | null;
}

export const roleOf = async ({ store }: Pick<ModerationDeps, 'store'>, id: string): Promise<AccountRole> =>
  id === OWNER ? 'operator' : ((await store.accounts.get(id))?.role ?? 'reader');

/** Papers and rings are nobody's, so every moderator may act on them. */
const NOBODY = { id: '', role: 'reader' } as const;

type Which = { readonly kind: TargetKind; readonly target: string };

/** `state` is that which `action` changes: one target may have several. Null where there is no such target. */
export const standingOf = async (
  deps: ModerationDeps,
  { kind, target }: Which,
  action: Exclude<Action, 'undo'>,
  actor: Reader | null,
): Promise<Standing | null> => {
  const { store } = deps;
  const owned = async (id: string, state: string): Promise<Standing> => ({
    owner: { id, role: await roleOf(deps, id) },
    state,
    group: null,
  });
  switch (kind) {
    case 'letter': {
      const letter = await store.letters.get(target);
      if (letter === null) return null;
      const state =
        action === 'settle'
          ? String((await store.moderation.settled('letter', [target])).get(target) ?? '')
          : letter.state;
      return { ...(await owned(letter.author.id, state)), group: letter.groupId };
    }
    case 'paper': {
      const hold = await store.papers.hold(target);
      if (hold !== null) return { owner: NOBODY, state: hold.state, group: null };
      const id = (await store.papers.get(target)) === null ? await store.papers.resolve(target) : target;
      return id === null ? null : { owner: NOBODY, state: 'open', group: null };
    }
    case 'submission': {
      const { paperId, reader } = submissionIn(target);
      const at = (await store.papers.resolve(paperId)) ?? paperId;
      const state = await store.submissions.state({ paperId: at, reader });
      return state === null ? null : owned(reader, state);
    }
    case 'draft': {
      const draft = await store.submissions.drafts.get(target);
      return draft === null || draft.state === 'open' ? null : owned(draft.reader, draft.state);
    }
    case 'claim': {
      const { paperId, reader } = submissionIn(target);
      const claim = await store.claims.get((await store.papers.resolve(paperId)) ?? paperId, reader);
      return claim === null ? null : owned(reader, claim.state);
    }
    case 'ring': {
      const ring = await store.moderation.ring(target);
      if (ring === null) return null;
      const own = actor !== null && ring.readers.includes(actor.id);
      return { owner: own ? actor : NOBODY, state: ring.cleared ? 'cleared' : 'flagged', group: null };
    }
    case 'reader': {
      const account = await store.accounts.get(target);
      if (account === null || account.leftAt !== null) return null;
      const { id, role, disabledAt } = account;
      const state = action === 'role' ? role : disabledAt === null ? 'open' : 'banned';
      return { owner: { id, role }, state, group: null };
    }
  }
};

/** Why moderators last refused a submission that waited, or a claim; null where they did not. It stands in the public log. */
export const refusalOf = async (
  { store }: { readonly store: Pick<Store, 'moderation'> },
  kind: 'draft' | 'claim',
  id: string,
): Promise<string | null> => {
  const entries = await store.moderation.log({ limit: LOOKED_AT, target: { kind, id } });
  return entries.find(({ action }) => action === 'refuse')?.reason ?? null;
};

export interface Deed {
  readonly actor: Reader;
  readonly kind: TargetKind;
  readonly target: string;
  readonly action: Exclude<Action, 'undo'>;
  readonly reason: string;
  /** For the action `role`. */
  readonly role?: AccountRole;
  /** For the action `ban`: whether the reader's letters are hidden with it. */
  readonly letters?: boolean;
  /** A group, for its editors acting on its letters: `enterGroup` has said that they may. */
  readonly within?: string;
  /** For the action `accept`: what the submission came to; see `services/submit`. */
  readonly through?: NonNullable<ModerationWish['through']>;
}

const NOT_YOURS = 'That is not yours to do: moderators act on readers, the operator on everyone else.';

/** What is said in the log where nothing need be said. */
const SAID: Partial<Record<Action, string>> = {
  settle: 'It stays as it is.',
  clear: 'These accounts are honest.',
  accept: 'It belongs here.',
  grant: 'What was shown for it is enough.',
  reopen: 'It is to be looked at again.',
};

/** The state a deed leads to; null where it changes nothing. */
const afterOf = async (deps: ModerationDeps, deed: Deed, state: string): Promise<string | null> => {
  if (deed.action === 'role') return deed.role ?? null;
  if (deed.action === 'settle') {
    const reported = await deps.store.moderation.lastReport(deed.target);
    return state !== '' && (reported ?? 0) <= Number(state) ? null : String(deps.clock.now());
  }
  const after = outcomeOf(deed.action, state);
  return deed.action === 'ban' && deed.letters === true && after !== null ? BANNED_WITH_LETTERS : after;
};

/** Does something, with a reason that everyone can read. Done twice it is done once. */
export const moderate = async (deps: ModerationDeps, deed: Deed): Promise<Result<ModerationEntry | null, Refusal>> => {
  const { actor, kind, target, action } = deed;
  if (!applies(kind, action)) return fail('bad-input', 'That cannot be done to it.');
  const reason = foldSpace(deed.reason.toWellFormed()).slice(0, WHY_CAP) || (SAID[action] ?? '');
  if (reason === '') return fail('bad-input', 'Say in a few words why. The reason stands in the public log.');
  const standing = await standingOf(deps, deed, action, actor);
  if (standing === null) return fail('not-found', 'What this is about is not here.');
  if (deed.within !== undefined && deed.within !== standing.group)
    return fail('not-found', 'What this is about is not here.');
  if (deed.within === undefined && !mayModerate(actor, action, standing.owner)) return fail('forbidden', NOT_YOURS);
  const before = standing.state;
  const after = await afterOf(deps, deed, before);
  if (after === null || after === before) return ok(null);
  if (action === 'accept' && deed.through === undefined) return fail('bad-input', 'Say what it came to.');
  const wish = { actor: actor.id, actorRole: actor.role, action, kind, target, reason, before, after, undoes: null };
  const through = deed.through === undefined ? {} : { through: deed.through };
  return ok(await deps.store.moderation.act({ ...wish, ...through, at: deps.clock.now() }));
};

/** Gives a reader another role, for a reason that stands in the log; the operator's to do. Whoever holds a session signs in again. */
export const setRole = (
  deps: ModerationDeps,
  {
    actor,
    reader,
    role,
    reason,
  }: { readonly actor: Reader; readonly reader: string; readonly role: AccountRole; readonly reason: string },
): Promise<Result<ModerationEntry | null, Refusal>> =>
  moderate(deps, { actor, kind: 'reader', target: reader, action: 'role', role, reason });

/** Takes back what an entry of the log did, where nothing has changed since. */
export const undoModeration = async (
  deps: ModerationDeps,
  { actor, id }: { readonly actor: Reader; readonly id: number },
): Promise<Result<ModerationEntry | null, Refusal>> => {
  const entry = await deps.store.moderation.get(id);
  if (entry === null) return fail('not-found', 'There is no such entry in the log.');
  if (entry.undoneBy !== null) return ok(null);
  if (entry.action === 'undo') return fail('bad-input', 'That step took another back; do it again instead.');
  const standing = await standingOf(deps, entry, entry.action, actor);
  if (standing === null) return fail('not-found', 'What this was done to is no longer here.');
  if (!mayUndo(actor, entry, standing.owner)) return fail('forbidden', NOT_YOURS);
  const done = await deps.store.moderation.act({
    actor: actor.id,
    actorRole: actor.role,
    action: 'undo',
    kind: entry.kind,
    target: entry.target,
    reason: entry.reason,
    at: deps.clock.now(),
    before: entry.after,
    after: entry.before,
    undoes: entry.id,
  });
  if (done === null && (await deps.store.moderation.get(id))?.undoneBy === null)
    return fail('bad-input', 'It has been changed again since; undo the later change first.');
  return ok(done);
};
