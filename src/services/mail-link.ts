import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import { type Account, foldEmail, type MailLink } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { accountFor, mayJoin, type Opening } from './account.ts';
import { isOpen } from './session.ts';

/** How long a link in a letter is good for. */
export const LINK_MS = 10 * 60_000;

const WINDOW_MS = 15 * 60_000;
const PER_ADDRESS = 5;
const PER_NETWORK = 20;

interface Deps {
  readonly store: Pick<Store, 'accounts' | 'invitations' | 'mailLinks' | 'rates'>;
  readonly clock: Clock;
}

/** What is to be sent: a link, or, where there can be no account, word of that. */
export interface LinkToSend {
  readonly to: string;
  readonly token: string;
  /** Whether the link leads in. */
  readonly leadsIn: boolean;
  /** Where a moderator has closed the account of that address: in words, with the reason. */
  readonly closed: string | null;
}

/** What one is told whose account a moderator has closed; null where it is open or gone. The reason stands in the public log. */
export const closed = (account: Account | null): string | null => {
  if (account === null || account.disabledAt === null) return null;
  const why = account.disabledWhy ? ` Reason: ${account.disabledWhy}` : '';
  return `A moderator has closed this account.${why} Write to those who run this site if you think that is a mistake.`;
};

/**
 * Makes a link for an address. Whether the address is known, may join, or is closed changes neither the answer nor the
 * work: a letter goes out in every case. Null where this address had enough letters for now, which is not said either.
 */
export const askForLink = async (
  deps: Deps,
  {
    email,
    network,
    onward,
    opening,
  }: {
    readonly email: string;
    /** As counted by the limits: see `networkOf`. */
    readonly network: string;
    readonly onward: string;
    readonly opening: Opening;
  },
): Promise<Result<LinkToSend | null, 'too-many'>> => {
  const { store, clock } = deps;
  const now = clock.now();
  const at = { now, windowMs: WINDOW_MS };
  // The address itself is not kept in the table of tries.
  const address = hash('sha256', foldEmail(email)).slice(0, 32);
  const [ofNetwork, ofAddress] = [
    await store.rates.hit(`link network ${network}`, at),
    await store.rates.hit(`link address ${address}`, at),
  ];
  if (ofNetwork > PER_NETWORK)
    return fail('too-many', 'Too many links were asked for from here. Try again in a quarter of an hour.');
  const [account, joins] = [await store.accounts.byEmail(email), await mayJoin(deps, opening, email)];
  const token = newSecret();
  await store.mailLinks.put({
    hash: hashSecret(token),
    purpose: 'sign-in',
    email: email.trim(),
    accountId: null,
    onward,
    createdAt: now,
    expiresAt: now + LINK_MS,
  });
  if (ofAddress > PER_ADDRESS) return ok(null);
  return ok({ to: email.trim(), token, leadsIn: account === null ? joins : isOpen(account), closed: closed(account) });
};

const GONE = 'This link was used already, or is older than ten minutes. Ask for another.';

/** What a link stands for, without spending it. */
export const readLink = async (
  { store, clock }: Pick<Deps, 'clock'> & { readonly store: Pick<Store, 'mailLinks'> },
  token: string,
): Promise<Result<MailLink, 'not-found'>> => {
  const link = await store.mailLinks.get(hashSecret(token), clock.now());
  return link === null ? fail('not-found', GONE) : ok(link);
};

/** Spends a link that signs in: its account, made where there was none. Of any number of tries one succeeds. */
export const signInByLink = async (
  deps: Deps,
  { token, opening }: { readonly token: string; readonly opening: Opening },
): Promise<Result<{ readonly account: Account; readonly onward: string }, 'not-found' | 'forbidden'>> => {
  const hashed = hashSecret(token);
  const link = await deps.store.mailLinks.get(hashed, deps.clock.now());
  if (link?.purpose !== 'sign-in') return fail('not-found', GONE);
  if ((await deps.store.mailLinks.spend(hashed, deps.clock.now())) === null) return fail('not-found', GONE);
  const account = await accountFor(deps, { email: link.email, opening });
  if (!account.ok) return account;
  if (!isOpen(account.value)) return fail('forbidden', closed(account.value) ?? 'This account is closed.');
  return ok({ account: account.value, onward: link.onward });
};

/** Makes a link that proves a new address of an account. */
export const askForAddress = async (
  { store, clock }: Deps,
  { accountId, email, onward }: { readonly accountId: string; readonly email: string; readonly onward: string },
): Promise<Result<LinkToSend, 'too-many'>> => {
  const now = clock.now();
  if ((await store.rates.hit(`address ${accountId}`, { now, windowMs: WINDOW_MS })) > PER_ADDRESS)
    return fail('too-many', 'Too many addresses were tried. Try again in a quarter of an hour.');
  const token = newSecret();
  await store.mailLinks.put({
    hash: hashSecret(token),
    purpose: 'new-address',
    email: email.trim(),
    accountId,
    onward,
    createdAt: now,
    expiresAt: now + LINK_MS,
  });
  return ok({ to: email.trim(), token, leadsIn: true, closed: null });
};

/** Spends a link that proves a new address; only the reader who asked for it may. */
export const changeAddress = async (
  { store, clock }: Pick<Deps, 'clock'> & { readonly store: Pick<Store, 'mailLinks' | 'accounts'> },
  { token, accountId }: { readonly token: string; readonly accountId: string },
): Promise<Result<string, 'not-found' | 'bad-input'>> => {
  const hashed = hashSecret(token);
  const link = await store.mailLinks.get(hashed, clock.now());
  if (link?.purpose !== 'new-address' || link.accountId !== accountId) return fail('not-found', GONE);
  if ((await store.mailLinks.spend(hashed, clock.now())) === null) return fail('not-found', GONE);
  if (!(await store.accounts.change(accountId, { email: link.email })))
    return fail('bad-input', 'That address belongs to another account.');
  return ok(link.email);
};
