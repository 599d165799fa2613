import { Fault } from '../kernel/errors.ts';
import { allowance, memoryOf, type Rate } from '../model/rate.ts';
import { may, type Reader } from '../model/reader.ts';
import type { LetterLimit } from '../store/letter-contract.ts';
import type { Store } from '../store/store.ts';
import { aDay, type NewcomerDeps, newcomerLimits } from './newcomer.ts';

/** New letters and new wordings together; moderators are not counted. */
const RATES: Readonly<Record<'reader' | 'trusted', Rate>> = {
  reader: { burst: 10, perHour: 30 },
  trusted: { burst: 30, perHour: 120 },
};

/**
 * What the next letter of a reader is held against where it is written, so that many sent at once are no way past it; null for
 * moderators. Throws `Fault('too-many')` where they have written too much already, before anything is locked.
 */
export const letterRate = async (
  deps: NewcomerDeps & { readonly store: Pick<Store, 'letters'> },
  reader: Reader,
): Promise<LetterLimit | null> => {
  if (may(reader.role, 'moderator')) return null;
  const now = deps.clock.now();
  const limits = await newcomerLimits(deps, reader);
  const rates = [RATES[reader.role === 'trusted' ? 'trusted' : 'reader'], ...(limits ? [aDay(limits.letters)] : [])];
  const check = (times: readonly number[]): void => {
    const waitMs = Math.max(...rates.map((rate) => waitOf(rate, times, now)));
    if (waitMs === 0) return;
    const minutes = Math.ceil(waitMs / 60_000);
    throw new Fault(
      'too-many',
      `That is many letters at once. The next is taken in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}; nothing you wrote is lost.`,
      { retryAfter: waitMs / 1_000 },
    );
  };
  const since = now - Math.max(...rates.map(memoryOf));
  check(await deps.store.letters.times(reader.id, since));
  return { since, check };
};

const waitOf = (rate: Rate, times: readonly number[], now: number): number => {
  const said = allowance(rate, times, now);
  return said.ok ? 0 : said.waitMs;
};
