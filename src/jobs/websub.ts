import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { withLease } from '../services/lease.ts';
import { announceEdition, isAnnouncementDue } from '../services/websub.ts';

const LOOK_EVERY_MS = 30_000;
const WAIT_AFTER_FAILURE_MS = 15 * 60_000;

/** Tells the WebSub hub of each edition until aborted, whichever process of the database comes first; without a hub nothing. */
export const keepAnnouncing = async (
  app: Pick<App, 'config' | 'clock' | 'log' | 'store' | 'fetcher'>,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> => {
  if (app.config.websubHub === '' || app.config.publicUrl === '') return;
  const owner = `websub:${randomUUID()}`;
  while (!signal.aborted) {
    let wait = LOOK_EVERY_MS;
    try {
      if (await isAnnouncementDue(app))
        await withLease(app, { name: 'websub', owner }, async () => {
          const told = await announceEdition(app, { signal });
          if (told > 0) app.log.info({ feeds: told }, 'the hub was told of the edition');
        });
    } catch (error) {
      if (signal.aborted) return;
      app.log.warn({ err: error }, 'the WebSub hub could not be told; trying again');
      wait = WAIT_AFTER_FAILURE_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
};
