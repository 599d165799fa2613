import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import type { Dial, Resolve } from '../kernel/guarded-connect.ts';
import { type Caps, guardedFetch, userAgent } from '../kernel/guarded-fetch.ts';
import type { Log } from '../kernel/log.ts';
import { waitMs } from '../kernel/retry-after.ts';
import type { Fetcher } from '../ports/fetcher.ts';
import type { Answer, Ask, Manners } from '../ports/source.ts';
import type { Store } from '../store/store.ts';

/** How long a process that died in the middle of a request keeps others from asking its host. */
const LEASE_MS = 10_000;
const EXTEND_MS = 2_000;
/** How often one that waits for its turn looks again. */
const LOOK_AGAIN_MS = 1_000;
/** What one wait may come to where the caller does not say. */
const PATIENCE_MS = 15 * 60_000;

export interface FetcherDeps {
  readonly turns: Store['turns'];
  readonly clock: Clock;
  readonly log: Log;
  /** `host:port` each, let through though not public: `config.fetchAllow`. */
  readonly allow: readonly string[];
  /** `config.contact`; may be empty. */
  readonly contact: string;
  /** Broadsheet's own. */
  readonly version: string;
  readonly caps?: Partial<Caps>;
  /** Waits; rejects with the signal's reason when it aborts. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly resolve?: Resolve;
  readonly dial?: Dial;
}

type Options = Parameters<Fetcher['fetch']>[1];

/** An answer that is to be asked for again, or a connection that failed: what to wait, and why. */
type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'again'; readonly waitMs: number; readonly reason: string; readonly cause?: unknown };

const systemSleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
};

const seconds = (ms: number): number => Math.ceil(ms / 1000);

const outOfPatience = (reason: string, ms: number, cause?: unknown): Fault =>
  new Fault('source-unavailable', `${reason}; the next try would be in ${seconds(ms)} s.`, {
    cause,
    retryAfter: seconds(ms),
  });

/**
 * The one client for all that is fetched: guarded (`kernel/guarded-fetch`) and polite. Requests of a key are made one at
 * a time over all processes that share the turns; `gapMs` passes from the end of an answer to the next request, and what
 * a host asks to wait (429, 5xx, a lost connection) is waited by all of them.
 */
export const createFetcher = (deps: FetcherDeps): Fetcher => {
  const { turns, clock, log, allow } = deps;
  const sleep = deps.sleep ?? systemSleep;
  const agent = userAgent(deps.version, deps.contact);

  const awaitTurn = async (key: string, owner: string, manners: Manners, options: Options): Promise<void> => {
    const since = clock.now();
    const patience = options.patienceMs ?? PATIENCE_MS;
    let told = 0;
    for (;;) {
      options.signal?.throwIfAborted();
      const now = clock.now();
      const turn = await turns.take(key, { owner, now, leaseMs: LEASE_MS });
      if (turn.taken) return;
      const ms = Math.max(1, turn.again - now);
      // The pace is everyone's and no reason to give up; nor is a turn that another has just taken.
      if (ms > Math.max(patience, manners.gapMs) || now - since > Math.max(patience, LEASE_MS))
        throw outOfPatience(`${key} is not to be asked yet`, ms);
      if (ms > manners.gapMs && turn.again > told) {
        told = turn.again;
        options.onWait?.({ ms, reason: `${key} is to be asked no sooner` });
      }
      await sleep(Math.min(ms, LOOK_AGAIN_MS), options.signal);
    }
  };

  /** Holds the turn while `work` goes on; its signal aborts where the turn was lost to another. */
  const holding = async <T>(key: string, owner: string, work: (lost: AbortSignal) => Promise<T>): Promise<T> => {
    const lost = new AbortController();
    let until = clock.now() + LEASE_MS;
    const timer = setInterval(async () => {
      const now = clock.now();
      const kept = await turns.keep(key, { owner, now, leaseMs: LEASE_MS }).catch(() => now < until);
      if (kept) until = now + LEASE_MS;
      else lost.abort(new Fault('source-unavailable', `The turn to ask ${key} was lost to another process.`));
    }, EXTEND_MS);
    timer.unref();
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(timer);
    }
  };

  const attempt = async (ask: Ask, failures: number, signal: AbortSignal): Promise<Outcome> => {
    const host = URL.parse(ask.url)?.host ?? ask.url;
    try {
      const { caps, resolve, dial } = deps;
      const answer = await guardedFetch(ask, { userAgent: agent, allow, signal, caps, resolve, dial });
      if (answer.status !== 429 && answer.status < 500) return { kind: 'answer', answer };
      const wait = waitMs(answer.headers['retry-after'], failures + 1, clock.now());
      return { kind: 'again', waitMs: wait, reason: `${host} answered ${answer.status}` };
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'source-unavailable') throw cause;
      const wait = waitMs(undefined, failures + 1, clock.now());
      return { kind: 'again', waitMs: wait, reason: cause.message.replace(/\.$/, ''), cause };
    }
  };

  const inTurn = async (ask: Ask, failures: number, options: Options): Promise<Outcome> => {
    const { key, gapMs } = options.manners;
    const owner = `fetch:${randomUUID()}`;
    await awaitTurn(key, owner, options.manners, options);
    let rest = gapMs;
    try {
      const outcome = await holding(key, owner, (lost) =>
        attempt(ask, failures, options.signal ? AbortSignal.any([options.signal, lost]) : lost),
      );
      if (outcome.kind === 'again') rest = Math.max(gapMs, outcome.waitMs);
      return outcome;
    } finally {
      // Where it cannot be given back, the lease ends by itself.
      await turns
        .give(key, { owner, nextAt: clock.now() + rest })
        .catch((error) => log.warn({ err: error, key }, 'a turn could not be given back'));
    }
  };

  return {
    async fetch(ask, options) {
      const patience = options.patienceMs ?? PATIENCE_MS;
      for (let failures = 0; ; failures += 1) {
        options.signal?.throwIfAborted();
        const outcome = await inTurn(ask, failures, options);
        if (outcome.kind === 'answer') return outcome.answer;
        const { waitMs: ms, reason, cause } = outcome;
        if (ms > patience) throw outOfPatience(reason, ms, cause);
        log.info({ key: options.manners.key, ms, reason }, 'asked again later');
        options.onWait?.({ ms, reason });
        await sleep(ms, options.signal);
      }
    },
  };
};
