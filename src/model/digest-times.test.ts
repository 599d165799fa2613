import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dueAt, GRACE_MS, isZone, nextDue } from './digest-times.ts';

const HOUR_MS = 3_600_000;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
/** From +14 to −11, with changes of an hour, of half an hour, at midnight, in Ramadan, and across the date line. */
const ZONES = [
  'UTC',
  'Pacific/Kiritimati',
  'Pacific/Niue',
  'Pacific/Apia',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'America/St_Johns',
  'America/Nuuk',
];
const at = (iso: string): number => Date.parse(iso);
const zone = fc.constantFrom(...ZONES);
const hour = fc.integer({ min: 0, max: 23 });
const days = fc.subarray(EVERY_DAY, { minLength: 1 });
const instant = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') });
const localDay = (zone: string, ms: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(ms);
const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

test('looked at every half hour for three weeks, each chosen local day is due exactly once', () => {
  fc.assert(
    fc.property(zone, hour, days, instant, (zone, hour, days, start) => {
      const when = { zone, hour, days };
      const found = new Map<string, Set<number>>();
      const end = start + 21 * 24 * HOUR_MS;
      for (let now = start; now < end; now += HOUR_MS / 2) {
        const due = dueAt(when, now);
        if (due === null) continue;
        assert.ok(due.at <= now && now - due.at < GRACE_MS);
        assert.ok(days.includes(weekday(due.localDay)));
        found.set(due.localDay, (found.get(due.localDay) ?? new Set()).add(due.at));
      }
      for (const instants of found.values()) assert.equal(instants.size, 1, 'one local day has one hour');
      const chosen: string[] = [];
      for (let now = start + 24 * HOUR_MS; now < end - 48 * HOUR_MS; now += HOUR_MS / 2) {
        const day = localDay(zone, now);
        if (days.includes(weekday(day)) && chosen.at(-1) !== day) chosen.push(day);
      }
      for (const day of chosen) assert.ok(found.has(day), `${day} in ${zone} at ${hour}`);
    }),
    { numRuns: 25 },
  );
});

test('what comes next is after now, and due from then on', () => {
  fc.assert(
    fc.property(zone, hour, days, instant, (zone, hour, days, now) => {
      const when = { zone, hour, days };
      const next = nextDue(when, now);
      assert.ok(next.at > now);
      assert.deepEqual(dueAt(when, next.at), next);
      assert.ok(dueAt(when, next.at - 1)?.localDay !== next.localDay);
      const before = dueAt(when, now);
      assert.ok(before === null || before.localDay < next.localDay);
    }),
  );
});

test('a clock that is wrong by up to two hours, now ahead and now behind, misses no local day and names each by one hour', () => {
  fc.assert(
    fc.property(
      zone,
      hour,
      instant,
      fc.array(fc.integer({ min: -2 * HOUR_MS, max: 2 * HOUR_MS }), { minLength: 200, maxLength: 200 }),
      (zone, hour, start, wrong) => {
        const when = { zone, hour, days: EVERY_DAY };
        // As the outbox does it: a row a local day.
        const rows = new Map<string, Set<number>>();
        wrong.forEach((by, i) => {
          const due = dueAt(when, start + i * HOUR_MS + by);
          if (due !== null) rows.set(due.localDay, (rows.get(due.localDay) ?? new Set()).add(due.at));
        });
        for (const instants of rows.values()) assert.equal(instants.size, 1);
        const last = start + (wrong.length - 12) * HOUR_MS;
        for (let now = start + 24 * HOUR_MS; now < last; now += 24 * HOUR_MS) {
          const day = localDay(zone, now);
          assert.ok(rows.has(day) || now + 24 * HOUR_MS >= last, `${day} was missed in ${zone}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('an hour the clocks leave out is as much later; one that comes twice is the first', () => {
  const berlin = { zone: 'Europe/Berlin', hour: 2, days: EVERY_DAY };
  assert.deepEqual(nextDue(berlin, at('2026-03-28T12:00:00Z')), {
    localDay: '2026-03-29',
    at: at('2026-03-29T01:00:00Z'),
  });
  assert.deepEqual(nextDue(berlin, at('2026-10-24T12:00:00Z')), {
    localDay: '2026-10-25',
    at: at('2026-10-25T00:00:00Z'),
  });
  assert.equal(nextDue(berlin, at('2026-10-25T00:00:00Z')).localDay, '2026-10-26', 'the second two o’clock is none');
});

test('a day that never was has no digest', () => {
  const apia = { zone: 'Pacific/Apia', hour: 6, days: EVERY_DAY };
  assert.equal(nextDue(apia, at('2011-12-29T17:00:00Z')).localDay, '2011-12-31');
  const fridays = { ...apia, days: [5] };
  assert.equal(nextDue(fridays, at('2011-12-24T00:00:00Z')).localDay, '2012-01-06');
});

test('late it still goes out, for half a day; then the next one tells all', () => {
  const when = { zone: 'UTC', hour: 23, days: EVERY_DAY };
  assert.equal(dueAt(when, at('2026-04-20T01:00:00Z'))?.localDay, '2026-04-19');
  assert.equal(dueAt(when, at('2026-04-20T12:00:00Z')), null);
});

test('a zone is one of the database', () => {
  for (const zone of ZONES) assert.ok(isZone(zone));
  for (const zone of ['', 'Mars/Olympus', 'Europe/Berlin\r\nBcc: x', '\0']) assert.ok(!isZone(zone));
});
