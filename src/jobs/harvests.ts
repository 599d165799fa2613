import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { Fault } from '../kernel/errors.ts';
import type { SourceStanding } from '../model/ledger.ts';
import { type HarvestReport, harvest } from '../services/harvest.ts';
import { keepLease, LEASE_MS } from '../services/lease.ts';
import type { Planned } from '../services/schedule.ts';
import type { Job } from '../store/store.ts';

export interface HarvestEvents {
  readonly harvested?: (report: HarvestReport) => void;
}

type Deps = Pick<App, 'store' | 'clock' | 'log' | 'fetcher'> & {
  readonly config: Pick<App['config'], 'sourceUrls' | 'sourceKeys'>;
};

interface Watch {
  readonly signal: AbortSignal;
  readonly events: HarvestEvents;
  readonly lookEveryMs: number;
}

const LOOK_EVERY_MS = 5_000;
/** A source that was never harvested is, soon after the first start. */
const FIRST_AFTER_MS = 30_000;
const SHORTEST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 60 * 60_000;
/** A scheduled harvest is tried again anyway: no need to sit and wait for hours. */
const PATIENCE = { first: 5 * 60_000, later: 30 * 60_000 };

const standingOf = async ({ store }: Deps, source: string): Promise<SourceStanding | null> =>
  (await store.standings.all()).find((one) => one.source === source) ?? null;

/** Aborts where the operator pauses the source, so that a long harvest stops at its next page. */
const untilPaused = (deps: Deps, source: string, everyMs: number): { readonly signal: AbortSignal } & Disposable => {
  const paused = new AbortController();
  const look = async (): Promise<void> => {
    if ((await standingOf(deps, source))?.paused) paused.abort();
  };
  const timer = setInterval(() => void look().catch(() => {}), everyMs);
  timer.unref();
  return { signal: paused.signal, [Symbol.dispose]: () => clearInterval(timer) };
};

/** Harvests once and says when the next time is. */
const harvestDue = async (
  deps: Deps,
  plan: Planned,
  { job, owner, signal, events, lookEveryMs, failures }: Due,
): Promise<{ readonly at: number; readonly failed: string | null }> => {
  const { clock, config } = deps;
  using lease = keepLease(deps, job.id, owner);
  using pause = untilPaused(deps, plan.source.id, lookEveryMs);
  const either = AbortSignal.any([signal, lease.signal, pause.signal]);
  const later = (says: string, retryAfter = 0) => {
    const wait = Math.min(LONGEST_RETRY_MS, SHORTEST_RETRY_MS * 2 ** failures);
    return {
      at: Math.max(Math.min(clock.now() + wait, plan.next(clock.now())), clock.now() + retryAfter * 1000),
      failed: says,
    };
  };
  try {
    const done = await harvest(
      { ...deps, bases: config.sourceUrls, keys: config.sourceKeys },
      { source: plan.source, wish: plan.wish, signal: either, patience: PATIENCE },
    );
    if (done.ok) {
      events.harvested?.(done.value);
      return { at: plan.next(clock.now()), failed: null };
    }
    return done.code === 'interrupted' ? { at: clock.now(), failed: null } : later(done.message);
  } catch (error) {
    if (!(error instanceof Fault)) deps.log.error({ err: error, source: plan.source.id }, 'a harvest broke');
    return error instanceof Fault ? later(error.message, error.retryAfter) : later(String(error));
  }
};

interface Due extends Watch {
  readonly job: Job;
  readonly owner: string;
  readonly failures: number;
}

/** One planned harvest, time after time. The job of it stays in the database: its time says when it is due, its lease whose it is. */
const keepPlan = async (deps: Deps, plan: Planned, { signal, events, lookEveryMs }: Watch): Promise<void> => {
  const { store, clock, log } = deps;
  const name = `scheduled:${plan.key}`;
  const source = plan.source.id;
  let enqueued = false;
  let failures = 0;
  while (!signal.aborted) {
    const owner = `scheduled:${randomUUID()}`;
    try {
      const standing = await standingOf(deps, source);
      if (!enqueued) {
        const soon = clock.now() + FIRST_AFTER_MS;
        const next = standing?.lastSuccessAt == null ? Math.min(soon, plan.next(clock.now())) : plan.next(clock.now());
        await store.jobs.enqueue({ kind: name, key: name, payload: '', at: next });
        enqueued = true;
      }
      const job = standing?.paused
        ? null
        : await store.jobs.claim(name, { owner, now: clock.now(), leaseMs: LEASE_MS });
      if (job !== null) {
        const { at, failed } = await harvestDue(deps, plan, { job, owner, signal, events, lookEveryMs, failures });
        failures = failed === null ? 0 : failures + 1;
        await store.jobs.retry(job.id, owner, at, failed ?? '');
        await store.standings.put({ source, nextAt: at });
        if (failed !== null) log.warn({ source, next: new Date(at).toISOString() }, failed);
      }
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error, source }, 'a scheduled harvest could not be looked after; trying again');
    }
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
  }
};

/** Says of every source when it is due next, so that pages and alarms know which are scheduled at all. */
const announce = async ({ store, clock }: Deps, schedule: readonly Planned[]): Promise<void> => {
  const next = new Map<string, number>();
  for (const { source, next: after } of schedule)
    next.set(source.id, Math.min(after(clock.now()), next.get(source.id) ?? Number.POSITIVE_INFINITY));
  for (const { source, nextAt } of await store.standings.all())
    if (nextAt !== null && !next.has(source)) await store.standings.put({ source, nextAt: null });
  for (const [source, nextAt] of next) await store.standings.put({ source, nextAt });
};

/**
 * Harvests what is planned, each when its time has come, until aborted. Workers share the plan through jobs with leases,
 * so no two do the same; a time that was missed is caught up once; a source that fails is tried again, waiting twice as
 * long each time. Never throws: failures are logged, once each.
 */
export const keepHarvesting = async (
  deps: Deps,
  {
    schedule,
    signal,
    events = {},
    lookEveryMs = LOOK_EVERY_MS,
  }: {
    readonly schedule: readonly Planned[];
    readonly signal: AbortSignal;
    readonly events?: HarvestEvents;
    readonly lookEveryMs?: number;
  },
): Promise<void> => {
  await announce(deps, schedule).catch((error: unknown) =>
    deps.log.error({ err: error }, 'the times of the next harvests could not be noted'),
  );
  await Promise.all(schedule.map((plan) => keepPlan(deps, plan, { signal, events, lookEveryMs })));
};
