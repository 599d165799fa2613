import { Command } from 'commander';
import { isDay } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { HarvestProgress, HarvestReport } from '../services/harvest.ts';
import { faultOf } from './complain.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, number, print, remark } from './print.ts';
import { showProgress } from './progress.ts';

interface Options {
  readonly from?: string;
  readonly until?: string;
  readonly set?: string;
  readonly format?: string;
}

/** A person waits at the terminal: a source that does not answer at all is told soon, one that stops answering is waited for. */
const PATIENCE = { first: 20_000, later: 60 * 60_000 };
const WORTH_A_WORD_MS = 5_000;

const dayFrom = (name: string, text: string | undefined): string | null => {
  if (text === undefined || isDay(text)) return text ?? null;
  throw new Fault('bad-usage', `--${name} ${text} is not a day: write e.g. 2026-11-20.`);
};

/** Shows pages on the bar; on plain lines, a long wait is told at once. */
const shower = (show: Awaited<ReturnType<typeof showProgress>>['show']) => {
  let told = '';
  return ({ pages, records, total, rate, etaSeconds, waiting }: HarvestProgress): void => {
    const waits = waiting === null ? null : `waiting ${duration(waiting.ms / 1000)}: ${waiting.reason}`;
    show({ done: records, total, unit: 'records', rate, etaSeconds, also: waits ?? many(pages, 'page') });
    if (process.stderr.isTTY || waits === null || waits === told || (waiting?.ms ?? 0) < WORTH_A_WORD_MS) return;
    told = waits;
    remark(`Harvesting: ${waits}`);
  };
};

export const reportInWords = (report: HarvestReport): string => {
  const { changed, same, rejected, gone } = report;
  const away = gone > 0 ? `, ${number(gone)} taken away` : '';
  return `${many(report.new, 'new paper')}, ${number(changed)} changed, ${number(same)} as before, ${number(rejected)} skipped${away} (${report.source}, ${many(report.pages, 'page')}, ${duration(report.seconds)}).`;
};

const run = async (id: string, options: Options): Promise<void> => {
  const wish = {
    from: dayFrom('from', options.from),
    until: dayFrom('until', options.until),
    set: options.set ?? null,
    format: options.format ?? null,
  };
  await using app = await openApp();
  const source = app.sources.find((one) => one.id === id);
  if (!source) {
    const able = app.sources.flatMap((one) => (one.wire ? [one.id] : []));
    throw new Fault('bad-usage', `There is no source “${id}”. What can be harvested: ${able.join(', ')}.`);
  }
  using stop = interruptible();
  const [{ harvest }, { catchUpShown, embedShown }] = await Promise.all([
    import('../services/harvest.ts'),
    import('./catch-up.ts'),
  ]);
  const { sourceUrls: bases, sourceKeys: keys } = app.config;
  const progress = await showProgress('Harvesting');
  const done = await harvest(
    { ...app, bases, keys },
    { source, wish, signal: stop.signal, patience: PATIENCE, onProgress: shower(progress.show) },
  ).finally(() => progress[Symbol.dispose]());
  if (!done.ok) throw faultOf(done);
  const report = done.value;
  if (report.resumedAt > 0) remark(`Went on after page ${number(report.resumedAt)}, where an earlier harvest stopped.`);
  for (const { line, reason } of report.rejections) remark(`Entry ${number(line)} was skipped: ${reason}`);
  await print(`${report.byAnother ? 'Another process has finished it: ' : ''}${reportInWords(report)}\n`);
  if (report.byAnother) return;
  if (!(await catchUpShown(app, stop.signal)))
    return print('The Broadsheet that is running takes them into its index.\n');
  await embedShown(app, stop.signal);
};

export const harvestCommand = (): Command =>
  new Command('harvest')
    .description('take in what a source has that is new, or what it has between two days, to the end of its list')
    .argument('<source>', 'the source; broadsheet sources lists them and what each can be asked for')
    .option('--from <day>', 'the first day, e.g. 2026-11-20; without it, what came since the last harvest')
    .option('--until <day>', 'the last day')
    .option('--set <set>', 'a part of the source: a category, a venue, an address')
    .option('--format <format>', 'the format its records are asked for in')
    .addHelpText('after', '\nStopped or killed, the same command goes on where it was.')
    .action(run);
