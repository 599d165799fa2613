import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, dayOf, daysBetween, isDay, monthOf, parseMonth, parseWeek, weekOf } from './day.ts';

const day = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) }).map((ms) => dayOf(ms));
const steps = fc.integer({ min: -40_000, max: 40_000 });

test('weeks at the edges of years, as ISO 8601 has them', () => {
  for (const [date, week, first, last] of [
    ['2026-04-20', '2026-W17', '2026-04-20', '2026-04-26'],
    ['2021-01-03', '2020-W53', '2020-12-28', '2021-01-03'],
    ['2021-01-04', '2021-W01', '2021-01-04', '2021-01-10'],
    ['2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
    ['2027-01-01', '2026-W53', '2026-12-28', '2027-01-03'],
    ['2016-02-29', '2016-W09', '2016-02-29', '2016-03-06'],
  ] as const)
    assert.deepEqual(weekOf(date), { name: week, first, last });
});

test('a week that its year does not have is none', () => {
  assert.equal(parseWeek('2021-W53'), null);
  for (const text of ['2026-W00', '2026-W54', '2026-W1', '2026-17', '2026W17', '', '2026-W17 ', '26-W17'])
    assert.equal(parseWeek(text), null, text);
  assert.equal(parseWeek('2020-W53')?.last, '2021-01-03');
});

test('a day is in its week, weeks are seven days, and a name leads back to its week', () => {
  fc.assert(
    fc.property(day, (one) => {
      const week = weekOf(one);
      assert.ok(week.first <= one && one <= week.last);
      assert.equal(daysBetween(week.first, week.last), 6);
      assert.equal(new Date(week.first).getUTCDay(), 1);
      assert.deepEqual(parseWeek(week.name), week);
      assert.equal(weekOf(addDays(week.last, 1)).first, addDays(week.last, 1));
    }),
  );
});

test('a day is in its month, months meet, and a name leads back to its month', () => {
  fc.assert(
    fc.property(day, (one) => {
      const month = monthOf(one);
      assert.ok(month.first <= one && one <= month.last);
      assert.equal(month.first.slice(8), '01');
      assert.equal(addDays(month.last, 1).slice(8), '01');
      assert.deepEqual(parseMonth(month.name), month);
    }),
  );
  assert.equal(monthOf('2024-02-10').last, '2024-02-29');
  assert.equal(monthOf('2026-12-31').last, '2026-12-31');
  for (const text of ['2026-00', '2026-13', '2026-4', '2026-04-01', '', '2026'])
    assert.equal(parseMonth(text), null, text);
});

test('adding days and counting them undo each other', () => {
  fc.assert(
    fc.property(day, steps, (one, n) => {
      assert.equal(daysBetween(one, addDays(one, n)), n);
      assert.equal(addDays(addDays(one, n), -n), one);
    }),
  );
});

test('only days of the calendar are days', () => {
  fc.assert(fc.property(day, (one) => assert.ok(isDay(one))));
  for (const text of [
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-1-1',
    '20260101',
    '2026-04-20T00:00:00Z',
    '',
    ' 2026-04-20',
  ])
    assert.equal(isDay(text), false, text);
  fc.assert(fc.property(fc.string(), (text) => void isDay(text)));
});
