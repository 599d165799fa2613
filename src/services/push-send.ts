import type { Clock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import type { Dial, Resolve } from '../kernel/guarded-connect.ts';
import { type Caps, type GuardedRequest, guardedFetch } from '../kernel/guarded-fetch.ts';
import type { Log } from '../kernel/log.ts';
import { waitMs } from '../kernel/retry-after.ts';
import { PUSH_KEPT_MS, type PushDevice, type PushKeys, type PushRow } from '../model/push.ts';
import type { LeasedPush } from '../store/push-contract.ts';
import type { Store } from '../store/store.ts';
import { isEndpoint, pushKeysOf } from './push-device.ts';

/** Longer than a message can take; what a process that died had leased is another's after that. */
const LEASE_MS = 2 * 60_000;
const LEASED_AT_ONCE = 32;
/** Messages a process has under way at once: after a crash so many may come twice, as the same note. */
export const PUSHES_IN_FLIGHT = 8;
/** A push service answers at once or is tried again: it has nothing to say but a status. */
const ANSWER: Partial<Caps> = { bytes: 64 * 1024, totalMs: 20_000, headersMs: 10_000 };
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** Where nobody can be named: RFC 8292 wants a way to the sender, and some push services insist. */
const NOBODY = 'mailto:nobody@broadsheet.invalid';

export interface PushSendDeps {
  readonly store: Pick<Store, 'pushDevices' | 'pushOutbox' | 'pushKeys'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: { readonly fetchAllow: readonly string[]; readonly contact: string; readonly publicUrl: string };
  readonly resolve?: Resolve;
  readonly dial?: Dial;
}

/** Whom a push service turns to when we are a nuisance: what this instance names to sources, or its address. */
export const subjectOf = ({ contact, publicUrl }: Pick<PushSendDeps['config'], 'contact' | 'publicUrl'>): string => {
  if (/^[^\s@:/]+@[^\s@:/]+$/.test(contact)) return `mailto:${contact}`;
  return [contact, publicUrl].find((one) => one.startsWith('https://') && URL.canParse(one)) ?? NOBODY;
};

/**
 * The request that hands a message to a push service (RFC 8030): encrypted for the device (RFC 8291, `aes128gcm`), signed
 * with our keys for that service (RFC 8292), kept there for at most `ttl` seconds, and only the last of a topic.
 */
export const pushRequest = async (
  { device, row }: { readonly device: PushDevice; readonly row: Pick<PushRow, 'note'> },
  { keys, subject, ttl }: { readonly keys: PushKeys; readonly subject: string; readonly ttl: number },
): Promise<GuardedRequest> => {
  // Slow to load, and most instances push nothing.
  const { encrypt, getVapidHeaders } = (await import('web-push')).default;
  const { cipherText } = encrypt(device.p256dh, device.auth, JSON.stringify(row.note), 'aes128gcm');
  const { origin } = new URL(device.endpoint);
  const signed = getVapidHeaders(origin, subject, keys.publicKey, keys.privateKey, 'aes128gcm');
  return {
    url: device.endpoint,
    headers: {
      authorization: signed.Authorization,
      'content-type': 'application/octet-stream',
      'content-encoding': 'aes128gcm',
      ttl: String(ttl),
      urgency: 'normal',
      topic: row.note.tag,
    },
    body: cipherText,
    accepts: [],
  };
};

/** How sending went. `gone`: devices whose push service no longer knows them. */
export interface Pushed {
  readonly sent: number;
  readonly failed: number;
  readonly later: number;
  readonly gone: number;
}

/** What a push service said to a message. */
type Verdict =
  | { readonly kind: 'sent' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: string }
  /** `host`: it takes nothing of us for so long. */
  | { readonly kind: 'later'; readonly error: string; readonly waitMs: number; readonly host: boolean };

const waitAfter = (attempts: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts);

const verdictOf = (
  {
    status,
    url,
    retryAfter,
  }: { readonly status: number; readonly url: string; readonly retryAfter: string | undefined },
  { device, row, now }: LeasedPush & { readonly now: number },
): Verdict => {
  const { host } = new URL(device.endpoint);
  if (url !== new URL(device.endpoint).href) return { kind: 'failed', error: `${host} sent the message elsewhere.` };
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  const error = `${host} answered ${status}.`;
  if (status !== 429 && status < 500) return { kind: 'failed', error };
  const wait = Math.max(waitAfter(row.attempts), waitMs(retryAfter, 1, now));
  return { kind: 'later', error, waitMs: wait, host: status === 429 || status === 503 };
};

/** Sends what is due; knows, as long as it is kept, which push services asked to wait. */
export const pushSender = (deps: PushSendDeps) => {
  const { store, clock, log, config } = deps;
  const waiting = new Map<string, number>();

  const hand = async (leased: LeasedPush, signal: AbortSignal | undefined): Promise<Verdict> => {
    const { device, row } = leased;
    const ttl = Math.max(0, Math.floor((row.madeAt + PUSH_KEPT_MS - clock.now()) / 1000));
    try {
      // What is let through may have changed since the device was kept.
      if (!isEndpoint(device.endpoint, config.fetchAllow))
        throw new Fault('address-refused', 'The push service has no public https address.');
      const keys = await pushKeysOf({ store, clock });
      const request = await pushRequest(leased, { keys, subject: subjectOf(config), ttl });
      const answer = await guardedFetch(request, {
        userAgent: `Broadsheet${config.contact === '' ? '' : ` (+${config.contact})`}`,
        allow: config.fetchAllow,
        signal,
        caps: ANSWER,
        resolve: deps.resolve,
        dial: deps.dial,
      });
      const said = { status: answer.status, url: answer.url, retryAfter: answer.headers['retry-after'] };
      return verdictOf(said, { ...leased, now: clock.now() });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code !== 'source-unavailable') return { kind: 'failed', error: error.message };
      return { kind: 'later', error: error.message, waitMs: waitAfter(row.attempts), host: false };
    }
  };

  const post = async (
    leased: LeasedPush,
    { owner, signal }: { readonly owner: string; readonly signal: AbortSignal | undefined },
  ): Promise<keyof Pushed | null> => {
    const { device, row } = leased;
    const now = clock.now();
    const { host } = new URL(device.endpoint);
    const until = waiting.get(host) ?? 0;
    if (now >= row.madeAt + PUSH_KEPT_MS) {
      await store.pushOutbox.settle({ id: row.id, state: 'failed', at: now, error: `${host} took nothing for a day.` });
      return 'failed';
    }
    if (until > now || signal?.aborted) {
      await store.pushOutbox.giveBack(owner, { id: row.id, at: Math.max(until, now), error: null });
      return 'later';
    }
    // Whoever took the device away up to here gets nothing more on it.
    if ((await store.pushDevices.get(device.id))?.reader !== device.reader) return null;
    const verdict = await hand(leased, signal);
    const at = clock.now();
    switch (verdict.kind) {
      case 'sent':
        await store.pushOutbox.settle({ id: row.id, state: 'sent', at, error: null });
        return 'sent';
      case 'gone':
        await store.pushDevices.drop(device.id);
        return 'gone';
      case 'failed':
        log.warn({ push: row.id, says: verdict.error }, 'a notification was not taken');
        await store.pushOutbox.settle({ id: row.id, state: 'failed', at, error: verdict.error });
        return 'failed';
      case 'later':
        if (verdict.host) waiting.set(host, at + verdict.waitMs);
        await store.pushOutbox.giveBack(owner, { id: row.id, at: at + verdict.waitMs, error: verdict.error });
        return 'later';
    }
  };

  return {
    /** Until nothing is due or `signal` aborts. Each message is marked when its push service has taken it: at least once. */
    async send({
      owner,
      signal,
      leaseMs = LEASE_MS,
    }: {
      readonly owner: string;
      readonly signal?: AbortSignal;
      readonly leaseMs?: number;
    }): Promise<Pushed> {
      const counts = { sent: 0, failed: 0, later: 0, gone: 0 };
      for (const [host, until] of waiting) if (until <= clock.now()) waiting.delete(host);
      for (;;) {
        const now = clock.now();
        const rows = signal?.aborted
          ? []
          : await store.pushOutbox.lease({ owner, now, leaseMs, limit: LEASED_AT_ONCE });
        if (rows.length === 0) return counts;
        const left = [...rows];
        const work = async (): Promise<void> => {
          for (let next = left.shift(); next !== undefined; next = left.shift()) {
            const outcome = await post(next, { owner, signal });
            if (outcome !== null) counts[outcome]++;
          }
        };
        await Promise.all(Array.from({ length: PUSHES_IN_FLIGHT }, work));
      }
    },
  };
};
