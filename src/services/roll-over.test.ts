import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../kernel/day.ts';
import { dayIn, rollOvers } from './roll-over.ts';

const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString();

test('midnight UTC belongs to the day that begins', () => {
  const rule = { at: '00:00', zone: 'UTC' };
  const { latest, next } = rollOvers(rule, at('2026-11-22T00:00:00Z'));
  assert.deepEqual(latest, { day: '2026-11-22', at: at('2026-11-22T00:00:00Z') });
  assert.deepEqual(next, { day: '2026-11-23', at: at('2026-11-23T00:00:00Z') });
  assert.equal(rollOvers(rule, at('2026-11-21T23:59:59.999Z')).latest.day, '2026-11-21');
});

test('the day is that of the time zone', () => {
  const newYork = rollOvers({ at: '20:00', zone: 'America/New_York' }, at('2026-11-23T02:00:00Z'));
  assert.deepEqual(newYork.latest, { day: '2026-11-22', at: at('2026-11-23T01:00:00Z') });
  assert.equal(dayIn('Pacific/Kiritimati', at('2026-11-22T10:00:00Z')), '2026-11-23');
  assert.equal(dayIn('America/New_York', at('2026-11-22T04:59:00Z')), '2026-11-21');
});

test('a time the clocks leave out is the first after it, one that comes twice counts once', () => {
  const berlin = { at: '02:30', zone: 'Europe/Berlin' };
  const spring = rollOvers(berlin, at('2026-03-29T05:00:00Z'));
  assert.deepEqual(spring.latest, { day: '2026-03-29', at: at('2026-03-29T01:00:00Z') });
  assert.equal(iso(spring.next.at), '2026-03-30T00:30:00.000Z');
  const autumn = rollOvers(berlin, at('2026-10-25T00:45:00Z'));
  assert.equal(iso(autumn.latest.at), '2026-10-25T00:30:00.000Z');
  assert.equal(iso(autumn.next.at), '2026-10-26T01:30:00.000Z');
  // In Cairo the clocks leave out midnight itself.
  const cairo = rollOvers({ at: '00:00', zone: 'Africa/Cairo' }, at('2026-04-24T12:00:00Z'));
  assert.deepEqual(cairo.latest, { day: '2026-04-24', at: at('2026-04-23T22:00:00Z') });
});

test('every day of any zone has one roll-over, in order', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Cairo');
  const times = fc.constantFrom('00:00', '01:30', '02:00', '12:15', '23:59');
  const span = { min: at('2024-01-01T00:00:00Z'), max: at('2028-12-31T00:00:00Z') };
  fc.assert(
    fc.property(zones, times, fc.integer(span), (zone, time, now) => {
      const { latest, next } = rollOvers({ at: time, zone }, now);
      assert.ok(latest.at <= now && now < next.at);
      assert.equal(next.day, addDays(latest.day, 1));
      assert.deepEqual(rollOvers({ at: time, zone }, next.at).latest, next);
    }),
    { numRuns: 200 },
  );
});
