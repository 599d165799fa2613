import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs, retryAfterMs, waitMs } from './retry-after.ts';

const NOW = Date.parse('2026-04-20T12:00:00Z');
const DAY_MS = 86_400_000;

test('seconds and the three forms of a date', () => {
  assert.equal(retryAfterMs('120', NOW), 120_000);
  assert.equal(retryAfterMs(' 7 ', NOW), 7000);
  assert.equal(retryAfterMs('4.5', NOW), 4500);
  assert.equal(retryAfterMs('Mon, 20 Apr 2026 12:10:00 GMT', NOW), 600_000);
  assert.equal(retryAfterMs('Monday, 20-Apr-26 12:10:00 GMT', NOW), 600_000);
  assert.equal(retryAfterMs('Mon Apr 20 12:10:00 2026', NOW), 600_000);
  assert.equal(retryAfterMs('Sunday, 06-Nov-94 08:49:37 GMT', NOW), 3000);
});

test('never under 3 s, never over a day', () => {
  assert.equal(retryAfterMs('0', NOW), 3000);
  assert.equal(retryAfterMs('2', NOW), 3000);
  assert.equal(retryAfterMs('Mon, 20 Apr 2026 11:00:00 GMT', NOW), 3000);
  assert.equal(retryAfterMs('9'.repeat(400), NOW), DAY_MS);
  assert.equal(retryAfterMs('Wed, 20 Apr 2050 12:00:00 GMT', NOW), DAY_MS);
});

test('what says nothing is nothing', () => {
  for (const text of [
    undefined,
    '',
    ' ',
    'soon',
    '-5',
    '1 potato',
    '+3',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '2026-04-20',
    'Mon',
  ])
    assert.equal(retryAfterMs(text, NOW), null, String(text));
});

test('the wait doubles from 3 s up to a day', () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(backoffMs), [3000, 6000, 12_000, 24_000, 48_000]);
  assert.equal(backoffMs(16), DAY_MS);
  assert.equal(backoffMs(5000), DAY_MS);
  assert.equal(backoffMs(0), 3000);
});

test('a host that says 0 or nonsense for ever is asked ever more rarely, and never sooner than it says', () => {
  for (const header of ['0', 'soon', '-1', undefined]) assert.equal(waitMs(header, 4, NOW), 24_000, String(header));
  assert.equal(waitMs('60', 1, NOW), 60_000);
  assert.equal(waitMs('60', 7, NOW), 192_000);
});

test('whatever the header, the wait is from 3 s to a day, and no shorter after one more failure', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer().map(String),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.constant(undefined),
  );
  const now = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
  fc.assert(
    fc.property(header, fc.nat(5000), now, (text, failures, at) => {
      const wait = waitMs(text, failures, at);
      assert.ok(wait >= 3000 && wait <= DAY_MS, String(wait));
      assert.ok(waitMs(text, failures + 1, at) >= wait);
    }),
  );
});

test('a date is waited for to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 86_400 }), (seconds) => {
      assert.equal(retryAfterMs(new Date(NOW + seconds * 1000).toUTCString(), NOW), seconds * 1000);
      assert.equal(retryAfterMs(String(seconds), NOW), seconds * 1000);
    }),
  );
});
