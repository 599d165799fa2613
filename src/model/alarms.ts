import { addDays, type Day, dayOf, daysBetween } from '../kernel/day.ts';
import type { Alarm, LedgerCell, Run, SourceStanding } from './ledger.ts';

/** What is watched of one source. */
export interface Watched {
  readonly id: string;
  readonly title: string;
  /** Null: silence of this source is never worth an alarm. */
  readonly staleAfterHours: number | null;
  /** Sources that share it list the same papers, e.g. the wires of one archive; null where there is no other. */
  readonly group: string | null;
}

/** All that alarms are made from. */
export interface Evidence {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly sources: readonly Watched[];
  readonly standings: readonly SourceStanding[];
  /** Newest first; of each source at least its last ended run, where it has one. */
  readonly runs: readonly Run[];
  /** Squares by category of the last `LOOK_BACK_DAYS`. */
  readonly cells: readonly LedgerCell[];
}

/** Days of the ledger that the alarms look at: the judged ones and four weeks before them. */
export const LOOK_BACK_DAYS = 32;

const HOUR_MS = 3_600_000;
/** Finished days that are still judged. */
const JUDGED_DAYS = 3;
const WEEKS = 4;
/** Below this the counts of a day say nothing. */
const LEAST_MEDIAN = 20;
const LEAST_SHARE = 1 / 3;
const MOST_DISAGREEMENT = 0.1;
/** Fewer than this share of the other's count, and a wire has only cross-lists of that category: it does not cover it. */
const COVERS = 0.5;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const utc = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
const weekday = (day: Day): string => WEEKDAYS[new Date(utc(day)).getUTCDay()] ?? '';

/** `50 hours`, `3 days`: whole hours below three days, then whole days. */
export const spell = (ms: number): string => {
  const hours = Math.max(0, Math.floor(ms / HOUR_MS));
  const [n, unit] = hours < 72 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day'];
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
};

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
    : (sorted[Math.floor(middle)] ?? 0);
};

/** Silent since its last success, or since the end of the newest day it announced: whichever is longer ago than it may be. */
const stale = (
  { id, title, staleAfterHours }: Watched,
  standing: SourceStanding,
  runs: readonly Run[],
  now: number,
): Alarm | null => {
  if (staleAfterHours === null) return null;
  const most = staleAfterHours * HOUR_MS;
  const alarm = (says: string): Alarm => ({ kind: 'stale', source: id, day: null, says });
  if (standing.lastSuccessAt === null) {
    const first = Math.min(...runs.map(({ startedAt }) => startedAt));
    return runs.length > 0 && now - first > most
      ? alarm(`${title} has not been harvested to its end once, ${spell(now - first)} after the first try.`)
      : null;
  }
  const silence = now - standing.lastSuccessAt;
  if (silence > most) return alarm(`${title} was last harvested to its end ${spell(silence)} ago.`);
  if (standing.newestDay === null) return null;
  const since = now - utc(addDays(standing.newestDay, 1));
  return since > most
    ? alarm(
        `${title} answers, but has announced nothing since ${standing.newestDay}: that day ended ${spell(since)} ago.`,
      )
    : null;
};

const failing = ({ id, title }: Watched, last: Run | undefined): Alarm | null =>
  last?.outcome === 'failed'
    ? {
        kind: 'failing',
        source: id,
        day: null,
        says: `The last run of ${title} failed${last.note === null ? '' : `: ${last.note.replace(/[.\s]+$/, '')}`}.`,
      }
    : null;

const short = ({ id, title }: Watched, last: Run | undefined): Alarm | null => {
  if (last?.outcome !== 'complete' || last.total === null) return null;
  const came = Object.values(last.counts).reduce((sum, n) => sum + n, 0);
  return came < last.total
    ? {
        kind: 'short',
        source: id,
        day: dayOf(last.startedAt),
        says: `${title} said it had ${last.total} entries, and ${came} came.`,
      }
    : null;
};

type Counts = ReadonlyMap<Day, number>;

const byDay = (cells: readonly LedgerCell[]): Counts => {
  const counts = new Map<Day, number>();
  for (const { day, announced } of cells) counts.set(day, (counts.get(day) ?? 0) + announced);
  return counts;
};

const judgedDays = (now: number): readonly Day[] =>
  Array.from({ length: JUDGED_DAYS }, (_, n) => addDays(dayOf(now), n - JUDGED_DAYS));

/** Far fewer on a day than on the same weekday of the four weeks before; not judged before there are four. */
const thin = ({ id, title }: Watched, counts: Counts, newest: Day | null, days: readonly Day[]): readonly Alarm[] => {
  const first = [...counts.keys()].sort()[0];
  if (first === undefined || newest === null) return [];
  return days.flatMap((day): readonly Alarm[] => {
    if (day > newest || daysBetween(first, day) < WEEKS * 7) return [];
    const usual = median(Array.from({ length: WEEKS }, (_, n) => counts.get(addDays(day, -7 * (n + 1))) ?? 0));
    const announced = counts.get(day) ?? 0;
    if (usual < LEAST_MEDIAN || announced >= usual * LEAST_SHARE) return [];
    const says = `${title} announced ${announced} on ${weekday(day)} ${day}; on the four before it was ${Math.round(usual)}.`;
    return [{ kind: 'diverges', source: id, day, says }];
  });
};

/** Two wires of one archive that count a day differently, over the categories both of them cover on it. */
const unlike = (
  one: Watched,
  other: Watched,
  cells: ReadonlyMap<string, readonly LedgerCell[]>,
  days: readonly Day[],
): readonly Alarm[] =>
  days.flatMap((day): readonly Alarm[] => {
    const of = ({ id }: Watched): ReadonlyMap<string, number> =>
      new Map((cells.get(id) ?? []).filter((cell) => cell.day === day).map((cell) => [cell.category, cell.announced]));
    const [a, b] = [of(one), of(other)];
    const shared = [...a].flatMap(([category, n]) => {
      const m = b.get(category) ?? 0;
      return Math.min(n, m) >= Math.max(n, m) * COVERS && m > 0 ? [category] : [];
    });
    const sum = (counts: ReadonlyMap<string, number>): number =>
      shared.reduce((all, category) => all + (counts.get(category) ?? 0), 0);
    const [left, right] = [sum(a), sum(b)];
    const most = Math.max(left, right);
    if (most < LEAST_MEDIAN || Math.abs(left - right) <= most * MOST_DISAGREEMENT) return [];
    const says = `${one.title} and ${other.title} disagree on ${day}: ${left} and ${right} announced in the same categories.`;
    return [{ kind: 'diverges', source: one.id, day, says }];
  });

/**
 * Everything about the wires that wants the operator's eye. Only sources that are scheduled and not paused are watched.
 * In the order of `sources`; of one source stale, failing, short, diverges.
 */
export const alarmsOf = ({ now, sources, standings, runs, cells }: Evidence): readonly Alarm[] => {
  const standing = new Map(standings.map((one) => [one.source, one]));
  const runsOf = Map.groupBy(runs, ({ source }) => source);
  const cellsOf = Map.groupBy(cells, ({ source }) => source);
  const days = judgedDays(now);
  const watched = sources.flatMap((source) => {
    const at = standing.get(source.id);
    return at === undefined || at.paused || at.nextAt === null ? [] : [{ source, at }];
  });
  return watched.flatMap(({ source, at }, n) => {
    const own = runsOf.get(source.id) ?? [];
    const last = own.find(({ outcome }) => outcome !== 'running');
    const rivals = watched.slice(n + 1).filter((one) => source.group !== null && one.source.group === source.group);
    return [
      stale(source, at, own, now),
      failing(source, last),
      short(source, last),
      ...thin(source, byDay(cellsOf.get(source.id) ?? []), at.newestDay, days),
      ...rivals.flatMap((rival) => unlike(source, rival.source, cellsOf, days)),
    ].filter((alarm) => alarm !== null);
  });
};
