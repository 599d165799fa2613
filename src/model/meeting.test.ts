import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agendaOf, isOtherPlan, isZone, type Meeting, meetingLink, nextOf, startOf } from './meeting.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

test('day and time are read by the clocks of their zone, on both sides of a change of them', () => {
  assert.equal(startOf('2026-11-24', '14:00', 'Europe/Berlin'), at('2026-11-24T13:00:00Z'));
  assert.equal(startOf('2026-07-01', '14:00', 'Europe/Berlin'), at('2026-07-01T12:00:00Z'));
  assert.equal(
    startOf('2026-03-29', '14:00', 'Europe/Berlin'),
    at('2026-03-29T12:00:00Z'),
    'the day they are set forward',
  );
  assert.equal(
    startOf('2026-10-25', '14:00', 'Europe/Berlin'),
    at('2026-10-25T13:00:00Z'),
    'the day they are set back',
  );
  assert.equal(startOf('2026-11-24', '00:30', 'Asia/Kathmandu'), at('2026-11-23T18:45:00Z'));
  assert.equal(startOf('2026-11-24', '23:30', 'Pacific/Kiritimati'), at('2026-11-24T09:30:00Z'));
  assert.equal(startOf('2026-11-24', '14:00', 'UTC'), at('2026-11-24T14:00:00Z'));
});

test('an hour that comes twice is the first, one that is left out is as much later', () => {
  assert.equal(startOf('2026-10-25', '02:30', 'Europe/Berlin'), at('2026-10-25T00:30:00Z'));
  assert.equal(startOf('2026-03-29', '02:30', 'Europe/Berlin'), at('2026-03-29T01:30:00Z'));
});

test('what is no day, time or zone has no start', () => {
  for (const [day, time, zone] of [
    ['2026-02-30', '14:00', 'UTC'],
    ['2026-11-24', '24:00', 'UTC'],
    ['2026-11-24', '14:60', 'UTC'],
    ['2026-11-24', '2pm', 'UTC'],
    ['0001-01-01', '14:00', 'UTC'],
    ['2026-11-24', '14:00', 'Mars/Olympus'],
    ['2026-11-24', '14:00', '+02:00'],
    ['2026-11-24', '14:00', ''],
  ] as const)
    assert.equal(startOf(day, time, zone), null, `${day} ${time} ${zone}`);
  assert.ok(isZone('America/Argentina/Buenos_Aires'));
});

test('any instant, shown by the clocks of any zone and read again, is itself, or the other of two', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const minute = fc.integer({ min: at('1995-01-01T00:00:00Z') / 60_000, max: at('2060-01-01T00:00:00Z') / 60_000 });
  fc.assert(
    fc.property(minute, fc.constantFrom(...zones), (minutes, zone) => {
      const ms = minutes * 60_000;
      const shown = new Date(ms).toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
      const [day = '', time = ''] = shown.split(' ');
      const start = startOf(day, time, zone) ?? Number.NaN;
      const again = new Date(start).toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
      assert.equal(again, shown);
      assert.ok(start === ms || Math.abs(start - ms) <= 24 * HOUR);
    }),
    { numRuns: 300 },
  );
});

const meeting = (id: string, startsAt: number, rest: Partial<Meeting> = {}): Meeting => ({
  id,
  group: 'g',
  paperId: null,
  title: id,
  presenter: '',
  day: '2026-11-24',
  time: '14:00',
  zone: 'UTC',
  lastsMin: 60,
  startsAt,
  place: '',
  link: '',
  minutes: '',
  sequence: 0,
  cancelled: false,
  createdBy: 'ada',
  createdAt: 0,
  changedAt: 0,
  ...rest,
});

test('an agenda has the next first and the last past first; a meeting is to come until it has ended', () => {
  const all = [
    meeting('c', 3 * HOUR),
    meeting('a', 0),
    meeting('b', 2 * HOUR),
    meeting('x', HOUR, { cancelled: true }),
  ];
  const ids = (now: number) => {
    const { coming, past } = agendaOf(all, now);
    return [coming, past].map((list) => list.map(({ id }) => id).join(''));
  };
  assert.deepEqual(ids(0), ['axbc', '']);
  assert.deepEqual(ids(HOUR), ['xbc', 'a']);
  assert.deepEqual(ids(3 * HOUR), ['c', 'ba']);
  assert.equal(nextOf(all, HOUR)?.id, 'b');
  assert.equal(nextOf(all, 9 * HOUR), null);
});

test('a calendar is told of what it shows and of nothing else', () => {
  const plan = meeting('a', 0);
  assert.equal(isOtherPlan(plan, { ...plan }), false);
  assert.equal(isOtherPlan(plan, meeting('a', 0, { minutes: 'x', sequence: 9 })), false);
  for (const change of [
    { time: '15:00' },
    { place: 'x' },
    { paperId: 'p' },
    { lastsMin: 30 },
    { zone: 'Europe/Berlin' },
  ])
    assert.equal(isOtherPlan(plan, { ...plan, ...change }), true, JSON.stringify(change));
});

test('the link of a meeting is a web address', () => {
  assert.equal(meetingLink(''), '');
  assert.equal(meetingLink(' meet.example.org/x '), 'https://meet.example.org/x');
  for (const bad of [
    'javascript:alert(1)',
    'https://user@example.org',
    'ftp://example.org',
    'x',
    `https://example.org/${'x'.repeat(600)}`,
  ])
    assert.equal(meetingLink(bad), null, bad);
});
