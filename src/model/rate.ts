/** A bucket of tokens: full at first, one is taken each time, and it fills again by so many an hour. */
export interface Rate {
  /** Tokens in a full bucket: how many may be taken at once. */
  readonly burst: number;
  readonly perHour: number;
}

export type Allowance =
  | { readonly ok: true }
  | { readonly ok: false /** Milliseconds until a token is there. */; readonly waitMs: number };

const HOUR_MS = 3_600_000;

/**
 * How far back times are worth looking at: a bucket left alone so long is full. Milliseconds. Whoever took all the time may be let a
 * little more by looking no further back, never less.
 */
export const memoryOf = ({ burst, perHour }: Rate): number => Math.ceil((burst / perHour) * HOUR_MS);

/** Whether one more may be taken at `now`, after those taken at `times` (ms since 1970, any order; those after `now` count as now). */
export const allowance = (rate: Rate, times: readonly number[], now: number): Allowance => {
  const perMs = rate.perHour / HOUR_MS;
  let tokens = rate.burst;
  let last = Number.NEGATIVE_INFINITY;
  const fill = (at: number): void => {
    if (at > last)
      tokens = Math.min(rate.burst, last === Number.NEGATIVE_INFINITY ? tokens : tokens + (at - last) * perMs);
    last = at;
  };
  for (const time of times.map((at) => Math.min(at, now)).sort((a, b) => a - b)) {
    fill(time);
    tokens -= 1;
  }
  fill(now);
  // Sums of fractions of a token may fall short of a whole one by an error of rounding.
  return tokens >= 1 - 1e-9 ? { ok: true } : { ok: false, waitMs: Math.ceil((1 - tokens) / perMs) };
};

/** How full a bucket was left, and when (ms since 1970): all that need be kept of it. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Takes a token from a bucket at `now`, where one is there; `bucket` null is a full one. A clock set back fills nothing. */
export const take = (
  rate: Rate,
  bucket: Bucket | null,
  now: number,
): { readonly said: Allowance; readonly bucket: Bucket } => {
  const perMs = rate.perHour / HOUR_MS;
  const at = Math.max(now, bucket?.at ?? now);
  const tokens = bucket === null ? rate.burst : Math.min(rate.burst, bucket.tokens + (at - bucket.at) * perMs);
  // The same error of rounding as above.
  return tokens >= 1 - 1e-9
    ? { said: { ok: true }, bucket: { tokens: Math.max(0, tokens - 1), at } }
    : { said: { ok: false, waitMs: Math.ceil((1 - tokens) / perMs) + at - now }, bucket: { tokens, at } };
};
