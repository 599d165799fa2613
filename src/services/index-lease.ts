import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../store/store.ts';

const KIND = 'index';
/** How long a process that died keeps others waiting. */
export const LEASE_MS = 10_000;
const EXTEND_MS = 2_000;

/**
 * Runs `work` while no other process of this database writes the search index. Returns false, without running it,
 * where another does. The lease is extended while the work goes on and lapses by itself when the process dies; it
 * runs out for `work` (its signal aborts) where it could not be extended in time.
 */
export const withIndexLease = async (
  { store, clock }: { store: Pick<Store, 'jobs'>; clock: Clock },
  owner: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> => {
  await store.jobs.enqueue({ kind: KIND, key: KIND, payload: '', at: clock.now() });
  const job = await store.jobs.claim(KIND, { owner, now: clock.now(), leaseMs: LEASE_MS });
  if (job === null) return false;
  const lost = new AbortController();
  let until = clock.now() + LEASE_MS;
  const extend = async (): Promise<void> => {
    const next = clock.now() + LEASE_MS;
    if (await store.jobs.extend(job.id, owner, next).catch(() => clock.now() < until)) until = next;
    else lost.abort();
  };
  const timer = setInterval(extend, EXTEND_MS);
  timer.unref();
  try {
    await work(lost.signal);
    return true;
  } finally {
    clearInterval(timer);
    await store.jobs.finish(job.id, owner);
  }
};
