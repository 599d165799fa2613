import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { type BounceOutcome, takeBounceMail } from '../services/bounce.ts';
import { MOST_REPORT_BYTES } from '../services/bounce-report.ts';

type Deps = Pick<App, 'store' | 'clock' | 'log' | 'mailbox'>;

const LOOK_EVERY_MS = 300_000;
const AT_ONCE = 200;

/** Looks once into the mailbox that mail comes back to; how many messages there were of each outcome. */
export const readBounces = async (
  app: Deps,
  signal: AbortSignal,
): Promise<Partial<Record<BounceOutcome | 'no-report', number>>> => {
  const counts: Partial<Record<BounceOutcome | 'no-report', number>> = {};
  const take = async (bytes: Uint8Array): Promise<void> => {
    const outcome = (await takeBounceMail(app, bytes)) ?? 'no-report';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  };
  const taken = await app.mailbox?.drain(take, { limit: AT_ONCE, mostBytes: MOST_REPORT_BYTES, signal });
  if (taken) app.log.info({ taken, ...counts }, 'mail that came back was read');
  return counts;
};

/** The same every five minutes until aborted. Never throws; failures are logged. */
export const keepBounces = async (app: Deps, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
  if (app.mailbox === null) return;
  while (!signal.aborted) {
    await readBounces(app, signal).catch((error: unknown) => {
      if (!signal.aborted) app.log.error({ err: error }, 'the mailbox could not be looked into; trying again');
    });
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
};
