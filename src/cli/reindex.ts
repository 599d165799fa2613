import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, print } from './print.ts';
import { pace, showProgress } from './progress.ts';

const run = async (): Promise<void> => {
  await using app = await openApp();
  using stop = interruptible();
  const [{ catchUp, embedMissing }, { withIndexLease }] = await Promise.all([
    import('../services/catch-up.ts'),
    import('../services/index-lease.ts'),
  ]);
  const began = app.clock.now();
  const shown = async (
    what: string,
    work: (show: (at: { done: number; total: number }) => void) => Promise<unknown>,
  ) => {
    const from = app.clock.now();
    using progress = await showProgress(what);
    await work(({ done, total }) =>
      progress.show({ done, total, unit: 'papers', ...pace(done, total, from, app.clock.now()) }),
    );
  };
  const ours = await withIndexLease(app, `command:${randomUUID()}`, async (lost) => {
    const signal = AbortSignal.any([stop.signal, lost]);
    await app.index.clear();
    await shown('Indexing words', (onProgress) => catchUp(app, { signal, onProgress }));
    const { embedder } = app;
    if (embedder !== null)
      await shown('Reading for meaning', (onProgress) => embedMissing({ ...app, embedder }, { signal, onProgress }));
    signal.throwIfAborted();
  });
  if (!ours)
    throw new Fault(
      'index-unavailable',
      'A running Broadsheet is writing the index just now: try again when it is done, or stop it first.',
    );
  const { documents, embedded } = await app.index.stats();
  await print(
    `${many(documents, 'paper')} indexed, ${embedded} of them by meaning, in ${duration((app.clock.now() - began) / 1000)}.\n`,
  );
};

export const reindexCommand = (): Command =>
  new Command('reindex').description('throw the search index away and build it again from the database').action(run);
