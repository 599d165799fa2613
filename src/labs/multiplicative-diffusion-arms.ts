import type { Run } from './contract.ts';
import { exp, log, sqrt } from './kit/det-math.ts';
import { createMachine, type Machine } from './kit/gemm.ts';
import type { Rng } from './kit/rng.ts';
import { createTape } from './kit/tape.ts';
import {
  addBack,
  type Found,
  type Guess,
  multiplyBack,
  type Place,
  type Points,
  placeOf,
  teachGuess,
} from './multiplicative-diffusion-net.ts';
import {
  dealImages,
  drawRing,
  energyDistance,
  evenRing,
  framed,
  PIXELS,
  shuffled,
  type Truth,
  truthOf,
} from './multiplicative-diffusion-points.ts';
import { keptAt, timesOf } from './multiplicative-diffusion-samplers.ts';
import { numberOf } from './params.ts';

/** How steps are spaced: the same three for every arm, and each takes what suits it best. */
export const POWERS = [1, 2, 3] as const;

/** Examples of more than one number, and the net that is taught on them. */
export interface Kind {
  readonly name: 'ring' | 'digits';
  /** Numbers an example. */
  readonly width: number;
  readonly hidden: number;
  readonly batch: number;
  /** Of learning: tried by every arm, with every spacing. */
  readonly rates: readonly number[];
  /** How many lessons, samples, and samples to choose by for one of the parameter. */
  readonly lessons: number;
  readonly samples: number;
  readonly trials: number;
}

export const RINGS: Kind = {
  name: 'ring',
  width: 2,
  hidden: 64,
  batch: 128,
  rates: [2e-3, 6e-3],
  lessons: 1,
  samples: 2,
  trials: 0.4,
};

export const IMAGES: Kind = {
  name: 'digits',
  width: PIXELS,
  hidden: 128,
  batch: 64,
  rates: [3e-3],
  lessons: 2,
  samples: 0.3,
  trials: 0.1,
};

interface Parts {
  readonly examples: Points;
  /** To choose by; of images they are among the examples. */
  readonly trial: Truth;
  readonly truth: Truth;
  readonly fresh: Points;
}

const firstOf = ({ width, values }: Points, count: number): Points => ({
  count,
  width,
  values: values.slice(0, count * width),
});

const partsOf = ({ name }: Kind, count: number, rng: Rng): Parts => {
  if (name === 'ring') {
    const truth = truthOf(evenRing(1_000), true);
    return {
      examples: drawRing(rng.fork('ring'), 4_000),
      trial: truth,
      truth,
      fresh: drawRing(rng.fork('fresh'), count),
    };
  }
  const [examples, rest] = dealImages(rng.fork(name), [1_200, 597]) as [Points, Points];
  return {
    examples,
    trial: truthOf(firstOf(examples, 400), false),
    truth: truthOf(rest, false),
    fresh: firstOf(examples, Math.min(count, examples.count)),
  };
};

const changed = (points: Points, f: (value: number) => number): Points => ({ ...points, values: points.values.map(f) });

let machine: Machine | null = null;

interface Way {
  readonly guess: Guess;
  readonly place: Place;
  readonly power: number;
}

/** The samples of one arm, taught and tried with every rate and spacing, and drawn with the best. `tick`: from 0 to 1. */
const samplesOf = (run: Run, kind: Kind, parts: Parts, count: number, tick: (share: number) => void): Found => {
  const { arm, params, rng } = run;
  const motion = { sigma: numberOf(params, 'sigma') };
  const multiplies = arm === 'learned' || arm === 'plain';
  const lessons = Math.round(kind.lessons * numberOf(params, 'lessons'));
  const trials = Math.max(20, Math.round(kind.trials * numberOf(params, 'samples')));
  const units = kind.rates.length + 1;

  const sample = ({ guess, place, power }: Way, size: number, draws: Rng, done: (share: number) => void): Found => {
    const times = timesOf(numberOf(params, 'steps'), power);
    if (multiplies) return multiplyBack(guess, place, motion, times, arm === 'plain', size, draws, done);
    const found = addBack(guess, place, times, size, draws, done);
    return arm === 'additive' ? found : { points: changed(found.points, exp), negative: 0 };
  };

  const examples = arm === 'additive' ? parts.examples : changed(parts.examples, log);
  const place = placeOf(examples);
  const left = keptAt(1);
  const highest = multiplies ? motion.sigma / place.scale : sqrt((1 - left) / left);
  machine ??= createMachine({ megabytes: 24 });
  const tape = createTape(machine);
  let best: { readonly way: Way; readonly energy: number } | null = null;
  for (const [i, rate] of kind.rates.entries()) {
    const { guess } = teachGuess(tape, {
      examples,
      place,
      highest,
      hidden: kind.hidden,
      batch: kind.batch,
      lessons,
      rate,
      rng: rng.fork(`${kind.name} net`),
      tick: (done) => tick((i + (0.7 * done) / lessons) / units),
    });
    for (const power of POWERS) {
      const way = { guess, place, power };
      const tried = sample(way, trials, rng.fork(`${kind.name} trial`), (share) =>
        tick((i + 0.6 + 0.1 * (power + share)) / units),
      );
      const energy = energyDistance(tried.points, parts.trial);
      if (best === null || energy < best.energy) best = { way, energy };
    }
  }
  const { way } = best as NonNullable<typeof best>;
  return sample(way, count, rng.fork(`${kind.name} samples`), (share) => tick((units - 1 + share) / units));
};

/** One arm on examples of several numbers: sampled, measured and shown. `tick`: from 0 to 1. */
export const runVectors = (run: Run, kind: Kind, tick: (share: number) => void): void => {
  const count = Math.max(20, Math.round(numberOf(run.params, 'samples') * kind.samples));
  const parts = partsOf(kind, count, run.rng);
  const found = run.arm === 'fresh' ? { points: parts.fresh, negative: 0 } : samplesOf(run, kind, parts, count, tick);
  const unknowing = shuffled(parts.fresh, run.rng.fork(`${kind.name} shuffled`));
  const far = energyDistance(unknowing, parts.truth);
  run.metric('energy', energyDistance(found.points, parts.truth) / far, kind.width);
  run.metric('numbers below', found.negative, kind.width);
  run.frame(kind.name, framed(found.points));
};
