import { Cron } from 'croner';
import type { Day } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { Source, Wish } from '../ports/source.ts';
import { EVERYTHING_NEW } from './harvest-state.ts';

/** One harvest that comes again and again. */
export interface Planned {
  /** Tells it from the others, over all processes. */
  readonly key: string;
  readonly source: Source;
  readonly wish: Wish;
  /** As a person would write it: `30 2 * * * @ UTC`. */
  readonly times: string;
  /** The first time after `now`; both in milliseconds since 1970. */
  next(now: number): number;
}

const ENTRY = /^(?<id>[^\s=]+)(?:\s+(?<set>.*\S))?\s*=\s*(?<cron>[^=@]*?)\s*(?:@\s*(?<zone>\S+))?$/;
/** A pattern that never comes, e.g. 30 February, is found out by croner after this many years. */
const NEVER = Number.MAX_SAFE_INTEGER;

const planned = (source: Source, set: string | null, { cron, zone }: { cron: string; zone: string }): Planned => {
  const times = new Cron(cron, { mode: '5-part', timezone: zone, paused: true });
  const written = `${cron} @ ${zone}`;
  return {
    key: [source.id, ...(set === null ? [] : [set]), written].join(' '),
    source,
    wish: { ...EVERYTHING_NEW, set },
    times: written,
    next: (now) => times.nextRun(new Date(now))?.getTime() ?? NEVER,
  };
};

const parseEntry = (text: string, sources: readonly Source[], today: Day): Planned | string => {
  const { id = '', set, cron = '', zone = 'UTC' } = ENTRY.exec(text)?.groups ?? {};
  if (id === '') return `“${text}” is not written source = cron @ zone, e.g. arxiv-oai = 30 2 * * * @ UTC.`;
  const source = sources.find((one) => one.id === id);
  const able = sources.filter(({ wire }) => wire !== undefined).map((one) => one.id);
  if (source?.wire === undefined)
    return `“${id}” cannot be harvested${able.length > 0 ? `; what can is ${able.join(', ')}` : ''}.`;
  if (set !== undefined && source.wire.wishes.set === undefined)
    return `“${text}”: ${id} has no sets; leave out “${set}”.`;
  const begun = source.wire.begin({ ...EVERYTHING_NEW, set: set ?? null }, null, today);
  if (!begun.ok) return `“${text}”: ${begun.message}`;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return `“${text}”: ${zone} is not a time zone; write e.g. Europe/Berlin.`;
  }
  try {
    return planned(source, set ?? null, { cron, zone });
  } catch {
    return `“${text}”: “${cron}” is not a time of five fields, e.g. 30 2 * * * (minute, hour, day, month, weekday).`;
  }
};

/**
 * What `BROADSHEET_HARVEST` says: `off`, `auto` (each source's own times), or entries `source [set] = cron @ zone`
 * separated by `;`, where `auto` among them stands for the sources that are not named. The zone is UTC where none is
 * given. Throws `Fault('bad-config')` with all mistakes, one sentence each.
 */
export const readSchedule = (text: string, sources: readonly Source[], today: Day): readonly Planned[] => {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0 || (parts.length === 1 && parts[0] === 'off')) return [];
  const read = parts.filter((part) => part !== 'auto').map((part) => parseEntry(part, sources, today));
  const mistakes = read.filter((one) => typeof one === 'string');
  if (mistakes.length > 0)
    throw new Fault('bad-config', mistakes.map((mistake) => `BROADSHEET_HARVEST: ${mistake}`).join('\n'));
  const named = read.filter((one) => typeof one !== 'string');
  const own = sources.flatMap((source) => {
    const times = source.wire?.schedule;
    return times && !named.some((one) => one.source === source) ? [planned(source, null, times)] : [];
  });
  const all = parts.includes('auto') ? [...named, ...own] : named;
  return [...new Map(all.map((one) => [one.key, one])).values()];
};
