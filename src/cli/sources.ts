import { Command } from 'commander';
import type { App } from '../app.ts';
import { dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { openApp } from './open.ts';
import { print } from './print.ts';

const listed = async (app: App) => {
  const { readSchedule } = await import('../services/schedule.ts');
  const schedule = readSchedule(app.config.harvest, app.sources, dayOf(app.clock.now()));
  const standings = new Map((await app.store.standings.all()).map((one) => [one.source, one]));
  return app.sources.map((source) => {
    const { id, title, homepage, authority, wire, lookup } = source;
    const standing = standings.get(id);
    const plans = schedule.filter((plan) => plan.source === source);
    return {
      id,
      title,
      homepage,
      authority,
      harvest: wire !== undefined,
      wishes: wire?.wishes ?? {},
      lookup: lookup !== undefined,
      schedule: plans.map(({ times, wish: { set } }) => (set === null ? times : `${set} = ${times}`)),
      paused: standing?.paused ?? false,
      lastSuccessAt: standing?.lastSuccessAt ?? null,
      lastFailureAt: standing?.lastFailureAt ?? null,
      lastFailure: standing?.lastFailure ?? null,
      nextAt:
        plans.length === 0 ? null : (standing?.nextAt ?? Math.min(...plans.map((plan) => plan.next(app.clock.now())))),
    };
  });
};

type Listed = Awaited<ReturnType<typeof listed>>[number];

const minute = (ms: number | null): string =>
  ms === null ? '–' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const able = ({ harvest, wishes, lookup }: Listed): string => {
  const asked = Object.keys(wishes).map((name) => `--${name}`);
  return [
    'import',
    ...(harvest ? [asked.length > 0 ? `harvest (${asked.join(' ')})` : 'harvest'] : []),
    ...(lookup ? ['look-up'] : []),
  ].join(', ');
};

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};

const list = async ({ json }: { readonly json?: boolean }): Promise<void> => {
  await using app = await openApp();
  const all = await listed(app);
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  if (json) {
    const plain = all.map((one) => ({
      ...one,
      lastSuccessAt: iso(one.lastSuccessAt),
      lastFailureAt: iso(one.lastFailureAt),
      nextAt: iso(one.nextAt),
    }));
    return print(`${JSON.stringify(plain, null, 2)}\n`);
  }
  const rows = all.map((one) => [
    one.id,
    one.title,
    able(one),
    one.schedule.join('; ') || '–',
    one.paused ? 'paused' : one.harvest ? minute(one.nextAt) : '–',
    minute(one.lastSuccessAt),
  ]);
  await print(table([['source', 'title', 'can', 'harvested', 'next (UTC)', 'last success (UTC)'], ...rows]));
  for (const { id, lastFailure, lastFailureAt, lastSuccessAt } of all) {
    if (lastFailure !== null && (lastFailureAt ?? 0) > (lastSuccessAt ?? 0))
      await print(`${id} failed at ${minute(lastFailureAt)}: ${lastFailure}\n`);
  }
};

const setPaused = async (id: string, paused: boolean): Promise<void> => {
  await using app = await openApp();
  const known = app.sources.filter(({ wire }) => wire !== undefined).map((source) => source.id);
  if (!known.includes(id))
    throw new Fault('bad-usage', `“${id}” is no source that is harvested. There are: ${known.join(', ')}.`);
  await app.store.standings.put({ source: id, paused });
  await print(
    paused
      ? `${id} is paused: it is harvested only by broadsheet harvest ${id}.\n`
      : `${id} is harvested again when its time comes; what was missed is caught up.\n`,
  );
};

export const sourcesCommand = (): Command => {
  const command = new Command('sources')
    .description('list the sources: what each can do, when it is harvested, when that last went well')
    .option('--json', 'as JSON')
    .action(list);
  command
    .command('pause')
    .description('harvest a source no longer by itself, until it is resumed')
    .argument('<source>')
    .action((id: string) => setPaused(id, true));
  command
    .command('resume')
    .description('harvest a source by itself again')
    .argument('<source>')
    .action((id: string) => setPaused(id, false));
  return command;
};
