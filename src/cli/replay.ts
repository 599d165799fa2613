import { Command } from 'commander';
import { faultOf } from './complain.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, number, print } from './print.ts';
import { showProgress } from './progress.ts';

const run = async (source: string): Promise<void> => {
  await using app = await openApp();
  using stop = interruptible();
  const [{ replay }, { catchUpShown, embedShown }] = await Promise.all([
    import('../services/replay.ts'),
    import('./catch-up.ts'),
  ]);
  const progress = await showProgress('Reading again');
  const done = await replay(app, {
    source,
    signal: stop.signal,
    onProgress: (at) => progress.show({ ...at, total: null, unit: 'records', etaSeconds: null }),
  }).finally(() => progress[Symbol.dispose]());
  if (!done.ok) throw faultOf(done);
  const { read, new: fresh, changed, same, unread, seconds } = done.value;
  await print(
    `${many(read, 'record')} read again: ${many(fresh, 'new paper')}, ${number(changed)} changed, ${number(same)} as before, ${number(unread)} not readable (${source}, ${duration(seconds)}).\n`,
  );
  if (!(await catchUpShown(app, stop.signal)))
    return print('The Broadsheet that is running takes them into its index.\n');
  await embedShown(app, stop.signal);
};

export const replayCommand = (): Command =>
  new Command('replay')
    .description('read again every record kept of a source, as it came in, with the parser as it is now')
    .argument('<source>', 'the source; broadsheet sources lists them')
    .action(run);
