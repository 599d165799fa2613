import assert from 'node:assert/strict';
import { test } from 'node:test';
import { log } from './kit/det-math.ts';
import { createMachine } from './kit/gemm.ts';
import { createRng } from './kit/rng.ts';
import { createTape } from './kit/tape.ts';
import { denoisingLoss, drawModel, lossesApart, nonNegativeLoss } from './multiplicative-diffusion-losses.ts';
import { addBack, type Guess, multiplyBack, type Points, placeOf, teachGuess } from './multiplicative-diffusion-net.ts';
import {
  dealImages,
  drawRing,
  energyDistance,
  evenRing,
  framed,
  meanWithin,
  RING,
  shuffled,
  truthOf,
} from './multiplicative-diffusion-points.ts';
import { logScore, timesOf } from './multiplicative-diffusion-samplers.ts';

const near = (a: number, b: number, within: number, what = ''): void =>
  assert.ok(Math.abs(a - b) <= within, `${what} ${a} is not ${b}`);
const meanOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const varianceOf = (values: ArrayLike<number>): number => {
  const mean = meanOf(values);
  return meanOf(Array.from(values, (value) => (value - mean) * (value - mean)));
};
const motion = { sigma: 2 };

/** Of normal examples of mean 0 and variance 1. */
const normalGuess: Guess = (noisy, level, out) => {
  for (let i = 0; i < out.length; i++) out[i] = (noisy[i] as number) / (1 + level * level);
};

test('a net that is taught comes to the best guess of normal examples, at every level', () => {
  const rng = createRng('teach');
  const examples: Points = {
    count: 4_000,
    width: 2,
    values: Float64Array.from({ length: 8_000 }, (_, i) => 3 * rng.normal() + (i % 2)),
  };
  const place = placeOf(examples);
  near(place.scale, 3, 0.1);
  const { guess } = teachGuess(createTape(createMachine({ megabytes: 8 })), {
    examples,
    place,
    highest: 10,
    hidden: 32,
    batch: 64,
    lessons: 600,
    rate: 5e-3,
    rng: createRng('net'),
    tick: () => {},
  });
  for (const level of [0.1, 0.5, 1, 3]) {
    const root = Math.sqrt(1 + level * level);
    const noisy = Float64Array.from({ length: 400 }, () => root * rng.normal());
    const [found, best] = [new Float64Array(400), new Float64Array(400)];
    guess(noisy, level, found);
    normalGuess(noisy, level, best);
    const off = meanOf(found.map((value, i) => (value - (best[i] as number)) * (value - (best[i] as number))));
    assert.ok(off < 0.02 * Math.min(1, level * level), `at ${level} off by ${off}`);
  }
});

test('both ways back come to the mean and variance of normal examples, and multiplying to positive numbers', () => {
  const place = { centre: Float64Array.of(0.5, -0.5), scale: 0.4 };
  const times = timesOf(100, 3);
  const up = multiplyBack(normalGuess, place, motion, times, false, 3_000, createRng('up'));
  const added = addBack(normalGuess, place, times, 3_000, createRng('added'));
  assert.equal(up.negative, 0);
  assert.ok(up.points.values.every((value) => value > 0));
  assert.ok(added.negative > 0.05);
  for (const values of [up.points.values.map(log), added.points.values])
    for (const j of [0, 1]) {
      const own = values.filter((_, i) => i % 2 === j);
      near(meanOf(own), j === 0 ? 0.5 : -0.5, 0.03, 'mean');
      near(Math.sqrt(varianceOf(own)), 0.4, 0.03, 'deviation');
    }
});

test('plain steps change signs', () => {
  const place = { centre: Float64Array.of(0), scale: 0.4 };
  const plain = multiplyBack(normalGuess, place, motion, timesOf(40, 2), true, 500, createRng('plain'));
  assert.ok(plain.negative > 0.001);
});

test('the multiplicative denoising loss is Hyvärinen’s for non-negative data, but for a constant', () => {
  assert.ok(lossesApart(motion, 4, createRng('losses')) < 1e-8);
  const [one, other] = [drawModel(createRng('one')), drawModel(createRng('other'))];
  const apart = (model: (x: number) => number): number =>
    denoisingLoss(motion, 0.5, model) - nonNegativeLoss(motion, 0.5, model);
  near(apart(one), apart(other), 1e-8);
  // The constant is half the mean square of −1 − z/(σ√t).
  near(apart(one), 0.5 * (1 + 1 / (4 * 0.5)), 1e-8);
});

test('the exact score has the least loss', () => {
  const exact = (x: number): number => (logScore(motion, 0.5, log(x)) - 1) / x;
  const least = nonNegativeLoss(motion, 0.5, exact);
  for (const by of [-0.2, 0.2]) {
    assert.ok(nonNegativeLoss(motion, 0.5, (x) => exact(x) + by / x) > least);
    assert.ok(nonNegativeLoss(motion, 0.5, (x) => (1 + by) * exact(x)) > least);
  }
});

test('the ring is where it should be, and every number positive', () => {
  for (const { values } of [drawRing(createRng('ring'), 2_000), evenRing(2_000)]) {
    assert.ok(values.every((value) => value > 0));
    near(meanOf(values), RING.centre, 0.03);
    for (let i = 0; i < values.length; i += 2) {
      const [x, y] = [(values[i] as number) - RING.centre, (values[i + 1] as number) - RING.centre];
      const radius = Math.sqrt(x * x + y * y);
      assert.ok(radius >= RING.inner - 1e-9 && radius <= RING.outer + 1e-9);
    }
  }
});

test('energy distance: none between draws of the same, that of two shifted normal clouds, and all of it when shuffled', () => {
  const truth = truthOf(evenRing(1_000), true);
  near(energyDistance(drawRing(createRng('a'), 2_000), truth), 0, 0.003);
  // A circle of radius 1: two points of it are 4/π apart on average.
  near(truth.within, 4 / Math.PI, 0.01);
  near(meanWithin({ count: 3, width: 1, values: Float64Array.of(0, 1, 3) }), 2, 1e-12);
  const line = (from: number): Points => ({ count: 2, width: 1, values: Float64Array.of(from, from + 1) });
  near(energyDistance(line(10), truthOf(line(0), false)), 2 * 10 - 2, 1e-12);
  const ring = drawRing(createRng('b'), 2_000);
  const apart = shuffled(ring, createRng('c'));
  assert.deepEqual(apart.values.filter((_, i) => i % 2 === 0).sort(), ring.values.filter((_, i) => i % 2 === 0).sort());
  assert.ok(energyDistance(apart, truth) > 0.008);
});

test('images are dealt out once each, and shown in rows', () => {
  const [some, others] = dealImages(createRng('deal'), [1_200, 597]) as [Points, Points];
  assert.equal(some.count + others.count, 1_797);
  assert.ok([...some.values, ...others.values].every((value) => value >= 1 && value <= 2));
  const { w, h, data } = framed(some);
  assert.equal(data.length, w * h);
  near(data[0] as number, (some.values[0] as number) - 1, 1e-6);
  near(data[9] as number, (some.values[64] as number) - 1, 1e-6);
  assert.equal(meanOf(framed(evenRing(500)).data) * 36 * 36, 500);
});
