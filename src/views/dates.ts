import { type Day, daysBetween, parseMonth, parseWeek } from '../kernel/day.ts';
import { type Html, html } from '../kernel/html.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const monthOfYear = (day: Day): string => MONTHS[Number(day.slice(5, 7)) - 1] ?? '';

/** `20 April 2026` */
export const longDate = (day: Day): string => `${Number(day.slice(8))} ${monthOfYear(day)} ${day.slice(0, 4)}`;

/** `Monday 20 April 2026` */
export const fullDate = (day: Day): string => `${WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]} ${longDate(day)}`;

/** `20 Apr 2026` */
export const shortDate = (day: Day): string =>
  `${Number(day.slice(8))} ${monthOfYear(day).slice(0, 3)} ${day.slice(0, 4)}`;

export const time = (day: Day, text: string = shortDate(day)): Html => html`<time datetime="${day}">${text}</time>`;

/** How long before `today`: `today`, `yesterday`, `216 days ago`, or `in 3 days`. */
export const age = (day: Day, today: Day): string => {
  const days = daysBetween(day, today);
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  if (days === -1) return 'tomorrow';
  return days > 0 ? `${count(days, 'day')} ago` : `in ${count(-days, 'day')}`;
};

/** `2026-W17` → `Week 17 of 2026`; `2026-04` → `April 2026`; a day → `Monday 20 April 2026`. */
export const spanTitle = (name: string): string => {
  if (parseWeek(name)) return `Week ${Number(name.slice(6))} of ${name.slice(0, 4)}`;
  if (parseMonth(name)) return `${monthOfYear(`${name}-01`)} ${name.slice(0, 4)}`;
  return fullDate(name);
};

const grouped = new Intl.NumberFormat('en-GB');

/** `1,234` */
export const number = (n: number): string => grouped.format(n);

/** `1 vote`, `1,234 votes` */
export const count = (n: number, noun: string, plural = `${noun}s`): string =>
  `${number(n)} ${n === 1 ? noun : plural}`;

/** `22 Nov 2026, 09:00 UTC` of milliseconds since 1970. */
export const moment = (ms: number): Html => {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${shortDate(iso.slice(0, 10))}, ${iso.slice(11, 16)} UTC</time>`;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A length of time in its largest unit: `less than a minute`, then `3 minutes`, `5 hours`, `4 days`. */
export const lasting = (ms: number): string => {
  if (ms < MINUTE_MS) return 'less than a minute';
  if (ms < HOUR_MS) return count(Math.floor(ms / MINUTE_MS), 'minute');
  return ms < 48 * HOUR_MS ? count(Math.floor(ms / HOUR_MS), 'hour') : count(Math.floor(ms / (24 * HOUR_MS)), 'day');
};

/** `5 hours ago`, `in 20 minutes`. */
export const ago = (ms: number, now: number): string =>
  ms <= now ? `${lasting(now - ms)} ago` : `in ${lasting(ms - now)}`;
