import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { dayOf } from '../kernel/day.ts';
import { alarmKey, mailAlarms, readWatch } from '../services/alarms.ts';

type Deps = Pick<App, 'store' | 'clock' | 'log' | 'config' | 'sources' | 'mailer'>;

const LOOK_EVERY_MS = 60_000;

/** Looks once: what is wrong and was not said today is logged at `warn`; the operator is written to. */
export const raiseAlarms = async (app: Deps, said: Set<string>, owner: string): Promise<void> => {
  const { clock, log, config } = app;
  const { alarms } = await readWatch(app);
  const today = dayOf(clock.now());
  for (const alarm of alarms) {
    const key = `${today} ${alarmKey(alarm, today)}`;
    if (said.has(key)) continue;
    said.add(key);
    log.warn({ alarm: alarm.kind, source: alarm.source, day: alarm.day }, alarm.says);
  }
  for (const key of said) if (!key.startsWith(today)) said.delete(key);
  await mailAlarms({ ...app, ...config }, alarms, owner);
};

/** Raises alarms until aborted: looks every minute. Never throws; failures are logged. */
export const keepAlarms = async (app: Deps, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
  const owner = `alarms:${randomUUID()}`;
  const said = new Set<string>();
  while (!signal.aborted) {
    await raiseAlarms(app, said, owner).catch((error: unknown) =>
      app.log.error({ err: error }, 'the wires could not be looked after; trying again'),
    );
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
};
