import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng, xoshiro128 } from './rng.ts';

const many = <T>(n: number, draw: () => T): T[] => Array.from({ length: n }, () => draw());

test('the generator is xoshiro128**, by its definition in 32-bit arithmetic', () => {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const reference = (state: bigint[]) => (): number => {
    let [s0, s1, s2, s3] = state as [bigint, bigint, bigint, bigint];
    const result = (rotl((s1 * 5n) & mask, 7n) * 9n) & mask;
    const t = (s1 << 9n) & mask;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
    state.splice(0, 4, s0, s1, s2, s3);
    return Number(result);
  };
  // The first four values of the authors' code with the state 1, 2, 3, 4.
  assert.deepEqual(many(4, xoshiro128(1, 2, 3, 4)), [11_520, 0, 5_927_040, 70_819_200]);
  const word = fc.integer({ min: 1, max: 0xffffffff });
  fc.assert(
    fc.property(word, word, word, word, (a, b, c, d) => {
      assert.deepEqual(many(20, xoshiro128(a, b, c, d)), many(20, reference([a, b, c, d].map(BigInt))));
    }),
  );
});

test('the numbers of a seed are pinned: they are in every published result', () => {
  assert.deepEqual(many(3, createRng('1').u32), [3_326_604_336, 1_685_934_946, 2_255_218_691]);
  assert.deepEqual(many(3, createRng('1').fork('data').u32), [3_255_950_103, 2_315_807_457, 3_102_839_806]);
  assert.deepEqual(many(3, createRng('1').normal), [1.5368041932490106, 0.14041625128359517, -0.02155835394026676]);
});

test('a fork depends on its name alone', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(50), (seed, label, drawn) => {
      const fresh = createRng(seed).fork(label);
      const used = createRng(seed);
      many(drawn, used.normal);
      assert.deepEqual(many(5, used.fork(label).u32), many(5, fresh.u32));
    }),
  );
  assert.equal(new Set(['a', 'b', 'ab', 'a/b'].map((label) => createRng(1).fork(label).u32())).size, 4);
  assert.notEqual(createRng(1).fork('a').fork('b').u32(), createRng(1).fork('ab').u32());
});

test('integers are without bias, shuffles are permutations, weights are kept', () => {
  const rng = createRng('uniform');
  const seen = new Array<number>(6).fill(0);
  for (const value of many(60_000, () => rng.int(6))) seen[value] = (seen[value] ?? 0) + 1;
  // Chi-squared with 5 degrees of freedom: beyond 20.5 once in a thousand.
  assert.ok(seen.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0) < 20.5);
  const items = Array.from({ length: 100 }, (_, i) => i);
  const shuffled = rng.shuffle([...items]);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(
    shuffled.sort((a, b) => a - b),
    items,
  );
  const drawn = many(20_000, () => rng.weighted([1, 0, 3]));
  assert.equal(drawn.filter((i) => i === 1).length, 0);
  assert.ok(Math.abs(drawn.filter((i) => i === 2).length / 20_000 - 0.75) < 0.015);
  assert.throws(() => rng.int(0), RangeError);
  assert.throws(() => rng.choice([]), RangeError);
  assert.throws(() => rng.weighted([0]), RangeError);
});

test('normal values have the moments of the normal distribution', () => {
  const rng = createRng('normal');
  const values = many(100_000, rng.normal);
  const moment = (k: number): number => values.reduce((sum, x) => sum + x ** k, 0) / values.length;
  assert.ok(Math.abs(moment(1)) < 0.015);
  assert.ok(Math.abs(moment(2) - 1) < 0.025);
  assert.ok(Math.abs(moment(3)) < 0.06);
  assert.ok(Math.abs(moment(4) - 3) < 0.2);
});
