import type { Day } from '../kernel/day.ts';
import type { DigestWishes } from './digest.ts';

type When = Pick<DigestWishes, 'hour' | 'zone' | 'days'>;

/** A digest that could not go out at its hour still does for so long; then the next one tells all of it. Milliseconds. */
export const GRACE_MS = 12 * 3_600_000;

/** Longer than a week: all days of a subscription lie within. */
const DAYS_AHEAD = 16;

/** A digest of a local day and the instant it is due (ms since 1970). */
export interface DueDigest {
  readonly localDay: Day;
  readonly at: number;
}

/** When the digest of a local day is due; null where that day is not chosen, or where the zone has left it out. */
const slotOf = (day: Temporal.PlainDate, { hour, zone, days }: When): DueDigest | null => {
  if (!days.includes(day.dayOfWeek)) return null;
  // A zone that crosses the date line has days that never were: what is asked of such a day falls on another.
  if (!day.toZonedDateTime({ timeZone: zone }).toPlainDate().equals(day)) return null;
  // An hour the clocks leave out is as much later; of one that comes twice it is the first.
  const at = day.toZonedDateTime({ timeZone: zone, plainTime: { hour } }).epochMilliseconds;
  return { localDay: day.toString(), at };
};

const localDate = (zone: string, now: number): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();

/**
 * The local day whose digest is due at an instant (ms since 1970): that of the latest hour there was, up to twelve hours
 * ago; null where there is none. One hour belongs to one local day, so one digest a day is all that can become due.
 */
export const dueAt = (when: When, now: number): DueDigest | null => {
  const today = localDate(when.zone, now);
  for (const back of [0, 1]) {
    const slot = slotOf(today.subtract({ days: back }), when);
    if (slot !== null && slot.at <= now) return now - slot.at < GRACE_MS ? slot : null;
  }
  return null;
};

/** The first digest due strictly after an instant (ms since 1970). */
export const nextDue = (when: When, now: number): DueDigest => {
  const today = localDate(when.zone, now);
  // From the day before: an hour that the clocks left out can fall on the day after its own.
  for (let ahead = -1; ahead < DAYS_AHEAD; ahead++) {
    const slot = slotOf(today.add({ days: ahead }), when);
    if (slot !== null && slot.at > now) return slot;
  }
  throw new RangeError(`No weekday of ${when.days.join(', ')} comes.`);
};

/** Whether this is a time zone one can choose. */
export const isZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
};
