import { Command } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { identifiersIn, type Named } from '../model/identifier.ts';
import { faultOf } from './complain.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { many, print, remark } from './print.ts';
import { pace, showProgress } from './progress.ts';

/** A person waits: a source that is silent for longer is told. */
const PATIENCE_MS = 60_000;
/** Longest list that is read, in bytes. */
const LIST_MAX = 16 * 1024 * 1024;
/** Identifiers told by name; of more, their number. */
const NAMED = 20;

const listed = async (): Promise<string> => {
  if (process.stdin.isTTY) remark('Paste identifiers or addresses, one or many a line, and end with Ctrl-D.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIST_MAX)
      throw new Fault('too-large', `The list is longer than ${LIST_MAX / 1024 / 1024} MiB: split it.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** What was named; throws `bad-usage` for an argument that names no paper. */
const namedIn = async (args: readonly string[]): Promise<readonly Named[]> => {
  const nothing = args.filter((arg) => identifiersIn(arg).length === 0);
  if (nothing.length > 0)
    throw new Fault('bad-usage', `${nothing.slice(0, NAMED).join(', ')}: no arXiv id, no DOI, no address of a paper.`);
  const found = identifiersIn(args.length > 0 ? args.join('\n') : await listed());
  if (found.length === 0)
    throw new Fault('bad-input', 'The list names no paper: write arXiv ids, DOIs or addresses of papers.');
  return found;
};

const inWords = (ids: readonly string[]): string =>
  ids.length <= NAMED
    ? ids.join(', ')
    : `${ids.slice(0, NAMED).join(', ')} and ${many(ids.length - NAMED, 'more', 'more')}`;

const run = async (args: readonly string[]): Promise<void> => {
  const ids = (await namedIn(args)).map(({ id }) => id);
  await using app = await openApp();
  using stop = interruptible();
  const [{ resolveIds }, { catchUpShown, embedShown }] = await Promise.all([
    import('../services/resolve-ids.ts'),
    import('./catch-up.ts'),
  ]);
  const { sourceUrls: bases, sourceKeys: keys } = app.config;
  const began = app.clock.now();
  const progress = await showProgress('Asking');
  const resolved = await resolveIds(
    { ...app, bases, keys },
    {
      ids,
      signal: stop.signal,
      patienceMs: PATIENCE_MS,
      onProgress: ({ done, total }) =>
        progress.show({ done, total, unit: 'papers', ...pace(done, total, began, app.clock.now()) }),
    },
  ).finally(() => progress[Symbol.dispose]());
  if (!resolved.ok) throw faultOf(resolved);
  const { known, added, missing, failures } = resolved.value;
  await print(`${many(added.length, 'new paper')}, ${many(known.length, 'paper')} known already.\n`);
  if (added.length > 0) {
    if (await catchUpShown(app, stop.signal)) await embedShown(app, stop.signal);
    else await print('The Broadsheet that is running takes them into its index.\n');
  }
  const silent = failures.map((one) => `${one.reason} Not asked for: ${inWords(one.ids)}.`);
  const unknown = missing.length === 0 ? [] : [`Not found: ${inWords(missing)}.`];
  if (silent.length > 0) throw new Fault('source-unavailable', [...silent, ...unknown].join('\n'));
  if (unknown.length > 0) throw new Fault('not-found', unknown.join('\n'));
};

export const addCommand = (): Command =>
  new Command('add')
    .description('take in papers by name: arXiv ids, DOIs or addresses, as arguments or on standard input')
    .argument(
      '[ids...]',
      'e.g. 1706.03762 10.1038/nature14539 https://openreview.net/forum?id=…; none reads standard input',
    )
    .addHelpText('after', '\nOn standard input: one or many a line, in any mix; what follows # is a comment.')
    .action(run);
