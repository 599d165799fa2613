import type { Clock } from '../kernel/clock.ts';
import { dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { SourcesPage } from '../model/ledger-page.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { lastRuns, readWatch } from './alarms.ts';
import { readEmbedProgress } from './embed-progress.ts';
import { type Planned, readSchedule } from './schedule.ts';

interface Deps {
  readonly store: Pick<Store, 'papers' | 'ledger' | 'runs' | 'standings' | 'cursors'>;
  readonly index: Pick<SearchIndex, 'stats'>;
  readonly embedder: Embedder | null;
  readonly clock: Clock;
  readonly sources: readonly Source[];
  readonly config: { readonly harvest: string };
}

const RUNS_LOOKED_AT = 200;
const RUNS_SHOWN = 20;
/** A run that gave no sign of life for so long has died with its process. */
const DEAD_AFTER_MS = 30 * 60_000;

const scheduleOf = ({
  config,
  sources,
  clock,
}: Deps): { readonly plans: readonly Planned[]; readonly note: string | null } => {
  try {
    return { plans: readSchedule(config.harvest, sources, dayOf(clock.now())), note: null };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { plans: [], note: error.message };
  }
};

/** Every registered source: what it can do, when it is harvested, how it stands; the runs; how far reading for meaning is. */
export const readSources = async (deps: Deps): Promise<SourcesPage> => {
  const { store, clock, sources } = deps;
  const now = clock.now();
  const [watch, runs, counts, reading] = await Promise.all([
    readWatch(deps),
    store.runs.recent({ limit: RUNS_LOOKED_AT }),
    store.papers.countsBySource(),
    // The page is about more than the index: without it the page says nothing of it.
    readEmbedProgress(deps).catch(() => null),
  ]);
  const { plans, note } = scheduleOf(deps);
  const papers = new Map(counts.map(({ key, papers: n }) => [key, n]));
  const last = lastRuns(runs);
  const going = runs.filter(({ outcome, seenAt }) => outcome === 'running' && now - seenAt < DEAD_AFTER_MS);
  return {
    now,
    sources: sources.map(({ id, title, homepage, wire, lookup }) => ({
      id,
      title,
      homepage,
      can: { harvest: wire !== undefined, lookup: lookup !== undefined },
      times: plans.filter(({ source }) => source.id === id).map(({ times }) => times),
      standing: watch.standings.find(({ source }) => source === id) ?? null,
      last: last.get(id) ?? null,
      papers: papers.get(id) ?? 0,
    })),
    running: going.toSorted((a, b) => a.startedAt - b.startedAt),
    runs: runs.filter((run) => !going.includes(run)).slice(0, RUNS_SHOWN),
    alarms: watch.alarms,
    scheduleNote: note,
    reading,
  };
};

/** Pauses a source's harvests, or lets them go on; a harvest that is running stops at its next page. Twice is once. */
export const pauseSource = async (
  { store, sources }: { readonly store: Pick<Store, 'standings'>; readonly sources: readonly Source[] },
  { source, paused }: { readonly source: string; readonly paused: boolean },
): Promise<Result<void, 'not-found'>> => {
  if (!sources.some(({ id, wire }) => id === source && wire !== undefined))
    return fail('not-found', 'There is no such source that is harvested.');
  await store.standings.put({ source, paused });
  return ok(undefined);
};
