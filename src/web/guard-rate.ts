import type { Context } from 'hono';
import { LRUCache } from 'lru-cache';
import type { RateKind } from '../kernel/rate-settings.ts';
import { type Bucket, type Rate, take } from '../model/rate.ts';
import { networkOfClient } from './client-address.ts';
import type { Edge, Env } from './edge.ts';
import { isLocal } from './guard-origin.ts';
import { problem } from './problem.ts';
import type { Route } from './routes.ts';

/** Buckets kept of accounts, and as many of networks apart from them: no flood of addresses makes an account's be forgotten. */
const KEPT = 20_000;

/** What of a route and its asker decides which buckets are asked. */
type Counted = Pick<Route, 'method' | 'elsewhere' | 'rate'>;

/** The buckets of a network that a route takes a token of, by the table: nothing that only reads is counted. */
export const bucketsOf = ({ method, elsewhere, rate }: Counted): readonly RateKind[] => {
  if (method === 'GET') return [];
  if (elsewhere) return ['elsewhere'];
  return rate === undefined ? ['network'] : ['network', rate];
};

export interface RateGuard {
  /** Before anything is looked up: whether its network may write now. */
  network(route: Route, c: Context<Env>): Promise<Response | null>;
  /** Once it is known who asks. */
  account(route: Route, c: Context<Env>): Promise<Response | null>;
}

const inWords = (seconds: number): string => {
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
};

/**
 * The one limit of how fast anything may be changed here: by account, by IPv4 address and by IPv6 /64. Counted in the memory
 * of this process, for writing it down would be a write a write; the tighter limits of what must outlive a restart
 * stand with their verbs. Who sits at the machine of an instance without accounts is not counted.
 */
export const createRateGuard = (edge: Edge): RateGuard => {
  const { rates, accounts } = edge.config;
  const networks = new LRUCache<string, Bucket>({ max: KEPT });
  const readers = new LRUCache<string, Bucket>({ max: KEPT });

  /** Milliseconds until there is a token; 0 where one was taken. */
  const wait = (buckets: LRUCache<string, Bucket>, key: string, rate: Rate | null): number => {
    if (rate === null) return 0;
    const { said, bucket } = take(rate, buckets.get(key) ?? null, edge.clock.now());
    buckets.set(key, bucket);
    return said.ok ? 0 : said.waitMs;
  };

  const refuse = (c: Context<Env>, waitMs: number, who: string): Promise<Response> => {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    const detail = `That is more than ${who} may change here so fast. Nothing of this one was taken in; try again in ${inWords(seconds)}.`;
    return problem(edge, c, 'too-many', detail, { retryAfter: seconds });
  };

  return {
    async network(route, c) {
      const kinds = bucketsOf(route);
      if (kinds.length === 0 || (accounts === 'off' && isLocal(c))) return null;
      const network = networkOfClient(edge, c);
      for (const kind of kinds) {
        const waitMs = wait(networks, `${kind} ${network}`, rates[kind]);
        if (waitMs > 0) return refuse(c, waitMs, 'one network');
      }
      return null;
    },
    async account(route, c) {
      const reader = c.get('reader') ?? null;
      if (route.method === 'GET' || reader === null || accounts === 'off') return null;
      const waitMs = wait(readers, reader.id, rates.account);
      return waitMs > 0 ? refuse(c, waitMs, 'one account') : null;
    },
  };
};
