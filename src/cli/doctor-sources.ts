import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import { dayOf } from '../kernel/day.ts';
import type { SourceStanding } from '../model/ledger.ts';
import { readSchedule } from '../services/schedule.ts';
import { type Finding, ill, well } from './doctor-finding.ts';

/** Both are off unless an operator wants them: where one is set, what is fetched is not what the sources themselves say. */
export const examineFetching = ({
  sourceUrls,
  fetchAllow,
}: Pick<Config, 'sourceUrls' | 'fetchAllow'>): readonly Finding[] => {
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
export async function* examineSources({ config, sources, store, clock }: App): AsyncGenerator<Finding> {
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
