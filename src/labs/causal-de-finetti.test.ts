import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coinTest, leaning, normalScores, scoreTest } from './causal-de-finetti-independence.ts';
import { drawSample, STRUCTURES, strangers } from './causal-de-finetti-worlds.ts';
import { exp } from './kit/det-math.ts';
import { createRng } from './kit/rng.ts';
import { correlation, mean } from './kit/stats.ts';

const near = (a: number, b: number, within: number): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const coins = (text: string): Float64Array => Float64Array.from(text, Number);

test('the G-test: by hand, where nothing depends, and given a third coin', () => {
  const same = coins('00000000001111111111');
  near(coinTest(same, same, null), 1.3977963343581477e-7, 1e-15);
  near(coinTest(same, same, same), 1, 1e-12);
  near(coinTest(coins('0011'), coins('0101'), null), 1, 1e-12);
  const other = coins('01010101010101010101');
  near(coinTest(same, same, other), exp(-20 * Math.LN2), 1e-10);
});

test('normal scores lose nothing of the order', () => {
  const [low, middle, high] = normalScores(Float64Array.of(5, 7, 900));
  near(middle as number, 0, 1e-12);
  near(low as number, -(high as number), 1e-12);
});

/** How often the test rejects at 0.05 of 200 samples. */
const rejections = (
  given: boolean,
  draw: (i: number) => readonly [Float64Array, Float64Array, Float64Array],
): number => {
  let rejected = 0;
  for (let i = 0; i < 200; i++) {
    const [a, b, z] = draw(i);
    if (scoreTest(a, b, given ? z : null, createRng(`test ${i}`)) < 0.05) rejected++;
  }
  return rejected / 200;
};

test('the test of scores keeps its level, and sees what correlation does not', () => {
  const normals = (label: string, n = 200): Float64Array => {
    const rng = createRng(label);
    return Float64Array.from({ length: n }, () => rng.normal());
  };
  const free = rejections(false, (i) => [normals(`a ${i}`), normals(`b ${i}`), normals(`z ${i}`)]);
  assert.ok(free > 0.005 && free < 0.1, `${free}`);
  const explained = rejections(true, (i) => {
    const z = normals(`z ${i}`);
    const [a, b] = [normals(`a ${i}`), normals(`b ${i}`)];
    return [
      a.map((value, k) => 0.7 * value + (z[k] as number)),
      b.map((value, k) => 0.7 * value + (z[k] as number)),
      z,
    ];
  });
  assert.ok(explained > 0.005 && explained < 0.12, `${explained}`);
  const squared = rejections(false, (i) => {
    const a = normals(`a ${i}`);
    return [a, normalScores(a.map((value, k) => value * value + 0.3 * (normals(`b ${i}`)[k] as number))), a];
  });
  assert.ok(squared > 0.95, `${squared}`);
});

test('the leaning turns with the direction, and is towards the effect where noise is sparse and added', () => {
  const { x, y } = drawSample('laplace', 'x to y', 4_000, createRng('leaning'));
  near(leaning(x[0], y[0]), -leaning(y[0], x[0]), 1e-12);
  const sparse = (label: string): Float64Array => {
    const rng = createRng(label);
    return Float64Array.from({ length: 1_000 }, () => rng.normal() * rng.normal());
  };
  for (let i = 0; i < 20; i++) {
    const cause = sparse(`cause ${i}`);
    const noise = sparse(`noise ${i}`);
    const sign = i % 2 === 0 ? 1 : -1;
    const effect = cause.map((value, k) => sign * value + (noise[k] as number));
    assert.ok(leaning(cause, effect) > 0, `${i}`);
  }
});

test('environments: samples of one go together, those of strangers do not; the effect is what the cause makes of it', () => {
  const sample = drawSample('xor', 'x to y', 40_000, createRng('worlds'));
  near(mean(sample.x[0]), 0.25, 0.01);
  near(mean(sample.y[0]), 0.25 * 0.75 * 2, 0.01);
  near(correlation(sample.x[0], sample.x[1]), 0.2, 0.02);
  near(correlation(strangers(sample).x[0], strangers(sample).x[1]), 0, 0.02);
  for (const world of ['xor', 'table', 'laplace'] as const) {
    const apart = drawSample(world, 'none', 40_000, createRng(world));
    near(correlation(apart.x[0], apart.y[0]), 0, 0.02);
    const forward = drawSample(world, 'x to y', 50, createRng(world));
    assert.deepEqual(drawSample(world, 'y to x', 50, createRng(world)), { x: forward.y, y: forward.x });
  }
  assert.equal(STRUCTURES.length, 3);
});
