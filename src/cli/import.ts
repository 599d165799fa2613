import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { faultOf } from './complain.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, number, print, remark } from './print.ts';
import { showProgress } from './progress.ts';

interface Options {
  readonly source?: string;
  readonly restart?: boolean;
}

const sizeOf = async (file: string): Promise<number> => {
  try {
    const there = await stat(file);
    if (there.isDirectory()) throw new Fault('cannot-read', `${file} is a folder: name a file.`);
    return there.size;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'There is no file' : `${code}: cannot read`;
    throw new Fault('cannot-read', `${why} ${file}: check the name.`, { cause });
  }
};

const run = async (file: string, { source, restart }: Options): Promise<void> => {
  const size = file === '-' ? null : await sizeOf(file);
  await using app = await openApp();
  using stop = interruptible();
  const [{ importFile }, { catchUpShown, embedShown }] = await Promise.all([
    import('../services/import.ts'),
    import('./catch-up.ts'),
  ]);
  const progress = await showProgress('Importing');
  const taken = await importFile(app, {
    source: source ?? null,
    bytes: file === '-' ? process.stdin : createReadStream(file),
    name: file === '-' ? 'standard input' : file,
    size,
    resume: !restart,
    signal: stop.signal,
    onProgress: ({ done, bytesRead, bytesTotal, rate, etaSeconds }) =>
      progress.show({
        done,
        total: null,
        unit: 'papers',
        share: bytesTotal ? bytesRead / bytesTotal : null,
        rate,
        etaSeconds,
      }),
  }).finally(() => progress[Symbol.dispose]());
  if (!taken.ok) throw faultOf(taken);
  const report = taken.value;
  if (report.resumedAt > 0)
    remark(`Went on after line ${number(report.resumedAt)}, where an earlier import of this file stopped.`);
  for (const { line, reason } of report.rejections) remark(`Line ${number(line)} was skipped: ${reason}`);
  if (report.rejected > report.rejections.length)
    remark(`… and ${many(report.rejected - report.rejections.length, 'line')} more.`);
  const away = report.gone > 0 ? `, ${number(report.gone)} taken away` : '';
  const extras = report.extras > 0 ? `, ${number(report.extras)} looked up` : '';
  await print(
    `${many(report.new, 'new paper')}, ${number(report.changed)} changed, ${number(report.same)} as before, ${number(report.rejected)} skipped${away}${extras} (${report.source}, ${duration(report.seconds)}).\n`,
  );
  for (const day of report.editions) await print(`The edition of ${day} is set.\n`);
  if (!(await catchUpShown(app, stop.signal))) {
    return print('The Broadsheet that is running takes them into its index.\n');
  }
  await embedShown(app, stop.signal);
};

/** Loaded for the help alone: no other command waits for every parser. */
export const sourcesInWords = async (): Promise<string> => {
  const { SOURCES } = await import('../app.ts');
  const width = Math.max(...SOURCES.map(({ id }) => id.length));
  return `\nSources:\n${SOURCES.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`).join('\n')}`;
};

export const importCommand = (): Command =>
  new Command('import')
    .description('take in papers from a file that a source wrote, or an answer it gave; plain, .gz or .zst')
    .argument('<file>', 'the file, or - for standard input')
    .option('-s, --source <id>', 'the source that wrote it (broadsheet sources lists them); else it is recognised')
    .option('--restart', 'begin at the start, also where an earlier import of this file stopped or was complete')
    .action(run);
