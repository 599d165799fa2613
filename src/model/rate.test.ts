import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allowance, type Bucket, memoryOf, take } from './rate.ts';

const RATE = { burst: 3, perHour: 60 };
const NOW = 1_790_000_000_000;
const MINUTE = 60_000;

test('a full bucket gives its tokens at once, then one a minute', () => {
  assert.deepEqual(allowance(RATE, [], NOW), { ok: true });
  assert.deepEqual(allowance(RATE, [NOW, NOW], NOW), { ok: true });
  assert.deepEqual(allowance(RATE, [NOW, NOW, NOW], NOW), { ok: false, waitMs: MINUTE });
  assert.deepEqual(allowance(RATE, [NOW - MINUTE, NOW - MINUTE, NOW - MINUTE], NOW), { ok: true });
  assert.deepEqual(allowance(RATE, [NOW + 9 * MINUTE, NOW, NOW], NOW), { ok: false, waitMs: MINUTE });
});

const rates = fc.record({ burst: fc.integer({ min: 1, max: 9 }), perHour: fc.integer({ min: 1, max: 200 }) });

test('whoever waits as told may go on, and not before', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.nat(5 * 3_600_000), { maxLength: 40 }), (rate, ago) => {
      const times = ago.map((ms) => NOW - ms);
      const said = allowance(rate, times, NOW);
      if (said.ok) return;
      assert.deepEqual(allowance(rate, times, NOW + said.waitMs), { ok: true });
      assert.equal(allowance(rate, times, NOW + said.waitMs - 2).ok, false);
    }),
  );
});

test('one who takes what is allowed never has more than the burst and what flowed in since', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.nat(600_000), { minLength: 1, maxLength: 60 }), (rate, steps) => {
      const taken: number[] = [];
      let now = NOW;
      for (const step of steps) {
        now += step;
        if (allowance(rate, taken, now).ok) taken.push(now);
      }
      assert.ok(taken.length <= rate.burst + ((now - NOW) * rate.perHour) / 3_600_000 + 1e-6);
    }),
  );
});

test('forgetting what was taken before the memory of the bucket refuses nobody who would be let', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.nat(900_000), { minLength: 1, maxLength: 60 }), (rate, steps) => {
      const taken: number[] = [];
      let now = NOW;
      for (const step of steps) {
        now += step;
        const recent = taken.filter((at) => at > now - memoryOf(rate));
        const said = allowance(rate, taken, now);
        if (said.ok) assert.ok(allowance(rate, recent, now).ok);
        if (said.ok) taken.push(now);
      }
    }),
  );
});

test('a bucket that is kept says what all the times would say', () => {
  fc.assert(
    fc.property(rates, fc.array(fc.nat(900_000), { minLength: 1, maxLength: 60 }), (rate, steps) => {
      const taken: number[] = [];
      let bucket: Bucket | null = null;
      let now = NOW;
      for (const step of steps) {
        now += step;
        const expected = allowance(rate, taken, now);
        const next: ReturnType<typeof take> = take(rate, bucket, now);
        assert.equal(next.said.ok, expected.ok);
        if (!next.said.ok && !expected.ok) assert.ok(Math.abs(next.said.waitMs - expected.waitMs) <= 1);
        if (expected.ok) taken.push(now);
        bucket = next.bucket;
      }
    }),
  );
});

test('a clock set back fills no bucket, and the wait is until there is a token', () => {
  const empty = { tokens: 0, at: NOW };
  assert.deepEqual(take(RATE, empty, NOW - 5 * MINUTE).said, { ok: false, waitMs: 6 * MINUTE });
  assert.deepEqual(take(RATE, empty, NOW + MINUTE).said, { ok: true });
});
