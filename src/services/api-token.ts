import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import { type Account, type ApiToken, nameOf, type Scope } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { isOpen } from './session.ts';

interface Deps {
  readonly store: Pick<Store, 'apiTokens'>;
  readonly clock: Clock;
}

/** Tells a token of ours from others wherever one is found. */
const PREFIX = 'bs_';
const MOST = 50;
const USED_EVERY_MS = 3_600_000;

/** Makes a token for a reader; it is returned once and kept only as its hash. */
export const createToken = async (
  { store, clock }: Deps,
  { accountId, name, scopes }: { readonly accountId: string; readonly name: string; readonly scopes: readonly Scope[] },
): Promise<Result<string, 'bad-input'>> => {
  if (scopes.length === 0) return fail('bad-input', 'Say what the token may be used for.');
  if ((await store.apiTokens.of(accountId)).length >= MOST)
    return fail('bad-input', `There are ${MOST} tokens already: remove one first.`);
  const token = PREFIX + newSecret();
  await store.apiTokens.add({
    hash: hashSecret(token),
    accountId,
    name: nameOf(name) || 'A token',
    scopes,
    createdAt: clock.now(),
    usedAt: null,
  });
  return ok(token);
};

/** Whose token it is and what it may be used for; null for one that is none, or of a closed account. */
export const readToken = async (
  { store, clock }: Deps,
  token: string,
): Promise<{ readonly token: ApiToken; readonly account: Account } | null> => {
  if (!token.startsWith(PREFIX)) return null;
  const found = await store.apiTokens.find(hashSecret(token));
  if (found === null || !isOpen(found.account)) return null;
  const now = clock.now();
  if (now - (found.token.usedAt ?? 0) >= USED_EVERY_MS) await store.apiTokens.used(found.token.hash, now);
  return found;
};
