import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import type { Group, GroupInvitation } from '../model/group.ts';
import type { Reader } from '../model/reader.ts';
import { type Acting, enterAsMember, enterGroup, type GroupDeps } from './group.ts';

export const INVITATION_DAYS = [1, 7, 30] as const;
const DAY_MS = 86_400_000;
const MAILS = 30;
const ADDRESS = /^[^\s@<>,;:"]{1,64}@[^\s@<>,;:"]{1,190}$/;

export interface Invited {
  /** Shown once: only its hash is kept. */
  readonly token: string;
  readonly group: Group;
  /** Whom it is to be sent to; null for a link to be handed on. */
  readonly email: string | null;
}

/** Makes a way into a group: for one address, once; or as a link, for `most` readers, or any number. */
export const inviteToGroup = async (
  deps: GroupDeps,
  {
    email,
    most,
    days,
    ...acting
  }: Acting & { readonly email: string; readonly most: number | null; readonly days: number },
): Promise<Result<Invited, 'not-found' | 'forbidden' | 'bad-input' | 'too-many'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'invite' });
  if (!entered.ok) return entered;
  const to = email.trim();
  if (to !== '' && !ADDRESS.test(to)) return fail('bad-input', 'That is no mail address.');
  const now = deps.clock.now();
  if (to !== '' && (await deps.store.rates.hit(`group mail ${acting.reader.id}`, { now, windowMs: DAY_MS })) > MAILS)
    return fail('too-many', `${MAILS} invitations by mail are sent a day. Hand on a link instead.`);
  const token = newSecret();
  const lasts = INVITATION_DAYS.find((one) => one === days) ?? 7;
  await deps.store.groups.invitations.put({
    hash: hashSecret(token),
    group: acting.handle,
    email: to === '' ? null : to,
    most: to === '' ? most : 1,
    used: 0,
    createdBy: acting.reader.id,
    createdAt: now,
    expiresAt: now + lasts * DAY_MS,
  });
  return ok({ token, group: entered.value.group, email: to === '' ? null : to });
};

export const revokeInvitation = async (
  deps: GroupDeps,
  { hash, ...acting }: Acting & { readonly hash: string },
): Promise<Result<null, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'invite' });
  if (!entered.ok) return entered;
  await deps.store.groups.invitations.revoke(acting.handle, hash);
  return ok(null);
};

const GONE = 'This invitation was used already, was taken back, or is past its time. Ask for another.';

/** What an invitation leads to, without using it. A member is told so, even where it is spent: by themselves, perhaps. */
export const readInvitation = async (
  { store, clock }: GroupDeps,
  token: string,
): Promise<Result<{ readonly group: Group; readonly invitation: GroupInvitation }, 'not-found'>> => {
  const invitation = await store.groups.invitations.get(hashSecret(token), clock.now());
  const group = invitation === null ? null : await store.groups.get(invitation.group);
  return invitation === null || group === null ? fail('not-found', GONE) : ok({ group, invitation });
};

/** Joins by an invitation; for a member nothing changes, and none of its uses is spent. */
export const acceptInvitation = async (
  deps: GroupDeps,
  { token, reader }: { readonly token: string; readonly reader: Reader },
): Promise<Result<Group, 'not-found' | 'forbidden'>> => {
  const found = await readInvitation(deps, token);
  if (!found.ok) return found;
  const { group, invitation } = found.value;
  const joined = await enterAsMember(deps, { handle: group.handle, reader, invitation: invitation.hash });
  return joined.ok ? ok(group) : joined;
};
