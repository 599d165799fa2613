import { Cron } from 'croner';
import type { Day } from '../kernel/day.ts';

/** When the edition of a day is set. */
export interface RollOver {
  readonly day: Day;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Longer than any day, also one that a change of the clocks or of the date line makes longer. */
const LOOK_BACK_MS = 50 * 3_600_000;

/** By zone: making one takes longer than a page. */
const calendars = new Map<string, Intl.DateTimeFormat>();

const calendarOf = (zone: string): Intl.DateTimeFormat => {
  const known = calendars.get(zone);
  if (known !== undefined) return known;
  // The Swedish calendar writes days as ISO 8601 does.
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  calendars.set(zone, made);
  return made;
};

/** The calendar day in a time zone. */
export const dayIn = (zone: string, ms: number): Day => calendarOf(zone).format(ms);

/**
 * The latest roll-over at or before `now` and the next one after it. `at` is `HH:MM` in `zone`. A time that the change of
 * the clocks leaves out is the first there is after it; one that comes twice counts once.
 */
export const rollOvers = (
  { at, zone }: { readonly at: string; readonly zone: string },
  now: number,
): { readonly latest: RollOver; readonly next: RollOver } => {
  const [hour = '0', minute = '0'] = at.split(':');
  const times = new Cron(`${Number(minute)} ${Number(hour)} * * *`, { timezone: zone, paused: true });
  const after = (ms: number): number => times.nextRun(new Date(ms))?.getTime() ?? Number.POSITIVE_INFINITY;
  let latest = after(now - LOOK_BACK_MS);
  let next = after(latest);
  while (next <= now) [latest, next] = [next, after(next)];
  return { latest: { day: dayIn(zone, latest), at: latest }, next: { day: dayIn(zone, next), at: next } };
};
