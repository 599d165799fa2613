import { exp, log, sqrt } from './kit/det-math.ts';
import { createDense } from './kit/nets.ts';
import { relu, squaredError } from './kit/ops.ts';
import { createAdam } from './kit/optim.ts';
import type { Rng } from './kit/rng.ts';
import type { Tape, Tensor } from './kit/tape.ts';
import { keptAt, logStep, type Motion, plainStep } from './multiplicative-diffusion-samplers.ts';

/** Examples of `width` numbers each, row by row. */
export interface Points {
  readonly count: number;
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * The best guess of examples of mean 0 and variance 1, row by row, from what is left of them under added normal noise of standard
 * deviation `level`; written to `out`. Rows of the width it was made for.
 */
export type Guess = (noisy: Float64Array, level: number, out: Float64Array) => void;

/** Where examples lie: the mean of every coordinate, and one standard deviation for all. */
export interface Place {
  readonly centre: Float64Array;
  readonly scale: number;
}

export const placeOf = ({ count, width, values }: Points): Place => {
  const centre = new Float64Array(width);
  for (let i = 0; i < values.length; i++) centre[i % width] = (centre[i % width] as number) + (values[i] as number);
  for (let j = 0; j < width; j++) centre[j] = (centre[j] as number) / count;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const off = (values[i] as number) - (centre[i % width] as number);
    square += off * off;
  }
  return { centre, scale: sqrt(square / values.length) };
};

/** How the level of the noise is told to the net: bumps over its logarithm. */
const BUMPS = 8;
/** The lowest level that is taught. */
const LOWEST = 0.02;
/** Mean and standard deviation of the logarithm of the levels that are taught (T. Karras et al., 2022, for variance 1). */
const [USUAL, SPREAD] = [-0.5, 1.2];

export interface Teaching {
  readonly examples: Points;
  /** Where they lie. The net sees them with mean 0 and variance 1. */
  readonly place: Place;
  /** The highest level that is taught. */
  readonly highest: number;
  readonly hidden: number;
  readonly batch: number;
  readonly lessons: number;
  /** Of Adam at the beginning; it falls to 0 in a straight line. */
  readonly rate: number;
  readonly rng: Rng;
  readonly tick: (done: number) => void;
}

export interface Taught {
  readonly guess: Guess;
  /** Of the last lesson: mean square of what F is off by. */
  readonly loss: number;
}

/**
 * A net of two hidden layers F with the guess x/(1 + s²) + s/√(1 + s²) · F(x/√(1 + s²), s) of examples of variance 1 under noise
 * of level s, taught so that F’s target has variance 1 at every level (T. Karras et al., 2022). Up to the weight of each level its loss is that of denoising score matching: the score is (guess − x)/s². With x = log X
 * shifted and scaled, that is 1 + X ∂ log p/∂X, scaled, and the loss the multiplicative one.
 */
export const teachGuess = (tape: Tape, teaching: Teaching): Taught => {
  const { examples, place: where, highest, hidden, batch, lessons, rate, rng, tick } = teaching;
  const { count, width } = examples;
  const values = examples.values.map((value, i) => (value - (where.centre[i % width] as number)) / where.scale);
  const inputs = width + BUMPS;
  const before = tape.parameters.length;
  const layers = [inputs, hidden, hidden].map((from, i) =>
    createDense(tape, rng.fork(`layer ${i}`), from, i < 2 ? hidden : width, { init: i < 2 ? 'he' : 'glorot' }),
  );
  const [first, second, last] = layers as [(typeof layers)[0], (typeof layers)[0], (typeof layers)[0]];
  const adam = createAdam(tape, { rate, parameters: tape.parameters.slice(before) });
  const through = (x: Tensor): Tensor => last(relu(tape, second(relu(tape, first(x)))));
  const [low, high] = [log(LOWEST), log(highest)];

  const tell = (into: Float32Array, at: number, level: number): void => {
    const place = Math.max(0, Math.min(1, (log(level) - low) / (high - low))) * (BUMPS - 1);
    for (let k = 0; k < BUMPS; k++) into[at + k] = Math.max(0, 1 - Math.abs(place - k));
  };

  const [drawing, noise] = [rng.fork('lessons'), rng.fork('noise')];
  const [seen, target] = [new Float32Array(batch * inputs), new Float32Array(batch * width)];
  let loss = 0;
  for (let lesson = 0; lesson < lessons; lesson++) {
    if (lesson % 20 === 0) tick(lesson);
    for (let b = 0; b < batch; b++) {
      const from = drawing.int(count) * width;
      const level = exp(Math.max(low, Math.min(high, USUAL + SPREAD * drawing.normal())));
      const root = sqrt(1 + level * level);
      for (let j = 0; j < width; j++) {
        const clean = values[from + j] as number;
        const noisy = clean + level * noise.normal();
        seen[b * inputs + j] = noisy / root;
        target[b * width + j] = ((clean - noisy / (root * root)) * root) / level;
      }
      tell(seen, b * inputs + width, level);
    }
    tape.begin();
    const off = squaredError(tape, through(tape.constant([batch, inputs], seen)), target);
    loss = off.data[0] as number;
    tape.backward(off);
    adam.step(rate * (1 - lesson / lessons));
  }

  const guess: Guess = (noisy, level, out) => {
    const rows = noisy.length / width;
    const input = new Float32Array(rows * inputs);
    const root = sqrt(1 + level * level);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < width; j++) input[i * inputs + j] = (noisy[i * width + j] as number) / root;
      tell(input, i * inputs + width, level);
    }
    tape.begin();
    const { data } = tape.quietly(() => through(tape.constant([rows, inputs], input)));
    for (let i = 0; i < out.length; i++)
      out[i] = (noisy[i] as number) / (root * root) + ((data[i] as number) * level) / root;
  };
  return { guess, loss };
};

export interface Found {
  readonly points: Points;
  /** The share of all numbers after all steps that are 0 or below. */
  readonly negative: number;
}

/**
 * Backwards by multiplying, from a log-normal with the mean of every logarithm and their variance at time 1. The guess is of
 * logarithms, at `place`, with Itô’s shift −σ²t/2 taken off. No noise in the last step, as in `addBack`. `plain`: steps by Euler
 * and Maruyama, and the guess of log |x|.
 */
export const multiplyBack = (
  guess: Guess,
  { centre, scale }: Place,
  motion: Motion,
  times: Float64Array,
  plain: boolean,
  count: number,
  rng: Rng,
  done: (share: number) => void = () => {},
): Found => {
  const { sigma } = motion;
  const width = centre.length;
  const shiftAt = (t: number): number => -0.5 * sigma * sigma * t;
  const spread = sqrt(scale * scale + sigma * sigma);
  const values = new Float64Array(count * width);
  for (let i = 0; i < values.length; i++)
    values[i] = exp((centre[i % width] as number) + shiftAt(1) + spread * rng.normal());
  const [scaled, clean] = [new Float64Array(values.length), new Float64Array(values.length)];
  let negative = 0;
  for (let step = times.length - 1; step > 0; step--) {
    done(1 - step / (times.length - 1));
    const t = times[step] as number;
    const dt = t - (times[step - 1] as number);
    for (let i = 0; i < values.length; i++)
      scaled[i] =
        (log(Math.max(1e-300, Math.abs(values[i] as number))) - (centre[i % width] as number) - shiftAt(t)) / scale;
    guess(scaled, (sigma * sqrt(t)) / scale, clean);
    for (let i = 0; i < values.length; i++) {
      const score = (((clean[i] as number) - (scaled[i] as number)) * scale) / (sigma * sigma * t);
      const z = step === 1 ? 0 : rng.normal();
      const by = plain ? 1 + plainStep(motion, score, dt, z) : exp(logStep(motion, score, dt, z));
      const value = (values[i] as number) * by;
      values[i] = value;
      if (value <= 0) negative++;
    }
  }
  return { points: { count, width, values }, negative: negative / (values.length * (times.length - 1)) };
};

/** DDPM’s ancestral sampling as `sampleAdditive` has it, with a guess that was taught. */
export const addBack = (
  guess: Guess,
  { centre, scale }: Place,
  times: Float64Array,
  count: number,
  rng: Rng,
  done: (share: number) => void = () => {},
): Found => {
  const width = centre.length;
  const x = Float64Array.from({ length: count * width }, () => rng.normal());
  const [scaled, clean] = [new Float64Array(x.length), new Float64Array(x.length)];
  let negative = 0;
  for (let step = times.length - 1; step > 0; step--) {
    done(1 - step / (times.length - 1));
    const [now, next] = [keptAt(times[step] as number), keptAt(times[step - 1] as number)];
    const ratio = now / next;
    for (let i = 0; i < x.length; i++) scaled[i] = (x[i] as number) / sqrt(now);
    guess(scaled, sqrt((1 - now) / now), clean);
    for (let i = 0; i < x.length; i++) {
      const mean =
        (sqrt(next) * (1 - ratio) * (clean[i] as number) + sqrt(ratio) * (1 - next) * (x[i] as number)) / (1 - now);
      const value = step === 1 ? mean : mean + sqrt(1 - ratio) * rng.normal();
      x[i] = value;
      if ((centre[i % width] as number) + scale * value <= 0) negative++;
    }
  }
  const values = x.map((value, i) => (centre[i % width] as number) + scale * value);
  return { points: { count, width, values }, negative: negative / (x.length * (times.length - 1)) };
};
