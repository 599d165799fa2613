import { exp, log, normalCdf, sqrt } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';

/** Two equally likely log-normal lumps: the means of the logarithm, and its standard deviation in either. */
export const CENTRES = [-1, 1] as const;
export const WIDTH = 0.25;
/** Variance of the logarithm of the data. */
export const DATA_VARIANCE = 1 + WIDTH * WIDTH;

/** dX = μ X dt + σ X dW with μ = 0, from t = 0 to 1. */
export interface Motion {
  readonly sigma: number;
}

/** Mean over the lumps, and variance in each, of log X at time t; `shift` is what Itô’s formula takes off. */
const logarithmAt = ({ sigma }: Motion, t: number): { readonly shift: number; readonly variance: number } => ({
  shift: -0.5 * sigma * sigma * t,
  variance: WIDTH * WIDTH + sigma * sigma * t,
});

/** log p(x) at time t, x > 0: the density of X, not of its logarithm. */
export const logDensity = (motion: Motion, t: number, x: number): number => {
  const { shift, variance } = logarithmAt(motion, t);
  const y = log(x);
  const [a, b] = [y - CENTRES[0] - shift, y - CENTRES[1] - shift];
  const [p, q] = [(-a * a) / (2 * variance), (-b * b) / (2 * variance)];
  const top = Math.max(p, q);
  return top + log(0.5 * (exp(p - top) + exp(q - top))) - 0.5 * log(2 * Math.PI * variance) - y;
};

/** 1 + x ∂ log p(x)/∂x at time t, by y = log x: which is ∂ log p/∂y of the logarithm’s density. */
export const logScore = (motion: Motion, t: number, y: number): number => {
  const { shift, variance } = logarithmAt(motion, t);
  const [a, b] = [y - CENTRES[0] - shift, y - CENTRES[1] - shift];
  const weight = 1 / (1 + exp((a * a - b * b) / (2 * variance)));
  return -(weight * a + (1 - weight) * b) / variance;
};

/** The value that a share `q` of the data’s logarithms lies below. */
const logQuantile = (q: number): number => {
  let [low, high] = [-4, 4];
  for (let i = 0; i < 50; i++) {
    const y = (low + high) / 2;
    const share = 0.5 * (normalCdf((y - CENTRES[0]) / WIDTH) + normalCdf((y - CENTRES[1]) / WIDTH));
    if (share < q) low = y;
    else high = y;
  }
  return (low + high) / 2;
};

/** The middles of `n` equally likely parts of the data’s logarithms, in rising order. */
export const logQuantiles = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => logQuantile((i + 0.5) / n));

/** W1 between samples and as many quantiles in rising order; sorts the samples in place. */
export const wasserstein = (samples: Float64Array, quantiles: Float64Array): number => {
  samples.sort();
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += Math.abs((samples[i] as number) - (quantiles[i] as number));
  return sum / samples.length;
};

export const drawLog = (rng: Rng): number => (rng.int(2) === 0 ? CENTRES[0] : CENTRES[1]) + WIDTH * rng.normal();

/** Times from 0 to 1, closer together near the data for a `power` above 1 (a whole number). */
export const timesOf = (steps: number, power: number): Float64Array =>
  Float64Array.from({ length: steps + 1 }, (_, i) => {
    let t = 1;
    for (let k = 0; k < power; k++) t *= i / steps;
    return t;
  });

/** What one backward step over `dt` adds to log x: −(μ − σ²/2) dt + σ² (1 + x·score) dt + σ √dt z, with μ = 0. */
export const logStep = ({ sigma }: Motion, score: number, dt: number, z: number): number =>
  dt * sigma * sigma * (0.5 + score) + sigma * sqrt(dt) * z;

/**
 * The same step of the time-reversed equation taken plainly, by Euler and Maruyama, as a change relative to x:
 * dX = (2σ² − μ + σ² x·score) X dt + σ X dW.
 */
export const plainStep = ({ sigma }: Motion, score: number, dt: number, z: number): number =>
  dt * sigma * sigma * (1 + score) + sigma * sqrt(dt) * z;

/**
 * The step of mirror descent whose closed form is the exponentiated gradient: the u > 0 at which g u + u log(u/x) − u + x is
 * smallest, found by halving an interval, without an exponential function.
 */
export const mirrorStep = (x: number, g: number): number => {
  let [low, high] = [x, x];
  while (g + log(low / x) > 0) low /= 2;
  while (g + log(high / x) < 0) high *= 2;
  for (let i = 0; i < 60; i++) {
    const u = (low + high) / 2;
    if (g + log(u / x) < 0) low = u;
    else high = u;
  }
  return (low + high) / 2;
};

/** The score at a step's time by log x. */
export type Score = (step: number, y: number) => number;

/** Hears how far it is, from 0 to 1. */
type Tick = (share: number) => void;

const SILENT: Tick = () => {};
/** Samples between two ticks. */
const EACH = 8;

const BINS = 60;

/**
 * Minimises the loss of multiplicative denoising score matching over functions that are constant on bins of log x, for every
 * step apart: there it is the mean of 1 + x·∂ log p(x | x₀)/∂x = −z / (σ √t) over the draws of the bin.
 */
export const learnScore = (
  motion: Motion,
  times: Float64Array,
  draws: number,
  rng: Rng,
  tick: Tick = SILENT,
): Score => {
  const tables: Float64Array[] = [];
  const place = (step: number, y: number): number => {
    const t = times[step] as number;
    const { shift, variance } = logarithmAt(motion, t);
    const half = 1 + 4 * sqrt(variance);
    return Math.max(0, Math.min(BINS - 1, Math.floor((BINS * (y - shift + half)) / (2 * half))));
  };
  for (let step = 1; step < times.length; step++) {
    tick(step / times.length);
    const t = times[step] as number;
    const { shift } = logarithmAt(motion, t);
    const [sums, counts] = [new Float64Array(BINS), new Float64Array(BINS)];
    const spread = motion.sigma * sqrt(t);
    for (let i = 0; i < draws; i++) {
      const z = rng.normal();
      const bin = place(step, drawLog(rng) + shift + spread * z);
      sums[bin] = (sums[bin] as number) - z / spread;
      counts[bin] = (counts[bin] as number) + 1;
    }
    const half = 1 + 4 * sqrt(logarithmAt(motion, t).variance);
    const all = DATA_VARIANCE + spread * spread;
    for (let bin = 0; bin < BINS; bin++) {
      const middle = ((bin + 0.5) / BINS) * 2 * half - half;
      const count = counts[bin] as number;
      sums[bin] = count > 0 ? (sums[bin] as number) / count : -middle / all;
    }
    tables[step] = sums;
  }
  return (step, y) => tables[step]?.[place(step, y)] ?? 0;
};

export interface Sampled {
  readonly samples: Float64Array;
  /** The share of all steps of all samples that ended at 0 or below. */
  readonly negative: number;
}

/** Backwards from a log-normal with the mean and variance of log X at time 1. `plain` is a step by Euler and Maruyama. */
export const sampleMultiplicative = (
  motion: Motion,
  times: Float64Array,
  score: Score,
  plain: boolean,
  count: number,
  rng: Rng,
  tick: Tick = SILENT,
): Sampled => {
  const samples = new Float64Array(count);
  const steps = times.length - 1;
  const { shift } = logarithmAt(motion, 1);
  const first = sqrt(DATA_VARIANCE + motion.sigma * motion.sigma);
  let negative = 0;
  for (let i = 0; i < count; i++) {
    if (i % EACH === 0) tick(i / count);
    let x = exp(shift + first * rng.normal());
    for (let step = steps; step > 0; step--) {
      const dt = (times[step] as number) - (times[step - 1] as number);
      const value = score(step, log(Math.max(1e-300, Math.abs(x))));
      const z = rng.normal();
      x *= plain ? 1 + plainStep(motion, value, dt, z) : exp(logStep(motion, value, dt, z));
      if (x <= 0) negative++;
    }
    samples[i] = x;
  }
  return { samples, negative: negative / (count * steps) };
};

/** How much of the data is left at time 1: exp(−LEFT) of the variance. */
const LEFT = 6;

/** The share of the variance that is the data’s at time t, where noise is added. */
export const keptAt = (t: number): number => exp(-LEFT * t);

/**
 * DDPM’s ancestral sampling (Ho et al., 2020) with the best possible denoiser of the `nodes`: the mean of those that a noisy
 * value may have come from. Data are brought to mean 0 and variance 1. Of the paper’s two variances of a step the larger, and no
 * noise in the last step.
 */
export const sampleAdditive = (
  nodes: Float64Array,
  times: Float64Array,
  count: number,
  rng: Rng,
  tick: Tick = SILENT,
): Sampled => {
  let [centre, square] = [0, 0];
  for (const node of nodes) centre += node / nodes.length;
  for (const node of nodes) square += ((node - centre) * (node - centre)) / nodes.length;
  const scale = sqrt(square);
  const scaled = nodes.map((node) => (node - centre) / scale);
  const kept = times.map(keptAt);
  const samples = new Float64Array(count);
  const steps = times.length - 1;
  let negative = 0;
  for (let i = 0; i < count; i++) {
    if (i % EACH === 0) tick(i / count);
    let x = rng.normal();
    for (let step = steps; step > 0; step--) {
      const [now, next] = [kept[step] as number, kept[step - 1] as number];
      const root = sqrt(now);
      let nearest = Number.POSITIVE_INFINITY;
      for (const node of scaled) nearest = Math.min(nearest, (x - root * node) * (x - root * node));
      let [total, sum] = [0, 0];
      for (const node of scaled) {
        const apart = (nearest - (x - root * node) * (x - root * node)) / (2 * (1 - now));
        if (apart < -40) continue;
        const weight = exp(apart);
        total += weight;
        sum += weight * node;
      }
      const [ratio, clean] = [now / next, sum / total];
      const mean = (sqrt(next) * (1 - ratio) * clean + sqrt(ratio) * (1 - next) * x) / (1 - now);
      x = step === 1 ? mean : mean + sqrt(1 - ratio) * rng.normal();
      if (centre + scale * x <= 0) negative++;
    }
    samples[i] = centre + scale * x;
  }
  return { samples, negative: negative / (count * steps) };
};
