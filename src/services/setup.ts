import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import { type Account, isHandle } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { createAccount } from './account.ts';

interface Deps {
  readonly store: Pick<Store, 'accounts' | 'flows'>;
  readonly clock: Clock;
}

const KIND = 'setup';
const GOOD_FOR_MS = 24 * 3_600_000;

/** Whether the instance still has no operator. */
export const needsOperator = async ({ store }: { readonly store: Pick<Store, 'accounts'> }): Promise<boolean> =>
  (await store.accounts.operators()) === 0;

/**
 * A token that makes whoever holds it the operator, once and within a day: shown only on the terminal, so that the first
 * visitor cannot take the instance over. Null where there is an operator.
 */
export const newSetupToken = async ({ store, clock }: Deps): Promise<string | null> => {
  if (!(await needsOperator({ store }))) return null;
  const token = newSecret();
  await store.flows.put({ hash: hashSecret(token), kind: KIND, body: '', expiresAt: clock.now() + GOOD_FOR_MS });
  return token;
};

export const SET_UP = 'This instance has its operator. Sign in instead.';
const NO_TOKEN = 'The setup address is not right, or older than a day. Start Broadsheet again: it prints a new one.';

/** Spends the token: makes the operator's account, or makes `signedIn` the operator. */
export const setUp = async (
  deps: Deps,
  {
    token,
    signedIn,
    name,
    handle,
    email,
  }: {
    readonly token: string;
    readonly signedIn: string | null;
    readonly name: string;
    readonly handle: string;
    readonly email: string | null;
  },
): Promise<Result<Account, 'forbidden' | 'bad-input'>> => {
  const { store, clock } = deps;
  if (!(await needsOperator(deps))) return fail('forbidden', SET_UP);
  if (signedIn === null) {
    if (!isHandle(handle)) return fail('bad-input', 'A handle is 2 to 30 letters a–z, digits and single hyphens.');
    if ((await store.accounts.byHandle(handle)) !== null) return fail('bad-input', `The handle ${handle} is taken.`);
    if (email !== null && (await store.accounts.byEmail(email)) !== null)
      return fail('bad-input', 'That address has an account. Sign in with it, then open the setup address again.');
  }
  if ((await store.flows.take(hashSecret(token), KIND, clock.now())) === null) return fail('forbidden', NO_TOKEN);
  if (signedIn !== null) {
    await store.accounts.change(signedIn, { role: 'operator' });
    const account = await store.accounts.get(signedIn);
    return account === null ? fail('forbidden', NO_TOKEN) : ok(account);
  }
  const made = await createAccount(deps, { email, name, handle, role: 'operator' });
  return made === null ? fail('bad-input', 'That address has an account already.') : ok(made);
};
