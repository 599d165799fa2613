/** A calendar day, `YYYY-MM-DD`, in UTC. All day arithmetic is done on this text form. */
export type Day = string;

const DAY_MS = 86_400_000;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const WEEK = /^(\d{4})-W(\d{2})$/;
const MONTH = /^(\d{4})-(\d{2})$/;

const utc = (day: Day): number => Date.parse(`${day}T00:00:00Z`);

export const dayOf = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

export const isDay = (text: string): text is Day =>
  DAY.test(text) && !Number.isNaN(utc(text)) && dayOf(utc(text)) === text;

export const addDays = (day: Day, n: number): Day => dayOf(utc(day) + n * DAY_MS);

export const daysBetween = (from: Day, to: Day): number => Math.round((utc(to) - utc(from)) / DAY_MS);

/** An inclusive run of days with the name it has in URLs: `2026-W17` (ISO 8601) or `2026-04`. */
export interface Span {
  readonly name: string;
  readonly first: Day;
  readonly last: Day;
}

/** ISO 8601 week of a day: weeks start on Monday, week 1 holds the year's first Thursday. */
export const weekOf = (day: Day): Span => {
  const weekday = (new Date(utc(day)).getUTCDay() + 6) % 7;
  const first = addDays(day, -weekday);
  const thursday = addDays(first, 3);
  const year = thursday.slice(0, 4);
  const n = Math.floor(daysBetween(`${year}-01-01`, thursday) / 7) + 1;
  return { name: `${year}-W${String(n).padStart(2, '0')}`, first, last: addDays(first, 6) };
};

export const parseWeek = (name: string): Span | null => {
  const m = WEEK.exec(name);
  if (!m) return null;
  const span = weekOf(addDays(`${m[1]}-01-04`, (Number(m[2]) - 1) * 7));
  return span.name === name ? span : null;
};

export const monthOf = (day: Day): Span => {
  const name = day.slice(0, 7);
  const next = addDays(`${name}-28`, 4).slice(0, 7);
  return { name, first: `${name}-01`, last: addDays(`${next}-01`, -1) };
};

export const parseMonth = (name: string): Span | null =>
  MONTH.test(name) && isDay(`${name}-01`) ? monthOf(`${name}-01`) : null;
