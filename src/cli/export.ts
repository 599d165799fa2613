import { Command, Option } from 'commander';
import { openApp } from './open.ts';
import { print } from './print.ts';

type Format = 'jsonl' | 'bibtex';

const run = async ({ format }: { readonly format: Format }): Promise<void> => {
  await using app = await openApp();
  const { exportPapers } = await import('../services/export.ts');
  for await (const text of exportPapers(app, { format })) {
    if (process.stdout.destroyed) return;
    await print(text);
  }
};

export const exportCommand = (): Command =>
  new Command('export')
    .description('print every paper, as one JSON object a line or as BibTeX')
    .addOption(new Option('-f, --format <format>', 'jsonl or bibtex').choices(['jsonl', 'bibtex']).default('jsonl'))
    .action(run);
