import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { foldSpace } from '../kernel/text.ts';
import {
  type AccountRole,
  type Action,
  type ModerationEntry,
  mayModerate,
  mayUndo,
  outcomeOf,
  type TargetKind,
  WHY_CAP,
} from '../model/moderation.ts';
import type { LogLine, Matter, ModerationQueue } from '../model/moderation-page.ts';
import { OWNER, type Reader } from '../model/reader.ts';
import { judgeLetter, type SpamVerdict, SUSPICIOUS } from '../model/spam.ts';
import type { Store } from '../store/store.ts';
import { peopleOf } from './people.ts';

interface Deps {
  readonly store: Pick<Store, 'moderation' | 'accounts' | 'letters'>;
  readonly clock: Clock;
}

type Refusal = 'bad-input' | 'not-found' | 'forbidden';

/** Reports looked at for the queue, and letters and the time they go back for what nobody reported. */
const REPORTS = 500;
const LETTERS = 200;
const LOOK_BACK_MS = 3 * 86_400_000;
const LOG_PAGE = 50;

/** A target as it stands: whose it is, and in which state. */
interface Standing {
  readonly owner: { readonly id: string; readonly role: AccountRole };
  readonly state: string;
  readonly role: AccountRole;
}

const roleOf = async ({ store }: Deps, id: string): Promise<AccountRole> =>
  id === OWNER ? 'operator' : ((await store.accounts.get(id))?.role ?? 'reader');

const standingOf = async (deps: Deps, kind: TargetKind, target: string): Promise<Standing | null> => {
  if (kind === 'letter') {
    const letter = await deps.store.letters.get(target);
    if (letter === null) return null;
    const role = await roleOf(deps, letter.author.id);
    return { owner: { id: letter.author.id, role }, state: letter.state, role };
  }
  const account = await deps.store.accounts.get(target);
  if (account === null || account.leftAt !== null) return null;
  const { id, role, disabledAt } = account;
  return { owner: { id, role }, state: disabledAt === null ? 'open' : 'banned', role };
};

export interface Deed {
  readonly actor: Reader;
  readonly kind: TargetKind;
  readonly target: string;
  readonly action: Exclude<Action, 'undo'>;
  readonly reason: string;
  /** For the action `role`. */
  readonly role?: AccountRole;
}

const NOT_YOURS = 'That is not yours to do: moderators act on readers, the operator on everyone else.';

/** Does something to a letter or a reader, with a reason that everyone can read. Done twice it is done once. */
export const moderate = async (
  deps: Deps,
  { actor, kind, target, action, reason: said, role }: Deed,
): Promise<Result<ModerationEntry | null, Refusal>> => {
  if ((kind === 'letter') !== (action === 'hide' || action === 'remove' || action === 'restore'))
    return fail('bad-input', 'That cannot be done to it.');
  const reason = foldSpace(said.toWellFormed()).slice(0, WHY_CAP);
  if (reason === '') return fail('bad-input', 'Say in a few words why. The reason stands in the public log.');
  const standing = await standingOf(deps, kind, target);
  if (standing === null) return fail('not-found', 'There is no such letter or reader.');
  if (!mayModerate(actor, action, standing.owner)) return fail('forbidden', NOT_YOURS);
  const before = action === 'role' ? standing.role : standing.state;
  const after = action === 'role' ? (role ?? standing.role) : outcomeOf(action, standing.state);
  if (after === null || after === before) return ok(null);
  const at = deps.clock.now();
  const wish = {
    actor: actor.id,
    actorRole: actor.role,
    action,
    kind,
    target,
    reason,
    at,
    before,
    after,
    undoes: null,
  };
  const entry = await deps.store.moderation.act(wish);
  if (entry !== null && kind === 'letter') await deps.store.moderation.settle({ kind, target, by: actor.id, at });
  return ok(entry);
};

/** Gives a reader another role, for a reason that stands in the log; the operator's to do. Whoever holds a session signs in again. */
export const setRole = (
  deps: Deps,
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
  deps: Deps,
  { actor, id }: { readonly actor: Reader; readonly id: number },
): Promise<Result<ModerationEntry | null, Refusal>> => {
  const entry = await deps.store.moderation.get(id);
  if (entry === null) return fail('not-found', 'There is no such entry in the log.');
  if (entry.undoneBy !== null) return ok(null);
  const standing = await standingOf(deps, entry.kind, entry.target);
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

const suspects = async ({ store, clock }: Deps): Promise<ReadonlyMap<string, SpamVerdict>> => {
  const now = clock.now();
  const recent = await store.moderation.recentLetters(now - LOOK_BACK_MS, LETTERS);
  const born = new Map<string, number>();
  for (const author of new Set(recent.map((letter) => letter.author)))
    born.set(author, author === OWNER ? 0 : ((await store.accounts.get(author))?.createdAt ?? 0));
  const judged = recent.map(({ id, author, body }) => {
    const others = recent.filter((other) => other.id !== id).map((other) => other.body);
    return [id, judgeLetter({ body, accountAge: now - (born.get(author) ?? 0), others })] as const;
  });
  return new Map(judged.filter(([, { score }]) => score >= SUSPICIOUS));
};

/** What waits for a moderator: reported letters, letters that look like spam, rings of votes. */
export const readModerationQueue = async (deps: Deps, reader: Reader): Promise<ModerationQueue> => {
  const { store } = deps;
  const [reports, verdicts, rings] = await Promise.all([
    store.letters.reports(REPORTS),
    suspects(deps),
    store.moderation.rings(),
  ]);
  const byLetter = Map.groupBy(reports, ({ letterId }) => letterId);
  const ids = [...new Set([...byLetter.keys(), ...verdicts.keys()])];
  const [settled, people] = await Promise.all([
    store.moderation.settled('letter', ids),
    peopleOf(store, [...reports.map((report) => report.reader), ...rings.flatMap(({ readers }) => readers)]),
  ]);
  const matters: Matter[] = [];
  for (const id of ids) {
    const since = settled.get(id) ?? Number.NEGATIVE_INFINITY;
    const open = (byLetter.get(id) ?? []).filter(({ at }) => at > since);
    const verdict = settled.has(id) ? null : (verdicts.get(id) ?? null);
    const letter = open.length === 0 && verdict === null ? null : await store.letters.get(id);
    if (letter === null) continue;
    const author = { id: letter.author.id, role: await roleOf(deps, letter.author.id) };
    matters.push({
      letter,
      reports: open.map((report) => ({ by: people.get(report.reader) ?? null, reason: report.reason, at: report.at })),
      verdict,
      mayAct: mayModerate(reader, 'hide', author),
    });
  }
  return {
    matters: matters.sort((a, b) => b.reports.length - a.reports.length),
    rings: rings.map(({ id, at, readers }) => ({
      id,
      at,
      people: readers.flatMap((one) => {
        const person = people.get(one);
        return person === undefined ? [] : [{ ...person, id: one }];
      }),
    })),
  };
};

/** Puts the reports on a letter aside: it stays as it is. */
export const settleReports = async (
  deps: Deps,
  { by, letter }: { readonly by: Reader; readonly letter: string },
): Promise<void> => {
  await deps.store.moderation.settle({ kind: 'letter', target: letter, by: by.id, at: deps.clock.now() });
};

/** The log, latest first; `before` an entry. Nothing of it is private: names and reasons are public, words of letters are not in it. */
export const readModerationLog = async (
  deps: Deps,
  { reader, before }: { readonly reader: Reader | null; readonly before?: number },
): Promise<{ readonly lines: readonly LogLine[]; readonly more: number | null }> => {
  const found = await deps.store.moderation.log({ limit: LOG_PAGE + 1, ...(before === undefined ? {} : { before }) });
  const entries = found.slice(0, LOG_PAGE);
  const standings = await Promise.all(entries.map((entry) => standingOf(deps, entry.kind, entry.target)));
  const people = await peopleOf(deps.store, [
    ...entries.map(({ actor }) => actor),
    ...standings.flatMap((standing) => (standing === null ? [] : [standing.owner.id])),
  ]);
  const lines = entries.map((entry, n) => {
    const standing = standings[n] ?? null;
    return {
      entry,
      by: people.get(entry.actor) ?? null,
      to: standing === null ? null : (people.get(standing.owner.id) ?? null),
      mayUndo: reader !== null && standing !== null && mayUndo(reader, entry, standing.owner),
    };
  });
  return { lines, more: found.length > LOG_PAGE ? (entries.at(-1)?.id ?? null) : null };
};
