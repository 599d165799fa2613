import type { Clock } from '../kernel/clock.ts';
import { addDays, dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { alarmsOf, LOOK_BACK_DAYS, type Watched } from '../model/alarms.ts';
import type { Alarm, Run, SourceStanding } from '../model/ledger.ts';
import { href } from '../model/urls.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  readonly store: Pick<Store, 'ledger' | 'runs' | 'standings'>;
  readonly clock: Clock;
  readonly sources: readonly Source[];
}

/** How the wires stand, and what is wrong with them. */
export interface Watch {
  readonly alarms: readonly Alarm[];
  readonly standings: readonly SourceStanding[];
  /** Entries taken in today, by source. */
  readonly today: ReadonlyMap<string, number>;
}

/** Runs looked through for a source's last one. */
const RUNS_BACK = 10;

const watchedOf = (sources: readonly Source[]): readonly Watched[] =>
  sources.flatMap(({ id, title, wire }) =>
    wire === undefined ? [] : [{ id, title, staleAfterHours: wire.staleAfterHours, group: wire.manners.key }],
  );

/** Reads all that alarms are made from, and makes them. A few small queries: not for every request. */
export const readWatch = async ({ store, clock, sources }: Deps): Promise<Watch> => {
  const now = clock.now();
  const today = dayOf(now);
  const watched = watchedOf(sources);
  const standings = await store.standings.all();
  const active = watched.filter(({ id }) =>
    standings.some(({ source, paused, nextAt }) => source === id && !paused && nextAt !== null),
  );
  const span = { first: addDays(today, -LOOK_BACK_DAYS), last: today };
  const [cells, ...runs] = await Promise.all([
    store.ledger.cells(span),
    ...active.map(({ id }) => store.runs.recent({ source: id, limit: RUNS_BACK })),
  ]);
  const taken = new Map<string, number>();
  for (const { source, day, ingested } of cells)
    if (day === today) taken.set(source, (taken.get(source) ?? 0) + ingested);
  return { alarms: alarmsOf({ now, sources: watched, standings, runs: runs.flat(), cells }), standings, today: taken };
};

/** Tells alarms from each other: one that lasts is raised anew each day, one about a day only once. */
export const alarmKey = ({ kind, source, day }: Alarm, today: string): string => `${kind}:${source}:${day ?? today}`;

const MAIL_JOB = 'alarm-mail';
const MAIL_LEASE_MS = 120_000;
const MAIL_AGAIN_MS = 300_000;
const MAILS_A_TURN = 20;

interface PostDeps {
  readonly store: Pick<Store, 'jobs' | 'cursors'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer | null;
  /** Where readers find this instance; empty where it is not configured. */
  readonly publicUrl: string;
  readonly masthead: string;
  readonly operatorMail: string;
}

const letterOf = (
  { masthead, operatorMail, publicUrl }: PostDeps,
  key: string,
  says: string,
): Parameters<Mailer['send']>[0] => ({
  to: operatorMail,
  subject: `${masthead}: ${says}`.slice(0, 200),
  text: [
    says,
    ...(publicUrl === ''
      ? ['./broadsheet sources shows how all sources stand.']
      : [publicUrl + href.sources, publicUrl + href.ledger]),
    'This is sent once a day while it lasts.\n',
  ].join('\n\n'),
  messageId: `alarm-${key.replace(/[^\w.-]+/g, '-')}@${publicUrl === '' ? 'broadsheet' : new URL(publicUrl).hostname}`,
  headers: { 'Auto-Submitted': 'auto-generated' },
});

/** Notes for each alarm that a letter is due, unless it was sent: over all processes and restarts, one letter a key. */
const enqueueLetters = async ({ store, clock }: PostDeps, alarms: readonly Alarm[]): Promise<void> => {
  const today = dayOf(clock.now());
  for (const alarm of alarms) {
    const key = alarmKey(alarm, today);
    if ((await store.cursors.get(`${MAIL_JOB}:${key}`)) !== null) continue;
    await store.jobs.enqueue({
      kind: MAIL_JOB,
      key: `${MAIL_JOB}:${key}`,
      payload: JSON.stringify({ key, says: alarm.says }),
      at: clock.now(),
    });
  }
};

/** Sends the letters that are due. One that is not taken is tried again later; it is sent twice only where a process dies between sending and noting it, under the same Message-ID. */
const sendLetters = async (deps: PostDeps, mailer: Mailer, owner: string): Promise<number> => {
  const { store, clock, log } = deps;
  let sent = 0;
  for (let n = 0; n < MAILS_A_TURN; n += 1) {
    const job = await store.jobs.claim(MAIL_JOB, { owner, now: clock.now(), leaseMs: MAIL_LEASE_MS });
    if (job === null) break;
    const { key, says } = JSON.parse(job.payload) as { key: string; says: string };
    const name = `${MAIL_JOB}:${key}`;
    try {
      if ((await store.cursors.get(name)) === null) {
        await mailer.send(letterOf(deps, key, says));
        await store.cursors.set({ name, position: clock.now(), note: says });
        sent += 1;
      }
      await store.jobs.finish(job.id, owner);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'mail-unavailable') throw error;
      log.warn({ err: error }, 'an alarm could not be mailed; trying again');
      await store.jobs.retry(job.id, owner, clock.now() + MAIL_AGAIN_MS, error.message);
      break;
    }
  }
  return sent;
};

/** Mails alarms to the operator, each once (one that lasts: once a day), over all processes. Returns how many letters went out. */
export const mailAlarms = async (deps: PostDeps, alarms: readonly Alarm[], owner: string): Promise<number> => {
  if (deps.mailer === null || deps.operatorMail === '') return 0;
  await enqueueLetters(deps, alarms);
  return sendLetters(deps, deps.mailer, owner);
};

/** The newest run of each source that has ended, from runs that are newest first. */
export const lastRuns = (runs: readonly Run[]): ReadonlyMap<string, Run> => {
  const last = new Map<string, Run>();
  for (const run of runs) if (run.outcome !== 'running' && !last.has(run.source)) last.set(run.source, run);
  return last;
};
