import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exp, log } from './kit/det-math.ts';
import { createRng } from './kit/rng.ts';
import {
  DATA_VARIANCE,
  drawLog,
  learnScore,
  logDensity,
  logQuantiles,
  logScore,
  mirrorStep,
  sampleAdditive,
  sampleMultiplicative,
  timesOf,
  wasserstein,
} from './multiplicative-diffusion-samplers.ts';

const near = (a: number, b: number, within: number): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const motion = { sigma: 2 };

test('the score of the logarithm is 1 + x times the slope of the log density', () => {
  for (const t of [0.01, 0.3, 1])
    for (const y of [-2.5, -1, 0.1, 1.2]) {
      const x = exp(y);
      const slope = (logDensity(motion, t, x * (1 + 1e-5)) - logDensity(motion, t, x * (1 - 1e-5))) / 2e-5;
      near(logScore(motion, t, y), 1 + slope, 1e-6);
    }
});

test('the density adds up to 1', () => {
  let sum = 0;
  for (let y = -20; y < 20; y += 0.01) sum += 0.01 * exp(logDensity(motion, 0.5, exp(y)) + y);
  near(sum, 1, 1e-6);
});

test('quantiles have the mean and variance of the data', () => {
  const values = logQuantiles(2_000);
  near(values.reduce((sum, value) => sum + value, 0) / values.length, 0, 1e-9);
  near(values.reduce((sum, value) => sum + value * value, 0) / values.length, DATA_VARIANCE, 1e-3);
  assert.equal(wasserstein(Float64Array.of(3, 1, 2), Float64Array.of(1, 2.5, 4)), 0.5);
});

test('the least of slope and relative entropy is the exponentiated gradient step', () => {
  for (const [x, g] of [
    [1, 0.5],
    [0.2, -1.5],
    [7, 3],
  ] as const)
    near(log(mirrorStep(x, g) / x), -g, 1e-9);
});

test('the table learned by denoising comes to the exact score', () => {
  const times = timesOf(4, 1);
  const learned = learnScore(motion, times, 200_000, createRng('learned'));
  for (const step of [2, 4])
    for (const y of [-3, -1, 0]) near(learned(step, y), logScore(motion, times[step] as number, y), 0.12);
});

test('backwards in exponentials nothing changes sign; adding and plain steps do', () => {
  const times = timesOf(50, 2);
  const exact = (step: number, y: number): number => logScore(motion, times[step] as number, y);
  const [way, plain] = [false, true].map((it) => sampleMultiplicative(motion, times, exact, it, 400, createRng('s')));
  assert.equal(way?.negative, 0);
  assert.ok((plain?.negative ?? 0) > 0);
  const added = sampleAdditive(logQuantiles(100).map(exp), times, 400, createRng('a'));
  assert.ok(added.negative > 0);
  const truth = logQuantiles(400).map(exp);
  const rng = createRng('far');
  const far = wasserstein(
    Float64Array.from({ length: 400 }, () => 2 * exp(drawLog(rng))),
    truth,
  );
  for (const found of [way, added]) assert.ok(wasserstein(found?.samples as Float64Array, truth) < far / 3);
});
