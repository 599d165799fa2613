import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { deleteLeavers } from '../services/reader-data.ts';
import { IDLE_MS } from '../services/session.ts';
import { flagRings } from '../services/vote-rings.ts';

type Deps = Pick<App, 'store' | 'clock' | 'log'>;

const SWEEP_EVERY_MS = 3_600_000;

/** Once: forgets sessions and links that ended, and empties the accounts of those who left a week ago; finds accounts that vote as one. */
export const sweepAccounts = async (app: Deps): Promise<void> => {
  const now = app.clock.now();
  await app.store.sessions.sweep({ now, idleSince: now - IDLE_MS });
  const left = await deleteLeavers(app);
  const flagged = await flagRings(app);
  if (flagged > 0) app.log.warn({ accounts: flagged }, 'accounts that vote as one were found');
  if (left > 0) app.log.info({ accounts: left }, 'accounts deleted, as their readers asked');
};

/** The same every hour until aborted. Never throws; failures are logged. */
export const keepAccounts = async (app: Deps, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
  while (!signal.aborted) {
    await sweepAccounts(app).catch((error: unknown) =>
      app.log.error({ err: error }, 'accounts could not be looked after; trying again'),
    );
    await sleep(SWEEP_EVERY_MS, undefined, { signal }).catch(() => {});
  }
};
