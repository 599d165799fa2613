import { duration, many } from '../kernel/amounts.ts';
import type { Clock } from '../kernel/clock.ts';
import { dayOf } from '../kernel/day.ts';
import { type Finding, ill, well } from '../model/finding.ts';
import type { SourceStanding } from '../model/ledger.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { readEmbedProgress } from './embed-progress.ts';
import { readSchedule } from './schedule.ts';

/** What can be examined of an instance while it runs. */
export interface HealthDeps {
  readonly store: Store;
  readonly index: Pick<SearchIndex, 'stats' | 'position'>;
  readonly embedder: Embedder | null;
  readonly clock: Clock;
  readonly sources: readonly Source[];
  readonly config: {
    readonly harvest: string;
    readonly sourceUrls: Readonly<Record<string, string>>;
    readonly fetchAllow: readonly string[];
  };
}

/** Broadsheet was written in this year: a clock before it is wrong. */
const EARLIEST = Date.UTC(2026, 0, 1);
const CLOCK_SLACK_MS = 60 * 60_000;

/** Both are off unless an operator wants them: where one is set, what is fetched is not what the sources themselves say. */
export const examineFetching = ({
  sourceUrls,
  fetchAllow,
}: Pick<HealthDeps['config'], 'sourceUrls' | 'fetchAllow'>): readonly Finding[] => {
  const finding = (what: Finding['what'], name: string, values: readonly string[], mend: string): Finding =>
    values.length === 0
      ? well(what, `${name} is off`)
      : { what, state: 'care', says: `${name} is ${values.join(', ')}`, mend, code: 'bad-config' };
  const mirrors = Object.entries(sourceUrls).map(
    ([source, url]) => `${source}=${url.replace(/(:\/\/)[^/@]*@/, '$1…@')}`,
  );
  return [
    finding('mirrors', 'BROADSHEET_SOURCE_URLS', mirrors, 'leave it empty to ask the sources themselves'),
    finding('fetching', 'BROADSHEET_FETCH_ALLOW', fetchAllow, 'leave it empty to fetch from public addresses only'),
  ];
};

const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

export const examineStanding = (source: string, standing: SourceStanding | null): Finding => {
  const {
    paused = false,
    nextAt = null,
    lastSuccessAt = null,
    lastFailureAt = null,
    lastFailure = null,
  } = standing ?? {};
  const last = lastSuccessAt === null ? 'not harvested yet' : `harvested at ${minute(lastSuccessAt)}`;
  const next = paused ? ', paused' : nextAt === null ? '' : `, next at ${minute(nextAt)} UTC`;
  if (lastFailure === null || (lastFailureAt ?? 0) <= (lastSuccessAt ?? 0))
    return well('source', `${source}: ${last}${next}`);
  return {
    what: 'source',
    state: 'care',
    says: `${source}: ${last}${next}; it failed at ${minute(lastFailureAt ?? 0)}: ${lastFailure}`,
    mend: `it is tried again by itself; ./broadsheet harvest ${source} tries at once`,
    code: 'source-unavailable',
  };
};

/** How each source that is harvested by itself stands. */
export async function* examineSources({ config, sources, store, clock }: HealthDeps): AsyncGenerator<Finding> {
  try {
    const schedule = readSchedule(config.harvest, sources, dayOf(clock.now()));
    const standings = new Map((await store.standings.all()).map((one) => [one.source, one]));
    for (const id of new Set(schedule.map(({ source }) => source.id)))
      yield examineStanding(id, standings.get(id) ?? null);
  } catch (error) {
    yield ill(
      'settings',
      error,
      'bad-config',
      'correct BROADSHEET_HARVEST; docs/configuration.md says how it is written',
    );
  }
}

/** `thorough` reads all of the database, which takes a while with a large one. */
export const examineDatabase = async (
  { store }: Pick<HealthDeps, 'store'>,
  { thorough = false } = {},
): Promise<Finding> => {
  try {
    await store.ping();
    const damage = thorough ? await store.check() : null;
    if (damage !== null) {
      return ill(
        'database',
        damage,
        'database-unavailable',
        'stop Broadsheet and put back the last copy of the database',
      );
    }
    const [papers, days] = [await store.papers.count(), await store.editions.dates()];
    return well('database', `${store.engine}, ${many(papers, 'paper')}, ${many(days.length, 'edition')}`);
  } catch (error) {
    return ill('database', error, 'database-unavailable', 'check BROADSHEET_DATABASE_URL and that the database runs');
  }
};

export const examineIndex = async (app: HealthDeps): Promise<Finding> => {
  const { store, index } = app;
  try {
    const { documents, embedded } = await index.stats();
    const behind = (await store.changes.last()) - (await index.position());
    const reading = await readEmbedProgress(app);
    const pace = reading?.perSecond == null ? '' : `, ${reading.perSecond.toFixed(1)} a second`;
    const left = reading?.etaSeconds == null ? '' : `, ${duration(reading.etaSeconds)} left`;
    const says = `${many(documents, 'paper')}, ${embedded} of them by meaning${pace}${left}`;
    if (behind === 0) return well('index', says);
    const mend = 'it catches up by itself while Broadsheet runs; ./broadsheet reindex builds it anew';
    return {
      what: 'index',
      state: 'care',
      says: `${says}; ${many(Math.abs(behind), 'change')} behind`,
      mend,
      code: 'index-unavailable',
    };
  } catch (error) {
    return ill('index', error, 'index-unavailable', 'run ./broadsheet reindex');
  }
};

/** A clock that runs behind the newest thing we stored, or before Broadsheet existed, would misdate everything. */
export const examineClock = (now: number, newestSeen: number | null): Finding => {
  const says = new Date(now).toISOString();
  if (now >= EARLIEST && (newestSeen === null || newestSeen <= now + CLOCK_SLACK_MS)) return well('clock', says);
  return {
    what: 'clock',
    state: 'ill',
    says: `${says} is in the past`,
    mend: 'set the time of this machine',
    code: 'internal',
  };
};

/** When the first paper of the latest edition was last seen; null where nothing says. */
export const newestSeen = async ({ store }: Pick<HealthDeps, 'store'>): Promise<number | null> => {
  const latest = await store.editions.latest().catch(() => null);
  const first = latest?.placements[0];
  const paper = first === undefined ? null : await store.papers.get(first).catch(() => null);
  const times = (paper?.sightings ?? []).map(({ seenAt }) => Date.parse(seenAt)).filter((at) => !Number.isNaN(at));
  return times.length === 0 ? null : Math.max(...times);
};

/** All of that of an instance that runs, without reading all of the database. */
export const readHealth = async (deps: HealthDeps): Promise<readonly Finding[]> => {
  const findings = [...examineFetching(deps.config)];
  findings.push(await examineDatabase(deps), await examineIndex(deps));
  findings.push(examineClock(deps.clock.now(), await newestSeen(deps)));
  for await (const finding of examineSources(deps)) findings.push(finding);
  return findings;
};
