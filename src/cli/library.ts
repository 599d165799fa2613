import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { OWNER } from '../model/reader.ts';
import { catchUpShown } from './catch-up.ts';
import { faultOf } from './complain.ts';
import { openApp } from './open.ts';
import { many, number, print, remark } from './print.ts';

type Format = 'bibtex' | 'ris' | 'csl-json' | 'zotero' | 'json';

const FORMATS: readonly Format[] = ['bibtex', 'ris', 'csl-json', 'zotero', 'json'];

const bytesOf = async (file: string): Promise<AsyncIterable<Uint8Array>> => {
  if (file === '-') return process.stdin;
  const there = await stat(file).catch((cause: unknown) => {
    throw new Fault('cannot-read', `There is no file ${file}: check the name.`, { cause });
  });
  if (there.isDirectory()) throw new Fault('cannot-read', `${file} is a folder: name a file.`);
  return createReadStream(file);
};

const openOwner = async () => {
  const app = await openApp();
  if (app.config.accounts === 'off') return app;
  await app[Symbol.asyncDispose]();
  throw new Fault('bad-usage', 'With accounts, each reader brings papers in and takes them along at /library.');
};

const bringIn = async (file: string, { folder = '' }: { readonly folder?: string }): Promise<void> => {
  const bytes = await bytesOf(file);
  await using app = await openOwner();
  const { importLibrary } = await import('../services/library-import.ts');
  const taken = await importLibrary(app, {
    reader: OWNER,
    bytes,
    name: file === '-' ? 'standard input' : file,
    folder,
  });
  if (!taken.ok) throw faultOf(taken);
  const { fresh, known, saved, rejected, rejections, cut } = taken.value;
  for (const { line, reason } of rejections) remark(`Line ${number(line)} was skipped: ${reason}`);
  if (rejected > rejections.length) remark(`… and ${many(rejected - rejections.length, 'entry', 'entries')} more.`);
  if (cut) remark('The file has more entries than are taken in at once: bring in the rest as a file of its own.');
  await print(
    `${many(saved, 'paper')} put into the library: ${number(fresh)} new, ${number(known)} known, ${number(rejected)} skipped.\n`,
  );
  if (fresh > 0 && !(await catchUpShown(app, new AbortController().signal)))
    await print('The Broadsheet that is running takes them into its index.\n');
};

const takeAlong = async (words: readonly string[], { format }: { readonly format: Format }): Promise<void> => {
  await using app = await openOwner();
  const { exportLibrary } = await import('../services/library-export.ts');
  for await (const text of exportLibrary(app, { reader: OWNER, format, q: words.join(' ') })) {
    if (process.stdout.destroyed) return;
    await print(text);
  }
};

/** The owner's library at the command line; with accounts a library is its reader's own. */
export const libraryCommand = (): Command => {
  const command = new Command('library').description('bring papers into your library, or take it along');
  command
    .command('import')
    .description('bring in a BibTeX, RIS, CSL-JSON or Zotero file: its papers, keywords, notes and groups')
    .argument('<file>', 'the file, plain, .gz or .zst, or - for standard input')
    .option('--folder <name>', 'a folder for all of them, e.g. "Thesis/Chapter 2"')
    .action(bringIn);
  command
    .command('export')
    .description('print the library, or what is found in it')
    .argument('[words...]', 'e.g. tag:rag in:thesis state:read')
    .addOption(new Option('-f, --format <format>', FORMATS.join(', ')).choices(FORMATS).default('bibtex'))
    .action(takeAlong);
  return command;
};
