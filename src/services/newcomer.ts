import type { Clock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import type { NewAccounts } from '../kernel/rate-settings.ts';
import type { Rate } from '../model/rate.ts';
import type { Reader } from '../model/reader.ts';
import type { Store } from '../store/store.ts';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface NewcomerDeps {
  readonly store: Pick<Store, 'accounts'>;
  readonly clock: Clock;
  readonly config: { readonly newAccounts: NewAccounts };
}

/**
 * What a new account may do within a day; null for one that is new no more. Time alone makes none older: something its reader wrote,
 * submitted or voted for must have stood that long, so that accounts made ahead and left alone are new when they are used.
 */
export const newcomerLimits = async (
  { store, clock, config }: NewcomerDeps,
  { id, role }: Pick<Reader, 'id' | 'role'>,
): Promise<NewAccounts | null> => {
  const limits = config.newAccounts;
  if (role !== 'reader' || limits.hours === 0) return null;
  return (await store.accounts.stood(id, clock.now() - limits.hours * HOUR_MS)) ? null : limits;
};

/** So many a day as a bucket; throws `Fault('too-many')` where it is none at all. */
export const aDay = (most: number): Rate => {
  if (most < 1) throw new Fault('too-many', 'A new account cannot do that here yet.', { retryAfter: DAY_MS / 1_000 });
  return { burst: most, perHour: most / 24 };
};
