import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { recordWithdrawals, setEdition } from '../services/edition.ts';
import { withLease } from '../services/lease.ts';
import { rollOvers } from '../services/roll-over.ts';

/** Often enough that a machine that slept, or whose clock was set, notices soon. */
const LOOK_EVERY_MS = 30_000;
const WAIT_AFTER_FAILURE_MS = 60_000;
/** A harvest that goes on at the roll-over is waited for, so that the edition is not made of half a day. */
const PATIENCE_MS = 2 * 3_600_000;
/** A run that has given no sign of life for as long has died. */
const DEAD_AFTER_MS = 10 * 60_000;
/** Reading all that the last editions placed takes a moment. */
const WATCH_EVERY_MS = 10 * 60_000;
const RECENT_RUNS = 20;

type Deps = Pick<App, 'config' | 'clock' | 'log' | 'store'>;

const isHarvesting = async ({ store, clock }: Deps): Promise<boolean> =>
  (await store.runs.recent({ limit: RECENT_RUNS })).some(
    ({ outcome, seenAt }) => outcome === 'running' && clock.now() - seenAt < DEAD_AFTER_MS,
  );

/**
 * One who looks after the editions: each `look` does what is due by now. The edition of the latest roll-over is set, and
 * those that were slept over are not made up for; where there was nothing to set, it is tried again when papers have
 * changed. Placed papers that were withdrawn are noted.
 */
export const editionKeeper = (app: Deps): { look(): Promise<void> } => {
  const owner = `editions:${randomUUID()}`;
  const { store, clock, log, config } = app;
  /** Of a roll-over: since when it has been due here, and the change of papers it was last tried at. */
  let due = { day: '', since: 0, triedAt: -1, done: false };
  let watched = { changes: -1, at: Number.NEGATIVE_INFINITY };

  const setDue = async (changes: number): Promise<void> => {
    const now = clock.now();
    const { day } = rollOvers(config.edition, now).latest;
    if (day !== due.day) due = { day, since: now, triedAt: -1, done: false };
    if (due.done || due.triedAt === changes) return;
    if (now - due.since < PATIENCE_MS && (await isHarvesting(app))) return;
    await withLease({ store, clock }, { name: 'edition', owner }, async () => {
      const set = await setEdition({ store, clock, log }, config.edition, day);
      due = { ...due, triedAt: changes, done: set.ok && set.value !== null };
    });
  };

  const watch = async (changes: number): Promise<void> => {
    if (changes === watched.changes || clock.now() - watched.at < WATCH_EVERY_MS) return;
    await withLease({ store, clock }, { name: 'edition', owner }, async () => {
      await recordWithdrawals({ store, clock, log });
      watched = { changes, at: clock.now() };
    });
  };

  return {
    look: async () => {
      const changes = await store.changes.last();
      await setDue(changes);
      await watch(changes);
    },
  };
};

/** Lets the editions make themselves until aborted, whichever process of the database comes first. */
export const keepEditions = async (app: Deps, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
  const keeper = editionKeeper(app);
  while (!signal.aborted) {
    let wait = Math.min(LOOK_EVERY_MS, rollOvers(app.config.edition, app.clock.now()).next.at - app.clock.now());
    try {
      await keeper.look();
    } catch (error) {
      if (signal.aborted) return;
      app.log.error({ err: error }, 'the edition could not be looked after; trying again');
      wait = WAIT_AFTER_FAILURE_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
};
