import { readDigits } from './kit/digits.ts';
import { createMachine, type Machine } from './kit/gemm.ts';
import { createDense } from './kit/nets.ts';
import { crossEntropy, linear, mul, relu } from './kit/ops.ts';
import { createSgd } from './kit/optim.ts';
import type { Rng } from './kit/rng.ts';
import { createTape, type Tape, type Tensor } from './kit/tape.ts';

export interface Images {
  readonly count: number;
  /** count × 64 */
  readonly pixels: Float32Array;
  /** What is on them, and what is said to be. */
  readonly labels: Uint8Array;
  readonly said: Uint8Array;
}

const PIXELS = 64;
const CLASSES = 10;

/** `asymmetric`: 1 for 7, 3 for 8, 9 for 4, 6 for 5, 2 for 0, always in this direction. `symmetric`: any other digit. */
export type Noise = 'none' | 'symmetric' | 'asymmetric';

const TAKEN_FOR: Readonly<Record<number, number>> = { 7: 1, 8: 3, 4: 9, 5: 6, 0: 2 };

/** What a label is made to say. Asymmetric noise spares the digits that are taken for none. */
export const mislabel = (label: number, noise: Noise, share: number, rng: Rng): number => {
  const [hit, other] = [rng.uniform() < share, rng.int(CLASSES - 1)];
  if (noise === 'none' || !hit) return label;
  return noise === 'symmetric' ? (other < label ? other : other + 1) : (TAKEN_FOR[label] ?? label);
};

/** The digits dealt out at random: so many of each part. Only the last part, to test with, is rightly labelled throughout. */
export const dealDigits = (parts: readonly number[], noise: Noise, share: number, rng: Rng): readonly Images[] => {
  const { count, pixels, labels } = readDigits();
  const order = rng.fork('order').shuffle(Array.from({ length: count }, (_, i) => i));
  const wrong = rng.fork('labels');
  let from = 0;
  return parts.map((size, part) => {
    const chosen = order.slice(from, from + size);
    from += size;
    const own = Uint8Array.from(chosen, (i) => labels[i] as number);
    return {
      count: chosen.length,
      pixels: Float32Array.from({ length: chosen.length * PIXELS }, (_, at) => {
        const image = chosen[Math.floor(at / PIXELS)] as number;
        return pixels[image * PIXELS + (at % PIXELS)] as number;
      }),
      labels: own,
      said: part === parts.length - 1 ? own : own.map((label) => mislabel(label, noise, share, wrong)),
    };
  });
};

/** The same images with their pixels in another order. */
export const permutePixels = (images: Images, rng: Rng): Images => {
  const order = rng.shuffle(Array.from({ length: PIXELS }, (_, i) => i));
  const pixels = images.pixels.map(
    (_, at) => images.pixels[at - (at % PIXELS) + (order[at % PIXELS] as number)] as number,
  );
  return { ...images, pixels };
};

/** How a net is kept from learning by heart. `none` is plain descent; `left`: noise as in NVRM, but never taken off again. */
export type Remedy = 'none' | 'nvrm' | 'left' | 'decay' | 'dropout' | 'sam';

export interface Training {
  readonly remedy: Remedy;
  /** Of the noise on weights, the decay, the share of units dropped, or the radius. */
  readonly strength: number;
  readonly rate: number;
  readonly hidden: number;
  readonly batch: number;
  readonly rng: Rng;
}

export interface Learner {
  /** One step of descent, momentum 0.9, on a batch drawn from the images. `left`: what the rate is multiplied by. */
  step(images: Images, left: number): void;
  /** The share answered with a label, of the images that `which` keeps; 0 of none. */
  right(images: Images, labels: Uint8Array, which?: (i: number) => boolean): number;
}

let machine: Machine | null = null;

/** Far more normal numbers than weights: every step takes a stretch of them from somewhere. */
const POOL = 1 << 17;

/** A net of one hidden layer, in the one memory that all nets of a worker share: one at a time. */
export const createLearner = ({ remedy, strength, rate, hidden, batch, rng }: Training): Learner => {
  machine ??= createMachine({ megabytes: 24 });
  const tape: Tape = createTape(machine);
  const first = createDense(tape, rng.fork('first'), PIXELS, hidden, { init: 'he' });
  const second = createDense(tape, rng.fork('second'), hidden, CLASSES, { init: 'he' });
  const { parameters } = tape;
  const sgd = createSgd(tape, { rate, momentum: 0.9, decay: remedy === 'decay' ? strength : 0 });
  const noisy = (remedy === 'nvrm' || remedy === 'left') && strength > 0;
  const [drawing, dropping, placing] = [rng.fork('batches'), rng.fork('dropped'), rng.fork('noise')];
  const pool = noisy ? Float32Array.from({ length: POOL }, () => strength * placing.normal()) : new Float32Array(0);
  const mask = new Float32Array(batch * hidden);
  const pixels = new Float32Array(batch * PIXELS);
  const said = new Uint8Array(batch);
  let order: number[] = [];

  /** Adds the noise of a step to every weight, or takes it off again. */
  const shift = (offset: number, sign: number): void => {
    let place = offset;
    for (const { data } of parameters)
      for (let i = 0; i < data.length; i++) {
        data[i] = (data[i] as number) + sign * (pool[place] as number);
        place = (place + 1) & (POOL - 1);
      }
  };
  const logitsOf = (x: Tensor, dropped: boolean): Tensor => {
    const inside = relu(tape, first(x));
    return linear(
      tape,
      dropped ? mul(tape, inside, tape.constant(inside.shape, mask)) : inside,
      second.weight,
      second.bias,
    );
  };
  const derive = (): void => {
    tape.begin();
    tape.backward(crossEntropy(tape, logitsOf(tape.constant([batch, PIXELS], pixels), remedy === 'dropout'), said));
  };
  /** Uphill by `strength`, where the slope counts; and back. */
  const derivedUphill = (): void => {
    derive();
    let square = 0;
    for (const parameter of parameters) for (const slope of tape.gradient(parameter)) square += slope * slope;
    const pace = strength / (Math.sqrt(square) + 1e-12);
    const kept = parameters.map(({ data }) => data.slice());
    for (const parameter of parameters) {
      const slopes = tape.gradient(parameter);
      for (let i = 0; i < slopes.length; i++)
        parameter.data[i] = (parameter.data[i] as number) + pace * (slopes[i] as number);
    }
    derive();
    for (const [n, parameter] of parameters.entries()) parameter.data.set(kept[n] as Float32Array);
  };

  return {
    step: (images, left) => {
      for (let i = 0; i < batch; i++) {
        if (order.length === 0) order = drawing.shuffle(Array.from({ length: images.count }, (_, k) => k));
        const image = (order.pop() as number) % images.count;
        pixels.set(images.pixels.subarray(image * PIXELS, (image + 1) * PIXELS), i * PIXELS);
        said[i] = images.said[image] as number;
      }
      if (remedy === 'dropout')
        for (let i = 0; i < mask.length; i++) mask[i] = dropping.uniform() < strength ? 0 : 1 / (1 - strength);
      if (noisy) {
        const offset = placing.int(POOL);
        shift(offset, 1);
        derive();
        if (remedy === 'nvrm') shift(offset, -1);
      } else if (remedy === 'sam' && strength > 0) derivedUphill();
      else derive();
      sgd.step(rate * left);
    },
    right: (images, labels, which = () => true) => {
      tape.begin();
      const { data } = tape.quietly(() => logitsOf(tape.constant([images.count, PIXELS], images.pixels), false));
      let [hits, all] = [0, 0];
      for (let i = 0; i < images.count; i++) {
        if (!which(i)) continue;
        let best = 0;
        for (let c = 1; c < CLASSES; c++)
          if ((data[i * CLASSES + c] as number) > (data[i * CLASSES + best] as number)) best = c;
        all++;
        if (best === labels[i]) hits++;
      }
      return all === 0 ? 0 : hits / all;
    },
  };
};
