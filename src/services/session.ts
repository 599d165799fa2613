import type { Clock } from '../kernel/clock.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import type { Account, Session } from '../model/account.ts';
import type { Store } from '../store/store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A session ends when it was not used that long … */
export const IDLE_MS = 30 * DAY_MS;
/** … or however much it is used. */
export const ABSOLUTE_MS = 90 * DAY_MS;
/** For what changes how one signs in, one must have signed in lately. */
export const FRESH_MS = HOUR_MS;
/** How finely it is kept when a session was last seen: each note of it is a write. */
const SEEN_EVERY_MS = HOUR_MS;
const AGENT_CAP = 200;

interface Deps {
  readonly store: Pick<Store, 'sessions'>;
  readonly clock: Clock;
}

/** Signs a browser in under a new token, which is returned and kept nowhere; the session it had before ends. */
export const openSession = async (
  { store, clock }: Deps,
  {
    accountId,
    way,
    agent,
    before,
  }: Pick<Session, 'accountId' | 'way' | 'agent'> & { readonly before: Pick<Session, 'hash' | 'accountId'> | null },
): Promise<string> => {
  const token = newSecret();
  const now = clock.now();
  const hash = hashSecret(token);
  await store.sessions.open({
    hash,
    accountId,
    way,
    agent: agent.slice(0, AGENT_CAP),
    createdAt: now,
    seenAt: now,
    expiresAt: now + ABSOLUTE_MS,
  });
  if (before !== null)
    await store.sessions.close(before.accountId, before.hash, before.accountId === accountId ? hash : '');
  return token;
};

/** Who is signed in by a token; null for a token of nothing, a session that ended, an account that is closed. */
export const readSession = async (
  { store, clock }: Deps,
  token: string,
): Promise<{ readonly session: Session; readonly account: Account } | null> => {
  const now = clock.now();
  const found = await store.sessions.find(hashSecret(token), { now, idleSince: now - IDLE_MS });
  if (found === null || !isOpen(found.account)) return null;
  if (now - found.session.seenAt >= SEEN_EVERY_MS) await store.sessions.seen(found.session.hash, now);
  return found;
};

/** Whether an account can be used. One that asked to be deleted still can, to take that back. */
export const isOpen = ({ disabledAt, leftAt }: Account): boolean => disabledAt === null && leftAt === null;

export const isFresh = ({ createdAt }: Session, now: number): boolean => now - createdAt < FRESH_MS;

/** Changes what an account may do, and ends its sessions: whoever holds one signs in again. False where there is none. */
export const changeRole = async (
  { store }: { readonly store: Pick<Store, 'accounts' | 'sessions'> },
  { id, role }: Pick<Account, 'id' | 'role'>,
): Promise<boolean> => {
  if (!(await store.accounts.change(id, { role }))) return false;
  await store.sessions.closeAll(id);
  return true;
};

/** Closes an account to its reader, or opens it again. False where there is none. */
export const disableAccount = async (
  { store, clock }: { readonly store: Pick<Store, 'accounts' | 'sessions'>; readonly clock: Clock },
  { id, why }: { readonly id: string; readonly why: string | null },
): Promise<boolean> => {
  const disabledAt = why === null ? null : clock.now();
  if (!(await store.accounts.change(id, { disabledAt, disabledWhy: why }))) return false;
  if (why !== null) await store.sessions.closeAll(id);
  return true;
};
