import type { Answer, Ask, Manners } from './source.ts';

/** One polite, guarded client for all that is fetched. */
export interface Fetcher {
  /**
   * Waits for its turn under `manners` (over all processes), asks, and returns the answer: any status but 429, 5xx and
   * redirects. Those and lost connections are tried again, waiting as `Retry-After` says or twice as long each time (at
   * least 3 s, at most 24 h); a wait longer than `patienceMs` ends with `Fault('source-unavailable', …, { retryAfter })`.
   * Throws `Fault('address-refused')` for an address the guard does not let through, `Fault('source-refused')` for a
   * wrong media type, an answer too large or too slow, or more than five redirects.
   */
  fetch(
    ask: Ask,
    options: {
      readonly manners: Manners;
      readonly signal?: AbortSignal;
      readonly patienceMs?: number;
      /** Told when there is waiting to do, and why. */
      readonly onWait?: (wait: { readonly ms: number; readonly reason: string }) => void;
    },
  ): Promise<Answer>;
}
