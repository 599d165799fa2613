import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../store/store.ts';

/** How long a process that died keeps others waiting. */
export const LEASE_MS = 10_000;
const EXTEND_MS = 2_000;

/**
 * Runs `work` while no other process of this database holds the lease called `name`. Returns false, without running it,
 * where another does. The lease is extended while the work goes on and lapses by itself when the process dies; it runs
 * out for `work` (its signal aborts) where it could not be extended in time.
 */
export const withLease = async (
  { store, clock }: { store: Pick<Store, 'jobs'>; clock: Clock },
  { name, owner }: { readonly name: string; readonly owner: string },
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> => {
  await store.jobs.enqueue({ kind: name, key: name, payload: '', at: clock.now() });
  const job = await store.jobs.claim(name, { owner, now: clock.now(), leaseMs: LEASE_MS });
  if (job === null) return false;
  using held = keepLease({ store, clock }, job.id, owner);
  try {
    await work(held.signal);
    return true;
  } finally {
    await store.jobs.finish(job.id, owner);
  }
};

/** Extends a claimed job's lease until disposed; the signal aborts where it could not be extended in time. */
export const keepLease = (
  { store, clock }: { store: Pick<Store, 'jobs'>; clock: Clock },
  id: string,
  owner: string,
): { readonly signal: AbortSignal } & Disposable => {
  const lost = new AbortController();
  let until = clock.now() + LEASE_MS;
  const extend = async (): Promise<void> => {
    const next = clock.now() + LEASE_MS;
    if (await store.jobs.extend(id, owner, next).catch(() => clock.now() < until)) until = next;
    else lost.abort();
  };
  const timer = setInterval(extend, EXTEND_MS);
  timer.unref();
  return { signal: lost.signal, [Symbol.dispose]: () => clearInterval(timer) };
};
