import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CALCULATORS } from './calculators.ts';
import { entropyAt, entropyTrace, SCORES, traceOf } from './entropy-trace.ts';
import { NOT_HERE } from './not-here.ts';
import { readParams } from './params.ts';
import { groupAdvantages, segmentReward } from './segment-reward.ts';

const close = (a: number, b: number, by = 1e-9): void => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

test('every calculator is of a paper that cannot be run here, and works anything out within its sliders', () => {
  for (const one of CALCULATORS) {
    assert.ok(
      NOT_HERE.some(({ paper }) => paper === one.paper),
      one.id,
    );
    const any = fc.record(
      Object.fromEntries(
        one.params.map((spec) => [
          spec.key,
          spec.kind === 'number' || spec.kind === 'int'
            ? fc.double({ min: spec.min, max: spec.max, noNaN: true })
            : fc.constant(spec.default),
        ]),
      ),
    );
    fc.assert(
      fc.property(any, (said) => {
        const { says, head, rows } = one.work(readParams(one, said));
        assert.ok(says.length > 0);
        for (const row of rows) assert.equal(row.length, head.length);
        assert.ok(!JSON.stringify([says, rows]).includes('NaN'));
      }),
      { numRuns: 60 },
    );
  }
});

test('advantages of a group: by hand, of mean 0 and spread 1, none where all are the same', () => {
  assert.deepEqual(groupAdvantages([1, 0, 0, 1]), [1, -1, -1, 1]);
  assert.deepEqual(groupAdvantages([1, 1, 1]), [0, 0, 0]);
  const [one = 0, two = 0, three = 0] = groupAdvantages([2, 1, 0]);
  close(one, Math.sqrt(1.5));
  close(two, 0);
  close(three, -Math.sqrt(1.5));
});

test('the segment’s reward tells a lucky answer from a good one, and a group of right answers apart', () => {
  const { rows, says } = segmentReward.work(readParams(segmentReward, { both: 2, lucky: 2, missed: 0, neither: 0 }));
  assert.deepEqual(
    rows.map((row) => row.slice(3)),
    [
      ['0', '1'],
      ['0', '-1'],
      ['–', '–'],
      ['–', '–'],
    ],
  );
  assert.match(says[0] ?? '', /still tells them apart/);
});

test('the entropy is that of the probabilities, and its slope that of finite differences', () => {
  close(entropyAt(0).entropy, Math.log(32));
  for (const sharpness of [0.3, 2, 9, 40]) {
    const weights = Array.from(SCORES, (score) => Math.exp(sharpness * score));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    close(entropyAt(sharpness).entropy, -weights.reduce((sum, w) => sum + (w / total) * Math.log(w / total), 0), 1e-9);
    const step = 1e-5;
    const slope = (entropyAt(sharpness + step).entropy - entropyAt(sharpness - step).entropy) / (2 * step);
    close(entropyAt(sharpness).slope, slope, 1e-7);
  }
});

test('a controller without a rate changes nothing; with one it ends lower', () => {
  const params = readParams(entropyTrace, {});
  const [left, none, steered] = [traceOf(params, 0), traceOf({ ...params, margin: 1 }, 0), traceOf(params, 0.4)];
  assert.deepEqual(left.entropy, none.entropy);
  assert.ok((steered.entropy.at(-1) ?? 9) < (left.entropy.at(-1) ?? 0));
});
