import { randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { newName } from '../kernel/secret.ts';
import { type Account, handleFrom, isHandle, nameOf } from '../model/account.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  readonly store: Pick<Store, 'accounts' | 'invitations'>;
  readonly clock: Clock;
}

/** Whether one without an account may have one: see `BROADSHEET_ACCOUNTS`. */
export type Opening = 'off' | 'open' | 'invited';

const TRIES = 8;
const SUFFIX = 4;

/**
 * Makes an account under a handle made of `name`, with something added where it is taken. Null where the address is
 * another account's.
 */
export const createAccount = async (
  { store, clock }: Pick<Deps, 'clock'> & { readonly store: Pick<Store, 'accounts'> },
  {
    email,
    name,
    handle,
    role = 'reader',
  }: {
    readonly email: string | null;
    readonly name: string;
    readonly handle?: string;
    readonly role?: Account['role'];
  },
): Promise<Account | null> => {
  const base = handle ?? handleFrom(name);
  for (let n = 0; n < TRIES; n++) {
    const wanted = n === 0 && base !== 'reader' ? base : `${base}-${newName(SUFFIX)}`;
    const made = await store.accounts.create({
      id: randomUUID(),
      handle: wanted,
      name: nameOf(name) || wanted,
      email,
      role,
      createdAt: clock.now(),
    });
    if (made !== null) return made;
    if (email !== null && (await store.accounts.byEmail(email)) !== null) return null;
  }
  return null;
};

/** Whether one with this address may have an account made. */
export const mayJoin = async (
  { store }: Pick<Deps, 'store'>,
  opening: Opening,
  email: string | null,
): Promise<boolean> =>
  opening === 'open' || (opening === 'invited' && email !== null && (await store.invitations.get(email)) !== null);

/** The account of an address that was proved to be its reader's; made where there may be one. */
export const accountFor = async (
  deps: Deps,
  { email, name = '', opening }: { readonly email: string; readonly name?: string; readonly opening: Opening },
): Promise<Result<Account, 'forbidden'>> => {
  const known = await deps.store.accounts.byEmail(email);
  if (known !== null) return ok(known);
  if (!(await mayJoin(deps, opening, email)))
    return fail('forbidden', 'Accounts here are by invitation, and this address has none.');
  // Made by another request in between: then it is there now.
  const account = (await createAccount(deps, { email, name })) ?? (await deps.store.accounts.byEmail(email));
  if (account === null) return fail('forbidden', 'The account could not be made. Try again.');
  await deps.store.invitations.remove(email);
  return ok(account);
};

/** Changes how a reader is called. */
export const changeProfile = async (
  { store }: { readonly store: Pick<Store, 'accounts'> },
  { id, name, handle }: { readonly id: string; readonly name: string; readonly handle: string },
): Promise<Result<null, 'bad-input'>> => {
  const wanted = handle.trim().toLowerCase().replace(/^@/, '');
  if (!isHandle(wanted))
    return fail('bad-input', 'A handle is 2 to 30 letters a–z, digits and single hyphens, and some are kept back.');
  const said = nameOf(name);
  if (said === '') return fail('bad-input', 'The name is empty.');
  if (!(await store.accounts.change(id, { name: said, handle: wanted })))
    return fail('bad-input', `The handle ${wanted} is taken.`);
  return ok(null);
};

/** Invites an address; twice is once. */
export const invite = async (
  { store, clock }: Deps,
  { email, by }: { readonly email: string; readonly by: string },
): Promise<void> => store.invitations.put({ email: email.trim(), by, at: clock.now() });
