import { Command } from 'commander';
import type { Day } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { faultOf } from './complain.ts';
import { openApp } from './open.ts';
import { many, print, remark } from './print.ts';

const show = async (date: Day | undefined): Promise<void> => {
  await using app = await openApp();
  const [{ setEdition, recordWithdrawals }, { rollOvers }] = await Promise.all([
    import('../services/edition.ts'),
    import('../services/roll-over.ts'),
  ]);
  const day = date ?? rollOvers(app.config.edition, app.clock.now()).latest.day;
  const before = await app.store.editions.get(day);
  const set = await setEdition(app, app.config.edition, day);
  if (!set.ok) throw faultOf(set);
  const edition = set.value;
  if (edition === null) {
    throw new Fault(
      'not-found',
      `There is no edition of ${day}: no paper of the days before it is waiting, or it is a weekend that is skipped.`,
    );
  }
  await recordWithdrawals(app);
  const cards = await app.store.papers.cards(edition.placements, '');
  await print(`No. ${edition.number} · ${edition.date} · ${many(cards.length, 'paper')} · ${edition.source}\n`);
  for (const [i, { paper }] of cards.entries())
    await print(`${String(i + 1).padStart(3)}. ${paper.title}\n     ${paper.id}\n`);
  const corrections = await app.store.editions.corrections(day);
  if (corrections.length > 0) await print('Corrections\n');
  for (const { paperId, says } of corrections) await print(`  ${paperId === null ? '' : `${paperId}: `}${says}\n`);
  remark(before === null ? 'Set now; from here on it stays as it is.' : 'It was set before.');
};

interface Correcting {
  readonly says: string;
  readonly paper?: string;
}

const correct = async (date: Day, { says, paper }: Correcting): Promise<void> => {
  await using app = await openApp();
  const { correctEdition } = await import('../services/edition.ts');
  const done = await correctEdition(app, { date, says, paper: paper ?? null });
  if (!done.ok) throw faultOf(done);
  remark(`Recorded beside the edition of ${date}, which stays as it is.`);
};

export const editionCommand = (): Command =>
  new Command('edition')
    .description('set the edition of a day now, or show the one it has')
    .argument('[date]', 'YYYY-MM-DD; the latest roll-over’s day when left out')
    .action(show)
    .addCommand(
      new Command('correct')
        .description('record a correction beside an edition')
        .argument('<date>', 'YYYY-MM-DD')
        .requiredOption('--says <sentence>', 'what readers are told')
        .option('--paper <id>', 'the paper it is about, by any of its ids')
        .action(correct),
    );
