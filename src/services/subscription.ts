import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newName, newSecret } from '../kernel/secret.ts';
import { foldEmail } from '../model/account.ts';
import type { DigestWishes, Subscription, SubscriptionState } from '../model/digest.ts';
import { nextDue } from '../model/digest-times.ts';
import { wishesOf } from '../model/digest-wishes.ts';
import type { Store } from '../store/store.ts';
import { tokenOf } from './digest-links.ts';

/** How long the link that confirms is good for. */
export const CONFIRM_MS = 7 * 86_400_000;

const FLOW = 'subscribe';
const WINDOW_MS = 15 * 60_000;
const PER_ADDRESS = 3;
const PER_NETWORK = 20;
const ID_LENGTH = 16;

interface Deps {
  readonly store: Pick<Store, 'subscriptions' | 'suppressions' | 'flows' | 'rates'>;
  readonly clock: Clock;
}
type ChangeDeps = Pick<Deps, 'clock'> & { readonly store: Pick<Store, 'subscriptions'> };

/** The letter to send when somebody asked for a digest. */
export interface SubscribeMail {
  readonly to: string;
  /** Of the link that confirms, spent by `confirmSubscription`; null where the address has a digest already. */
  readonly confirm: string | null;
  /** Token of the page of preferences, where it has one already. */
  readonly manage: string | null;
}

/**
 * Somebody wants a digest at an address. Whether it has one, is banned or is new changes neither the answer nor the work:
 * what there is to say is said by mail. Null where no letter is to go there. `reader`: the owner of an instance without accounts.
 */
export const askForSubscription = async (
  { store, clock }: Deps,
  {
    address,
    network,
    wishes,
    reader = null,
  }: {
    readonly address: string;
    /** As counted by the limits: see `networkOf`. */
    readonly network: string;
    readonly wishes: DigestWishes;
    readonly reader?: string | null;
  },
): Promise<Result<SubscribeMail | null, 'too-many' | 'bad-input'>> => {
  const checked = wishesOf(wishes, { reader: reader !== null });
  if (!checked.ok) return checked;
  const now = clock.now();
  const at = { now, windowMs: WINDOW_MS };
  const to = address.trim();
  const [ofNetwork, ofAddress] = [
    await store.rates.hit(`digest network ${network}`, at),
    await store.rates.hit(`digest address ${hash('sha256', foldEmail(to)).slice(0, 32)}`, at),
  ];
  if (ofNetwork > PER_NETWORK)
    return fail('too-many', 'Too many addresses were subscribed from here. Try again in a quarter of an hour.');
  const [there, suppressed] = [await store.subscriptions.byAddress(to), await store.suppressions.get(to)];
  const token = newSecret();
  await store.flows.put({
    hash: hashSecret(token),
    kind: FLOW,
    body: JSON.stringify({ address: to, reader, wishes: checked.value }),
    expiresAt: now + CONFIRM_MS,
  });
  // Whoever asks may well be the one whose mailbox was full of errors; who called us spam is not written to again.
  if (ofAddress > PER_ADDRESS || (suppressed !== null && suppressed.why !== 'hard')) return ok(null);
  const has = there !== null && (there.state === 'active' || there.state === 'paused');
  return ok({ to, confirm: has ? null : token, manage: has ? tokenOf(there, 'manage') : null });
};

const settle = async (
  { store, clock }: ChangeDeps,
  {
    address,
    reader,
    wishes,
  }: { readonly address: string; readonly reader: string | null; readonly wishes: DigestWishes },
): Promise<Subscription | null> => {
  const now = clock.now();
  const fresh = { ...wishes, state: 'active', confirmedAt: now, nextAt: nextDue(wishes, now).at } as const;
  const there =
    (await store.subscriptions.byAddress(address)) ?? (reader && (await store.subscriptions.byReader(reader)));
  if (there) {
    const change = { ...fresh, address, ...(reader === null ? {} : { reader }) };
    return store.subscriptions.change(there.id, change);
  }
  const made = { id: newName(ID_LENGTH), address, reader, createdAt: now, secret: newSecret(), ...fresh };
  return store.subscriptions.create(made);
};

/** Spends the link of a letter: the digest begins. Of any number of tries one succeeds. */
export const confirmSubscription = async (
  { store, clock }: Deps,
  token: string,
): Promise<Result<Subscription, 'not-found'>> => {
  const gone = () => fail('not-found', 'This link was used already, or is older than a week. Subscribe again.');
  const body = await store.flows.take(hashSecret(token), FLOW, clock.now());
  if (body === null) return gone();
  const wish: { address: string; reader: string | null; wishes: DigestWishes } = JSON.parse(body);
  const suppressed = await store.suppressions.get(wish.address);
  if (suppressed !== null && suppressed.why !== 'hard') return gone();
  const subscription = await settle({ store, clock }, wish);
  if (subscription === null) return gone();
  if (suppressed !== null) await store.suppressions.remove(wish.address);
  return ok(subscription);
};

/** Subscribes an account at the address it has proved. Again, it changes what is wished. */
export const subscribeReader = async (
  { store, clock }: Omit<Deps, 'store'> & { readonly store: Pick<Store, 'subscriptions' | 'suppressions'> },
  { reader, address, wishes }: { readonly reader: string; readonly address: string; readonly wishes: DigestWishes },
): Promise<Result<Subscription, 'bad-input' | 'forbidden'>> => {
  const checked = wishesOf(wishes, { reader: true });
  if (!checked.ok) return checked;
  const suppressed = await store.suppressions.get(address);
  if (suppressed !== null)
    return fail('forbidden', `Mail to ${address} comes back, or was called spam: nothing more is sent there.`);
  const subscription = await settle({ store, clock }, { address: address.trim(), reader, wishes: checked.value });
  return subscription === null ? fail('bad-input', 'That address gets a digest of another reader.') : ok(subscription);
};

const NONE = 'There is no such subscription.';

/** Changes what a subscriber wishes. */
export const changeSubscription = async (
  { store, clock }: ChangeDeps,
  id: string,
  wishes: DigestWishes,
): Promise<Result<Subscription, 'not-found' | 'bad-input'>> => {
  const there = await store.subscriptions.get(id);
  if (there === null) return fail('not-found', NONE);
  const checked = wishesOf(wishes, { reader: there.reader !== null });
  if (!checked.ok) return checked;
  const nextAt = nextDue(checked.value, clock.now()).at;
  const changed = await store.subscriptions.change(id, { ...checked.value, nextAt });
  return changed === null ? fail('not-found', NONE) : ok(changed);
};

const turn = async (
  { store, clock }: ChangeDeps,
  id: string,
  state: SubscriptionState,
): Promise<Result<Subscription, 'not-found'>> => {
  const there = await store.subscriptions.get(id);
  if (there === null) return fail('not-found', NONE);
  if (there.state === state) return ok(there);
  const changed = await store.subscriptions.change(id, { state, nextAt: nextDue(there, clock.now()).at });
  return changed === null ? fail('not-found', NONE) : ok(changed);
};

/** No digests until `resumeSubscription`. */
export const pauseSubscription = (deps: ChangeDeps, id: string) => turn(deps, id, 'paused');

/** Digests again, from the next one on. Also of one that was unsubscribed, for who holds its link is its owner. */
export const resumeSubscription = (deps: ChangeDeps, id: string) => turn(deps, id, 'active');

/** Ends a subscription: what is not handed over yet is not sent. Twice is once. */
export const unsubscribe = (deps: ChangeDeps, id: string) => turn(deps, id, 'ended');
