import type { Clock } from '../kernel/clock.ts';
import { addDays, type Day, dayOf, isDay, weekOf } from '../kernel/day.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Alarm, LedgerCell, SourceStanding } from '../model/ledger.ts';
import {
  type LedgerDayPage,
  type LedgerPage,
  type LedgerSource,
  type LedgerSourcePage,
  MOST_REJECTIONS,
  sumsOf,
} from '../model/ledger-page.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { readWatch } from './alarms.ts';

interface Deps {
  readonly store: Pick<Store, 'ledger' | 'runs' | 'standings'>;
  readonly clock: Clock;
  readonly sources: readonly Source[];
}

const WEEKS = 26;
const RECENT_DAYS = 14;
const CATEGORIES = 40;

/** Twenty-six weeks that end with this one: from a Monday to today. */
const spanOf = (now: number): { readonly first: Day; readonly last: Day } => {
  const last = dayOf(now);
  return { first: addDays(weekOf(last).first, -7 * (WEEKS - 1)), last };
};

const lineOf = (
  id: string,
  sources: readonly Source[],
  days: readonly LedgerCell[],
  { alarms, standings }: { readonly alarms: readonly Alarm[]; readonly standings: readonly SourceStanding[] },
): LedgerSource => {
  const source = sources.find((one) => one.id === id);
  return {
    id,
    title: source?.title ?? id,
    homepage: source?.homepage ?? null,
    days,
    sums: sumsOf(days),
    standing: standings.find((one) => one.source === id) ?? null,
    staleAfterHours: source?.wire?.staleAfterHours ?? null,
    alarms: alarms.filter((alarm) => alarm.source === id),
  };
};

/** The ledger of all sources over the last half year. */
export const readLedger = async (deps: Deps): Promise<LedgerPage> => {
  const { store, clock, sources } = deps;
  const now = clock.now();
  const span = spanOf(now);
  const [days, watch] = await Promise.all([store.ledger.days(span), readWatch(deps)]);
  const bySource = Map.groupBy(days, ({ source }) => source);
  const scheduled = watch.standings.filter(({ nextAt }) => nextAt !== null).map(({ source }) => source);
  const lines = [...new Set([...bySource.keys(), ...scheduled])]
    .map((id) => lineOf(id, sources, bySource.get(id) ?? [], watch))
    .sort((a, b) => b.sums.announced - a.sums.announced || a.title.localeCompare(b.title));
  const shown = new Set(lines.map(({ id }) => id));
  return {
    now,
    ...span,
    sources: lines,
    silent: sources.filter(({ id }) => !shown.has(id)).map(({ id, title }) => ({ id, title })),
    sums: sumsOf(days),
  };
};

const categoriesOf = (
  cells: readonly LedgerCell[],
  recent: readonly Day[],
): Pick<LedgerSourcePage, 'categories' | 'more'> => {
  const rows = [...Map.groupBy(cells, ({ category }) => category)]
    .map(([category, own]) => {
      const byDay = new Map(own.map((cell) => [cell.day, cell]));
      return { category, sums: sumsOf(own), days: recent.map((day) => byDay.get(day) ?? null) };
    })
    .sort((a, b) => b.sums.announced - a.sums.announced || a.category.localeCompare(b.category));
  return { categories: rows.slice(0, CATEGORIES), more: Math.max(0, rows.length - CATEGORIES) };
};

/** One source's half year, its categories over its last two weeks, and what was rejected lately. */
export const readLedgerSource = async (deps: Deps, id: string): Promise<Result<LedgerSourcePage, 'not-found'>> => {
  const { store, clock, sources } = deps;
  const now = clock.now();
  const span = spanOf(now);
  const [days, watch, rejections] = await Promise.all([
    store.ledger.days({ ...span, source: id }),
    readWatch(deps),
    store.ledger.rejections({ source: id, limit: MOST_REJECTIONS }),
  ]);
  const source = lineOf(id, sources, days, watch);
  if (source.homepage === null && days.length === 0 && rejections.length === 0)
    return fail('not-found', 'There is no such source in the ledger.');
  const newest = days.at(-1)?.day ?? span.last;
  const recent = Array.from({ length: RECENT_DAYS }, (_, n) => addDays(newest, n - RECENT_DAYS + 1));
  const cells = await store.ledger.cells({ first: recent[0] ?? newest, last: newest, source: id });
  return ok({ now, ...span, source, recent, ...categoriesOf(cells, recent), rejections });
};

/** One source on one day. Any day of the last half year is a page, also one on which nothing came. */
export const readLedgerDay = async (
  { store, clock, sources }: Pick<Deps, 'clock' | 'sources'> & { readonly store: Pick<Store, 'ledger'> },
  id: string,
  day: string,
): Promise<Result<LedgerDayPage, 'not-found'>> => {
  if (!isDay(day)) return fail('not-found', 'That is not a day: write it as 2026-04-20.');
  const { first, last } = spanOf(clock.now());
  const [cells, days, rejections] = await Promise.all([
    store.ledger.cells({ first: day, last: day, source: id }),
    store.ledger.days({ first: day < first ? day : first, last: day > last ? day : last, source: id }),
    store.ledger.rejections({ source: id, day, limit: MOST_REJECTIONS }),
  ]);
  const source = sources.find((one) => one.id === id);
  if (cells.length === 0 && rejections.length === 0 && (source === undefined || day < first || day > last))
    return fail('not-found', 'The ledger has nothing of that source and day.');
  return ok({
    source: { id, title: source?.title ?? id },
    day,
    sums: sumsOf(cells),
    cells: cells.toSorted((a, b) => b.announced - a.announced || a.category.localeCompare(b.category)),
    rejections,
    earlier: days.findLast((one) => one.day < day)?.day ?? null,
    later: days.find((one) => one.day > day)?.day ?? null,
  });
};
