import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../store/store.ts';
import { withLease } from './lease.ts';

export { LEASE_MS } from './lease.ts';

/** Runs `work` while no other process of this database writes the search index: see `withLease`. */
export const withIndexLease = (
  deps: { store: Pick<Store, 'jobs'>; clock: Clock },
  owner: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> => withLease(deps, { name: 'index', owner }, work);
