import { exp } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';

/** What responses are rewarded with, told only a quality from 0 to 1, and how large that is beside the noise. */
export const TASKS: Readonly<Record<string, (rng: Rng, quality: number) => number>> = {
  bell: (rng, quality) => quality + 0.3 * rng.normal(),
  large: (rng, quality) => 100 * (quality + 0.3 * rng.normal()),
  heavy: (rng, quality) => quality + 0.3 * (rng.normal() / rng.normal()),
  skewed: (rng, quality) => exp(quality + rng.normal()),
  overlap: (rng, quality) => (rng.uniform() < 0.5 ? 0 : quality + 0.1 * rng.normal()),
  even: (rng, quality) => (rng.uniform() < quality ? 1 : 0),
  rare: (rng, quality) => (rng.uniform() < 0.2 * quality ? 1 : 0),
};

/** The quality of a response where none is given. */
export const HALF = 0.5;

/** A batch of a task's rewards: of every response's quality, where none is given. */
export const rewardsOf = (task: string, responses: number, rng: Rng, qualities?: ArrayLike<number>): Float64Array => {
  const draw = TASKS[task] as (rng: Rng, quality: number) => number;
  return Float64Array.from({ length: responses }, (_, i) => draw(rng, qualities?.[i] ?? HALF));
};
