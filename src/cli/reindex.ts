import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, number, print } from './print.ts';

const run = async (): Promise<void> => {
  await using app = await openApp();
  using stop = interruptible();
  const [{ catchUp, embedMissing }, { withIndexLease }, { shown }] = await Promise.all([
    import('../services/catch-up.ts'),
    import('../services/index-lease.ts'),
    import('./catch-up.ts'),
  ]);
  const began = app.clock.now();
  const ours = await withIndexLease(app, `command:${randomUUID()}`, async (lost) => {
    const signal = AbortSignal.any([stop.signal, lost]);
    const { embedder } = app;
    await app.index.clear();
    await shown(app, 'Indexing words', (onProgress) => catchUp(app, { signal, onProgress }));
    if (embedder === null) return;
    await shown(app, 'Reading for meaning', (onProgress) => embedMissing({ ...app, embedder }, { signal, onProgress }));
  });
  if (!ours) {
    throw new Fault(
      'index-unavailable',
      'A running Broadsheet is writing the index just now: try again when it is done, or stop it first.',
    );
  }
  if (stop.signal.aborted)
    throw new Fault('interrupted', 'Stopped. What is missing comes by itself: npm start goes on from here.');
  const { documents, embedded } = await app.index.stats();
  const seconds = (app.clock.now() - began) / 1000;
  await print(
    `${many(documents, 'paper')} indexed, ${number(embedded)} of them by meaning, in ${duration(seconds)}.\n`,
  );
};

export const reindexCommand = (): Command =>
  new Command('reindex').description('throw the search index away and build it again from the database').action(run);
