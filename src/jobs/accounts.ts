import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { SMALLEST } from '../model/vote-ring.ts';
import { deleteLeavers } from '../services/reader-data.ts';
import { IDLE_MS } from '../services/session.ts';
import { flagRings } from '../services/vote-rings.ts';

type Deps = Pick<App, 'store' | 'clock' | 'log'>;

const SWEEP_EVERY_MS = 3_600_000;
/** How often it is seen whether there are votes enough for a ring. */
const LOOK_EVERY_MS = 15_000;
/** Looking for rings takes no more than this part of the time. */
const SHARE = 1 / 20;

const sweepRings = async (app: Deps): Promise<void> => {
  const flagged = await flagRings(app);
  if (flagged > 0) app.log.warn({ accounts: flagged }, 'accounts that vote as one were found');
};

/** Once: forgets sessions and links that ended, and empties the accounts of those who left a week ago; finds accounts that vote as one. */
export const sweepAccounts = async (app: Deps): Promise<void> => {
  const now = app.clock.now();
  await app.store.sessions.sweep({ now, idleSince: now - IDLE_MS });
  const left = await deleteLeavers(app);
  await sweepRings(app);
  if (left > 0) app.log.info({ accounts: left }, 'accounts deleted, as their readers asked');
};

/**
 * Looks for rings when as many votes were given since the last look as the smallest ring has accounts: a burst of votes
 * is weighed within some seconds, and quiet hours cost one small question each time. Every call is one look.
 */
export const ringWatch = async (app: Deps): Promise<() => Promise<void>> => {
  let seen = await app.store.moderation.votesCast();
  let rest = 0;
  return async () => {
    if (performance.now() < rest) return;
    const cast = await app.store.moderation.votesCast();
    if (cast - seen < SMALLEST) return;
    const begun = performance.now();
    await sweepRings(app);
    seen = cast;
    rest = performance.now() + (performance.now() - begun) / SHARE;
  };
};

const trying = (app: Deps, work: Promise<void>): Promise<void> =>
  work.catch((error: unknown) => app.log.error({ err: error }, 'accounts could not be looked after; trying again'));

const watchRings = async (app: Deps, signal: AbortSignal, everyMs: number): Promise<void> => {
  let look: (() => Promise<void>) | null = null;
  const once = async (): Promise<void> => {
    look ??= await ringWatch(app);
    await look();
  };
  while (!signal.aborted) {
    await trying(app, once());
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
};

/**
 * The same every hour until aborted, and rings also soon after many votes; `lookEveryMs` is how soon. Never throws;
 * failures are logged.
 */
export const keepAccounts = async (
  app: Deps,
  { signal, lookEveryMs = LOOK_EVERY_MS }: { readonly signal: AbortSignal; readonly lookEveryMs?: number },
): Promise<void> => {
  const watching = watchRings(app, signal, lookEveryMs);
  while (!signal.aborted) {
    await trying(app, sweepAccounts(app));
    await sleep(SWEEP_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  await watching;
};
