import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { PUSH_KEPT_MS } from '../model/push.ts';
import { fillPushes } from '../services/push-alert.ts';
import { pushSender } from '../services/push-send.ts';

const LOOK_EVERY_MS = 5_000;
const WAIT_AFTER_FAILURE_MS = 60_000;
const SWEEP_EVERY_MS = 6 * 3_600_000;
/** What was told of is remembered longer than news are looked for. */
const REMEMBERED_MS = 14 * PUSH_KEPT_MS;

/** Tells the devices of readers what is new in their saved searches, until aborted. Never throws; failures are logged. */
export const keepPushing = async (
  app: Pick<App, 'config' | 'clock' | 'log' | 'store' | 'index' | 'embedder' | 'mailer'>,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> => {
  const { store, clock, log } = app;
  const owner = `pushes:${randomUUID()}`;
  const sender = pushSender(app);
  let seen: number | null = null;
  let alerted = -1;
  let swept = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    let wait = LOOK_EVERY_MS;
    try {
      const revision = await store.revision();
      if (revision !== seen && (await store.pushDevices.count()) > 0) {
        const [changes, indexed] = [await store.changes.last(), await app.index.position()];
        // Searched is what the index holds: before it has taken all in, what is new would be missed.
        if (changes !== alerted && indexed >= changes) {
          await fillPushes({ ...app, byMail: app.mailer !== null });
          alerted = changes;
        }
        // Looked again while the index is behind: it moves without a write.
        seen = changes === alerted ? revision : null;
      }
      const so = await sender.send({ owner, signal });
      if (so.sent + so.failed + so.gone > 0) log.info({ ...so }, 'notifications went out');
      if (clock.now() - swept > SWEEP_EVERY_MS) {
        await store.pushOutbox.sweep(clock.now() - REMEMBERED_MS);
        swept = clock.now();
      }
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'notifications could not be looked after; trying again');
      wait = WAIT_AFTER_FAILURE_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
};
