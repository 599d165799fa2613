import { exp, log, sqrt, tanh } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';
import { CENTRES, logDensity, type Motion, WIDTH } from './multiplicative-diffusion-samplers.ts';

/** A score by x > 0: what a model says of ∂ log p(x)/∂x. */
export type Model = (x: number) => number;

/** A smooth score drawn at random: x · score is a tanh(b log x + c) + d log x + e. */
export const drawModel = (rng: Rng): Model => {
  const [a, b, c, d, e] = [rng.normal(), rng.normal(), rng.normal(), rng.normal(), rng.normal()];
  return (x) => {
    const y = log(x);
    return (a * tanh(b * y + c) + d * y + e) / x;
  };
};

const GRID = 0.05;

/**
 * Hyvärinen’s loss for non-negative data (2007) of a model, with the density at time t: the mean of 2 x s + x² s′ + ½ x² s², which
 * asks for no score but the model’s own. By the trapezoidal rule over log x; s′ by differences.
 */
export const nonNegativeLoss = (motion: Motion, t: number, model: Model): number => {
  const h = 1e-5;
  const reach = 3 + 8 * motion.sigma * sqrt(t);
  const middle = -0.5 * motion.sigma * motion.sigma * t;
  const half = Math.round(reach / GRID);
  let sum = 0;
  for (let i = -half; i <= half; i++) {
    const x = exp(middle + i * GRID);
    const s = model(x);
    const slope = (model(x * (1 + h)) - model(x * (1 - h))) / (2 * h * x);
    sum += GRID * x * exp(logDensity(motion, t, x)) * (2 * x * s + x * x * slope + 0.5 * x * x * s * s);
  }
  return sum;
};

/**
 * The loss of multiplicative denoising score matching of a model at time t: half the mean square of x s less
 * x ∂ log p(x | x₀)/∂x = −1 − z/(σ√t), over x₀ and z, by the trapezoidal rule. `own`: that −1, which the score of log x has not.
 */
export const denoisingLoss = (motion: Motion, t: number, model: Model, own = 1): number => {
  const spread = motion.sigma * sqrt(t);
  const middle = -0.5 * motion.sigma * motion.sigma * t;
  const weigh = (z: number): number => exp(-0.5 * z * z) / sqrt(2 * Math.PI);
  const [few, many] = [Math.round(2 / GRID), Math.round(8 / GRID)];
  let sum = 0;
  for (const centre of CENTRES)
    for (let i = -few; i <= few; i++)
      for (let k = -many; k <= many; k++) {
        const [u, z] = [i * 4 * GRID, k * GRID];
        const x = exp(centre + WIDTH * u + middle + spread * z);
        const off = x * model(x) + own + z / spread;
        sum += 0.5 * 4 * GRID * GRID * weigh(u) * weigh(z) * 0.5 * off * off;
      }
  return sum;
};

/**
 * By how much the difference of both losses differs between models drawn at random, at most, relative to their mean denoising loss:
 * 0 where both have the same minimum and the same slopes everywhere.
 */
export const lossesApart = (motion: Motion, models: number, rng: Rng, own = 1): number => {
  const t = 0.2 + 0.8 * rng.uniform();
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < models; i++) {
    const model = drawModel(rng);
    const loss = denoisingLoss(motion, t, model, own);
    const difference = loss - nonNegativeLoss(motion, t, model);
    [least, most] = [Math.min(least, difference), Math.max(most, difference)];
    sum += loss / models;
  }
  return (most - least) / sum;
};
