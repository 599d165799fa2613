import type { Run } from './contract.ts';
import { exp, log } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';
import { POWERS } from './multiplicative-diffusion-arms.ts';
import { lossesApart } from './multiplicative-diffusion-losses.ts';
import {
  drawLog,
  learnScore,
  logDensity,
  logQuantiles,
  logScore,
  logStep,
  type Motion,
  mirrorStep,
  plainStep,
  type Sampled,
  sampleAdditive,
  sampleMultiplicative,
  timesOf,
  wasserstein,
} from './multiplicative-diffusion-samplers.ts';
import { numberOf } from './params.ts';

const NODES = 200;

/** `tick`: from 0 to 1. */
const sample = (
  run: Run,
  motion: Motion,
  power: number,
  count: number,
  rng: Rng,
  tick: (share: number) => void,
): Sampled => {
  const times = timesOf(numberOf(run.params, 'steps'), power);
  const exact = (step: number, y: number): number => logScore(motion, times[step] as number, y);
  switch (run.arm) {
    case 'additive':
      return sampleAdditive(logQuantiles(NODES).map(exp), times, count, rng, tick);
    case 'logarithm': {
      const { samples } = sampleAdditive(logQuantiles(NODES), times, count, rng, tick);
      return { samples: samples.map(exp), negative: 0 };
    }
    case 'learned': {
      const teaching = run.rng.fork(`teaching ${power}`);
      const learned = learnScore(motion, times, numberOf(run.params, 'draws'), teaching, (share) => tick(share / 2));
      return sampleMultiplicative(motion, times, learned, false, count, rng, (share) => tick((1 + share) / 2));
    }
    case 'fresh':
      return { samples: Float64Array.from({ length: count }, () => exp(drawLog(rng))), negative: 0 };
    default:
      return sampleMultiplicative(motion, times, exact, run.arm === 'plain', count, rng, tick);
  }
};

const CHECKS = 400;

/**
 * The largest relative difference between a backward step and the exponentiated gradient step, found as the minimum that
 * defines it, down the energy −log p(x) − log x with its slope by differences, its drift and its noise.
 */
const stepsApart = (run: Run, motion: Motion): number => {
  const rng = run.rng.fork('steps');
  const dt = 1 / numberOf(run.params, 'steps');
  let worst = 0;
  for (let i = 0; i < CHECKS; i++) {
    const t = 0.05 + 0.95 * rng.uniform();
    const y = drawLog(rng) + motion.sigma * (Math.sqrt(t) * rng.normal() - 0.5 * motion.sigma * t);
    const [x, z, score, h] = [exp(y), rng.normal(), logScore(motion, t, y), 1e-5];
    const energy = (at: number): number => -logDensity(motion, t, at) - log(at);
    const slope = (energy(x * (1 + h)) - energy(x * (1 - h))) / (2 * h);
    const g = -dt * motion.sigma * motion.sigma * (0.5 - slope) - motion.sigma * Math.sqrt(dt) * z;
    const step =
      run.arm === 'plain' ? x * (1 + plainStep(motion, score, dt, z)) : x * exp(logStep(motion, score, dt, z));
    const other = mirrorStep(x, g);
    worst = Math.max(worst, Math.abs(step - other) / other);
  }
  return worst;
};

const BARS = 60;
/** Random scores that both losses are compared by. */
const MODELS = 10;

/** One arm on single numbers. `tick`: from 0 to 1. */
export const runLine = (run: Run, tick: (share: number) => void): void => {
  const motion = { sigma: numberOf(run.params, 'sigma') };
  const count = numberOf(run.params, 'samples');
  const trial = Math.max(50, Math.round(count / 4));
  const truth = logQuantiles(trial).map(exp);
  // The last sampling is of four times as many as a trial; then it is measured.
  const units = POWERS.length + 5;
  let [power, least] = [1, Number.POSITIVE_INFINITY];
  for (const [i, tried] of POWERS.entries()) {
    const found = wasserstein(
      sample(run, motion, tried, trial, run.rng.fork('trial'), (share) => tick((i + share) / units)).samples,
      truth,
    );
    if (found < least) [power, least] = [tried, found];
  }
  const { samples, negative } = sample(run, motion, power, count, run.rng.fork('samples'), (share) =>
    tick((POWERS.length + 4 * share) / units),
  );
  tick((units - 1) / units);
  run.metric('distance', wasserstein(samples, logQuantiles(count).map(exp)));
  run.metric('negative', negative);
  tick((units - 0.5) / units);
  if (run.arm === 'exact' || run.arm === 'plain') {
    run.metric('steps apart', stepsApart(run, motion));
    const own = run.arm === 'exact' ? 1 : 0;
    run.metric('losses apart', lossesApart(motion, MODELS, run.rng.fork('models'), own));
  }
  const heights = new Float64Array(BARS);
  for (const value of samples) {
    const bar = Math.floor(((value + 1) / 7) * BARS);
    if (bar >= 0 && bar < BARS) heights[bar] = (heights[bar] as number) + BARS / 7 / count;
  }
  for (const [bar, height] of heights.entries()) run.point('density', ((bar + 0.5) * 7) / BARS - 1, height);
};
