import { log } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';

/** Which way round two variables are joined. */
export const STRUCTURES = ['x to y', 'y to x', 'none'] as const;
export type Structure = (typeof STRUCTURES)[number];

/** Two samples of a pair of variables from every environment: `x[s][e]` is sample s of environment e. */
export interface Sample {
  readonly x: readonly [Float64Array, Float64Array];
  readonly y: readonly [Float64Array, Float64Array];
}

/**
 * Exclusive or: cause and noise are coins whose chances are drawn anew in every environment from Beta(1, 3), and the effect is
 * 1 where just one of the two is. `tied`: both coins have the same chance. Table: the effect has a coin of its own for either
 * value of the cause, with chances from Beta(1, 3) and from Beta(1, 1), and the cause's own are from one of these two, by the
 * toss of a coin for all environments. Laplace: see `laplaceWorld`.
 */
export type World = 'xor' | 'tied' | 'table' | 'laplace';

/** Beta(1, 3) is how the smallest of three uniform values is distributed. */
const smallest = (rng: Rng): number => Math.min(rng.uniform(), rng.uniform(), rng.uniform());

const empty = (environments: number): [Float64Array, Float64Array] => [
  new Float64Array(environments),
  new Float64Array(environments),
];

const coinWorld = (world: Exclude<World, 'laplace'>, joined: boolean, environments: number, rng: Rng): Sample => {
  const [x, y] = [empty(environments), empty(environments)];
  const even = world === 'table' && rng.uniform() < 0.5;
  for (let e = 0; e < environments; e++) {
    const cause = even ? rng.uniform() : smallest(rng);
    const low = world === 'tied' ? cause : smallest(rng);
    const high = world === 'table' ? rng.uniform() : 1 - low;
    for (const s of [0, 1] as const) {
      const one = rng.uniform() < cause ? 1 : 0;
      x[s][e] = one;
      y[s][e] = rng.uniform() < (joined && one === 1 ? high : low) ? 1 : 0;
    }
  }
  return { x, y };
};

/** Laplace, mean 0, scale 1: the difference of two exponential ones is; here by a coin and an exponential one. */
const laplace = (rng: Rng): number => (rng.uniform() < 0.5 ? 1 : -1) * -log(1 - rng.uniform());

/**
 * As in the published code: noises with Laplace's distribution around a mean drawn from −1 to 1 for every environment; the effect is
 * a × cause + b × noise for a and b from 1 to 9, and in half of the environments the squares are added, c times as strong.
 */
const laplaceWorld = (joined: boolean, environments: number, rng: Rng): Sample => {
  const [x, y] = [empty(environments), empty(environments)];
  const [a, b, c] = joined ? [1 + rng.int(9), 1 + rng.int(9), 1 + rng.int(9)] : [0, 1, 1];
  const squared = rng.shuffle(Array.from({ length: environments }, (_, e) => e % 2 === 1));
  for (let e = 0; e < environments; e++) {
    const [mx, my] = [2 * rng.uniform() - 1, 2 * rng.uniform() - 1];
    for (const s of [0, 1] as const) {
      const cause = mx + laplace(rng);
      const noise = my + laplace(rng);
      const more = squared[e] ? c * (a * cause * cause + (b - 1) * noise * noise) : 0;
      x[s][e] = cause;
      y[s][e] = a * cause + b * noise + more;
    }
  }
  return { x, y };
};

/** Draws the samples of a structure. */
export const drawSample = (world: World, structure: Structure, environments: number, rng: Rng): Sample => {
  const joined = structure !== 'none';
  const { x, y } =
    world === 'laplace' ? laplaceWorld(joined, environments, rng) : coinWorld(world, joined, environments, rng);
  return structure === 'y to x' ? { x: y, y: x } : { x, y };
};

/** The first environments of a sample. */
export const firstOf = ({ x, y }: Sample, environments: number): Sample => ({
  x: [x[0].subarray(0, environments), x[1].subarray(0, environments)],
  y: [y[0].subarray(0, environments), y[1].subarray(0, environments)],
});

/** Every second sample is that of the next environment, so that no two belong together. */
export const strangers = ({ x, y }: Sample): Sample => {
  const next = (values: Float64Array): Float64Array => values.map((_, e) => values[(e + 1) % values.length] as number);
  return { x: [x[0], next(x[1])], y: [y[0], next(y[1])] };
};
