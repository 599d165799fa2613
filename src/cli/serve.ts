import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';
import { HOME, readConfig } from '../config.ts';
import { dayOf } from '../kernel/day.ts';
import { createLog } from '../kernel/log.ts';
import type { LabWorkshop } from '../web/lab-workshop.ts';
import { faultOf } from './complain.ts';
import { reportInWords } from './harvest.ts';
import { interruptible } from './interrupt.ts';
import { duration, many, number, print } from './print.ts';

const FIRST_EDITION = join(HOME, 'assets/first-edition/daily-papers-page.txt');
const TELL_EVERY_MS = 5_000;

const dayInWords = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(day),
  );

const addressOf = (host: string, port: number): string => {
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host);
  return `http://${local ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
};

/** Says how reading for meaning goes on, now and then, with rate and time left. */
const teller = (now: () => number) => {
  let began = now();
  let told = began;
  let from = 0;
  return ({ done, total }: { readonly done: number; readonly total: number }): void => {
    if (done < from || done <= 1) [began, told, from] = [now(), now(), done];
    if (now() - told < TELL_EVERY_MS || done >= total) return;
    told = now();
    const rate = (done - from) / Math.max(0.001, (now() - began) / 1000);
    const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : '';
    void print(
      `Reading for meaning: ${number(done)} of ${many(total, 'paper')}, ${number(Math.round(rate))}/s${left}\n`,
    );
  };
};

const openWatched = async (id: string): Promise<LabWorkshop> => {
  const { openLabWorkshop } = await import('../web/lab-workshop.ts');
  return openLabWorkshop(id, {
    tell: (wrong) => void print(wrong === null ? `${id} is made again.\n` : `${id} stays as it was: ${wrong}\n`),
  });
};

/** Serves until it is stopped. `watched`: the lab that is being written. */
export const serve = async ({ watched = null }: { readonly watched?: string | null } = {}): Promise<void> => {
  const config = readConfig();
  using stop = interruptible();
  const level = config.logLevel === 'auto' ? (process.stderr.isTTY ? 'warn' : 'info') : config.logLevel;
  const [{ createApp }, { createWeb }, { listen }] = await Promise.all([
    import('../app.ts'),
    import('../web/server.ts'),
    import('../web/listen.ts'),
  ]);
  await using app = await createApp(config, { log: createLog(level) });
  const { readSchedule } = await import('../services/schedule.ts');
  const schedule = readSchedule(config.harvest, app.sources, dayOf(app.clock.now()));

  const { importFirstEdition } = await import('../services/first-edition.ts');
  const taken = await importFirstEdition(app, { file: FIRST_EDITION });
  if (taken && !taken.ok) throw faultOf(taken);
  if (taken) {
    const { new: papers, editions } = taken.value;
    await print(`The first edition is in: ${many(papers, 'paper')} of ${editions.map(dayInWords).join(', ')}.\n`);
  }

  using workshop = watched === null ? null : await openWatched(watched);
  const server = await listen(await createWeb(app, workshop), { host: config.host, port: config.port });
  try {
    await print(`Broadsheet is served at ${addressOf(config.host, server.port)}  (Ctrl-C stops it)\n`);
    if (workshop !== null)
      await print(
        `The lab is at ${addressOf(config.host, server.port)}/labs/${watched}, and comes again when its files are saved.\n`,
      );
    if (config.accounts !== 'off') {
      const { newSetupToken } = await import('../services/setup.ts');
      const token = await newSetupToken(app);
      if (token !== null)
        await print(`There is no operator yet: open ${config.publicUrl}/setup?t=${token} (good for a day)\n`);
    }
    app.log.info({ host: config.host, port: server.port, pid: process.pid }, 'serving');
    flushCompileCache();
    const [
      { keepUp },
      { keepHarvesting },
      { keepEditions },
      { keepAlarms },
      { keepAccounts },
      { keepBounces },
      { keepDigests },
      { keepAnnouncing },
      { keepPushing },
    ] = await Promise.all([
      import('../jobs/keep-up.ts'),
      import('../jobs/harvests.ts'),
      import('../jobs/editions.ts'),
      import('../jobs/alarms.ts'),
      import('../jobs/accounts.ts'),
      import('../jobs/bounces.ts'),
      import('../jobs/digests.ts'),
      import('../jobs/websub.ts'),
      import('../jobs/pushes.ts'),
    ]);
    const { signal } = stop;
    await Promise.all([
      keepUp(app, {
        signal,
        events: {
          indexed: (changes) => void print(`Search by words is ready (${many(changes, 'change')} taken in).\n`),
          embedding: teller(app.clock.now),
          embedded: (papers) => void print(`Search by meaning is ready (${many(papers, 'paper')} read).\n`),
        },
      }),
      keepHarvesting(app, {
        schedule,
        signal,
        events: { harvested: (report) => void print(`${reportInWords(report)}\n`) },
      }),
      keepEditions(app, { signal }),
      keepAlarms(app, { signal }),
      keepBounces(app, { signal }),
      keepDigests(app, { signal }),
      keepAnnouncing(app, { signal }),
      keepPushing(app, { signal }),
      ...(config.accounts === 'off' ? [] : [keepAccounts(app, { signal })]),
    ]);
  } finally {
    await server.close();
    app.log.info({}, 'stopped');
  }
};

export const serveCommand = (): Command =>
  new Command('serve').description('serve the front page, and keep search up to date').action(() => serve());
