import { Command } from 'commander';
import { OWNER, type Reader } from '../model/reader.ts';
import { faultOf } from './complain.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { print } from './print.ts';

const THE_OWNER: Reader = { id: OWNER, handle: 'owner', name: 'The owner', role: 'operator', createdAt: 0 };

const run = async (what: string, { note = '' }: { readonly note?: string }): Promise<void> => {
  await using app = await openApp();
  using stop = interruptible();
  const [{ submitNow }, { catchUpShown }] = await Promise.all([
    import('../services/submit.ts'),
    import('./catch-up.ts'),
  ]);
  const { sourceUrls: bases, sourceKeys: keys } = app.config;
  const submitted = await submitNow({ ...app, bases, keys }, { reader: THE_OWNER, text: what, note });
  if (!submitted.ok) throw faultOf(submitted);
  const papers = submitted.value.kind === 'done' ? submitted.value.papers : [];
  for (const { paper } of await app.store.papers.cards(papers, OWNER))
    await print(`Submitted: ${paper.title}\n           ${paper.id}\n`);
  if (submitted.value.missing.length > 0) await print(`Not found: ${submitted.value.missing.join(', ')}.\n`);
  if (!(await catchUpShown(app, stop.signal))) await print('The Broadsheet that is running takes it into its index.\n');
};

export const submitCommand = (): Command =>
  new Command('submit')
    .description('put a paper before the others: it stands in “Just in” today and first among tomorrow’s candidates')
    .argument('<what>', 'an arXiv id, a DOI, or the address of a page')
    .option('--note <text>', 'why others should read it, in Markdown')
    .action(run);
