/** No one is asked again sooner, whatever they say: arXiv wants three seconds between requests. */
export const LEAST_WAIT_MS = 3000;
/** Nor later than after a day. */
export const MOST_WAIT_MS = 24 * 3600 * 1000;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';
const MONTH = `(?<month>${MONTHS.join('|')})`;
// The three forms of RFC 9110, section 5.6.7. `Date.parse` takes "1 potato" for a date.
const DATES = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]+, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

const parseDate = (text: string, now: number): number | null => {
  for (const form of DATES) {
    const part = form.exec(text)?.groups;
    if (!part) continue;
    const number = (name: string): number => Number(part[name]);
    let year = number('year');
    if (part.year?.length === 2) {
      // More than 50 years ahead means the century before.
      const present = new Date(now).getUTCFullYear();
      year += present - (present % 100);
      if (year > present + 50) year -= 100;
    }
    const month = MONTHS.indexOf(part.month ?? '');
    return Date.UTC(year, month, number('day'), number('hour'), number('minute'), number('second'));
  }
  return null;
};

const bounded = (ms: number): number => Math.min(Math.max(ms, LEAST_WAIT_MS), MOST_WAIT_MS);

/**
 * Milliseconds that a `Retry-After` header asks to wait, from 3 s to 24 h: seconds, or an HTTP date seen from `now` (ms
 * since 1970). `0` and the past give 3 s. Null where there is none, or one that says nothing (`soon`, `-5`).
 */
export const retryAfterMs = (header: string | undefined, now: number): number | null => {
  const text = (header ?? '').trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return bounded(Number(text) * 1000);
  const date = parseDate(text, now);
  return date === null ? null : bounded(date - now);
};

/** Milliseconds before the next try after `failures` failed ones in a row (1, 2, …): 3 s, twice as long each time, at most 24 h. */
export const backoffMs = (failures: number): number => bounded(LEAST_WAIT_MS * 2 ** Math.max(0, failures - 1));

/** What to wait before the next try: never sooner than the host says, and never sooner than `backoffMs`, so that `Retry-After: 0` for ever is no loop. */
export const waitMs = (header: string | undefined, failures: number, now: number): number =>
  Math.max(retryAfterMs(header, now) ?? 0, backoffMs(failures));
