import { randomUUID } from 'node:crypto';
import type { App } from '../app.ts';
import { catchUp } from '../services/catch-up.ts';
import { withIndexLease } from '../services/index-lease.ts';
import { pace, showProgress } from './progress.ts';

/** Brings the index (its words) up to the database with progress shown; false where another process is at it. */
export const catchUpShown = async (app: App, signal: AbortSignal): Promise<boolean> => {
  if ((await app.store.changes.last()) === (await app.index.position())) return true;
  const began = app.clock.now();
  using progress = await showProgress('Indexing');
  return withIndexLease(app, `command:${randomUUID()}`, async (lost) => {
    await catchUp(app, {
      signal: AbortSignal.any([signal, lost]),
      onProgress: ({ done, total }) =>
        progress.show({ done, total, unit: 'papers', ...pace(done, total, began, app.clock.now()) }),
    });
  });
};
