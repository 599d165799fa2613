import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { many, number, print, remark } from './print.ts';
import { pace, showProgress } from './progress.ts';

interface Options {
  readonly dryRun?: true;
  readonly to?: string;
  readonly send?: true;
}

const run = async ({ dryRun, to, send }: Options): Promise<void> => {
  if (send !== undefined && (to !== undefined || dryRun !== undefined))
    throw new Fault('bad-usage', '--send sends what is due to all who wait for it: it goes with nothing else.');
  using stop = interruptible();
  await using app = await openApp();
  const { countDue, sendDigests, sendTrial, trialDigest } = await import('../jobs/digests.ts');
  if (send === true) {
    const total = await countDue(app);
    const began = performance.now();
    using progress = await showProgress('Mail');
    const so = await sendDigests(app, {
      owner: `digest:${randomUUID()}`,
      signal: stop.signal,
      told: ({ sent, empty, failed, dropped, later }) => {
        const done = sent + empty + failed + dropped + later;
        progress.show({
          done,
          total: Math.max(total, done),
          unit: 'mails',
          ...pace(done, total, began, performance.now()),
        });
      },
    });
    await print(
      `${many(so.sent, 'mail')} sent, ${number(so.empty)} had nothing to say, ${number(so.failed)} refused, ${number(so.dropped)} not wanted any more, ${number(so.later)} to be tried again.\n`,
    );
    return;
  }
  if (to !== undefined && dryRun === undefined) {
    await print(`Sent to ${to}: ${await sendTrial(app, to)}\n`);
    return;
  }
  const { subject, text } = await trialDigest(app, to ?? 'reader@example.org');
  await print(`${subject}\n\n${text}\n`);
  remark(`Nothing was sent. ${many(await countDue(app), 'mail is', 'mails are')} due now.`);
};

export const digestCommand = (): Command =>
  new Command('digest')
    .description('show the morning mail, send it to yourself, or send what is due now')
    .option('--dry-run', 'print the mail; send nothing (what happens when no option is given)')
    .option('--to <address>', 'send to that address what somebody there would get now, and to nobody else')
    .option('--send', 'send all that is due now')
    .action(run);
