import type { Grid } from './contract.ts';
import { cos, sin, sqrt } from './kit/det-math.ts';
import { readDigits } from './kit/digits.ts';
import type { Rng } from './kit/rng.ts';
import type { Points } from './multiplicative-diffusion-net.ts';

/** A ring of positive numbers: around (1.25, 1.25), radius 0.9 to 1.1. */
export const RING = { centre: 1.25, inner: 0.9, outer: 1.1 } as const;

/** A point for every two numbers from 0 to 1. */
const onRing = (count: number, place: (i: number) => readonly [number, number]): Points => {
  const values = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [turn, out] = place(i);
    const radius = RING.inner + (RING.outer - RING.inner) * out;
    values[2 * i] = RING.centre + radius * cos(2 * Math.PI * turn);
    values[2 * i + 1] = RING.centre + radius * sin(2 * Math.PI * turn);
  }
  return { count, width: 2, values };
};

export const drawRing = (rng: Rng, count: number): Points => onRing(count, () => [rng.uniform(), rng.uniform()]);

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The ring itself, as nearly as so many points can be spread evenly over it. */
export const evenRing = (count: number): Points => onRing(count, (i) => [(i * GOLDEN) % 1, (i + 0.5) / count]);

/** What is added to the ink of a pixel, 0 to 1: no number may be 0. */
export const PAPER = 1;
export const PIXELS = 64;

/** The digits in a random order, dealt out in parts of the given sizes, pixels from 1 to 2. */
export const dealImages = (rng: Rng, sizes: readonly number[]): readonly Points[] => {
  const { count, pixels } = readDigits();
  const order = rng.shuffle(Array.from({ length: count }, (_, i) => i));
  let from = 0;
  return sizes.map((size) => {
    const chosen = order.slice(from, from + size);
    from += size;
    const values = new Float64Array(chosen.length * PIXELS);
    for (const [i, image] of chosen.entries())
      for (let j = 0; j < PIXELS; j++) values[i * PIXELS + j] = PAPER + (pixels[image * PIXELS + j] as number);
    return { count: chosen.length, width: PIXELS, values };
  });
};

/** Every coordinate taken from some example of its own: the coordinates are as they were, and know nothing of each other. */
export const shuffled = ({ count, width, values }: Points, rng: Rng): Points => {
  const made = new Float64Array(values.length);
  for (let j = 0; j < width; j++) {
    const order = rng.shuffle(Array.from({ length: count }, (_, i) => i));
    for (let i = 0; i < count; i++) made[i * width + j] = values[(order[i] as number) * width + j] as number;
  }
  return { count, width, values: made };
};

const apart = (a: Float64Array, at: number, b: Float64Array, to: number, width: number): number => {
  let square = 0;
  for (let j = 0; j < width; j++) {
    const off = (a[at + j] as number) - (b[to + j] as number);
    square += off * off;
  }
  return sqrt(square);
};

/** The mean distance between an example of one and an example of the other. */
const meanApart = (a: Points, b: Points): number => {
  const { width } = a;
  let sum = 0;
  for (let i = 0; i < a.count; i++)
    for (let k = 0; k < b.count; k++) sum += apart(a.values, i * width, b.values, k * width, width);
  return sum / (a.count * b.count);
};

/** The mean distance between two different examples. */
export const meanWithin = ({ count, width, values }: Points): number => {
  let sum = 0;
  for (let i = 1; i < count; i++) for (let k = 0; k < i; k++) sum += apart(values, i * width, values, k * width, width);
  return (2 * sum) / (count * (count - 1));
};

/** What samples are compared with: points, and the mean distance E|Y − Y′| of two of what they stand for. */
export interface Truth {
  readonly points: Points;
  readonly within: number;
}

/** Points drawn at random; or spread evenly, so that they are all there is. */
export const truthOf = (points: Points, even: boolean): Truth => ({
  points,
  within: even ? ((points.count - 1) / points.count) * meanWithin(points) : meanWithin(points),
});

/**
 * The energy distance 2 E|X − Y| − E|X − X′| − E|Y − Y′| (G. Székely, M. Rizzo, 2013), without bias: 0 on average for fresh draws,
 * and so at times below.
 */
export const energyDistance = (found: Points, { points, within }: Truth): number =>
  2 * meanApart(found, points) - meanWithin(found) - within;

/** Cells of a picture of the ring, each side of which goes from −0.25 to 2.75. */
const CELLS = 36;
/** Images a row of a picture, and rows. */
const [ACROSS, DOWN] = [6, 5] as const;
const SIDE = 8;

/** A picture: how many points of two numbers lie where, or the first images. */
export const framed = ({ count, width, values }: Points): Grid => {
  if (width === 2) {
    const data = new Float32Array(CELLS * CELLS);
    const cell = (value: number): number => Math.floor(((value + 0.25) / 3) * CELLS);
    for (let i = 0; i < count; i++) {
      const [x, y] = [cell(values[2 * i] as number), CELLS - 1 - cell(values[2 * i + 1] as number)];
      if (x >= 0 && x < CELLS && y >= 0 && y < CELLS) data[y * CELLS + x] = (data[y * CELLS + x] as number) + 1;
    }
    return { w: CELLS, h: CELLS, data };
  }
  const [w, h] = [ACROSS * (SIDE + 1) - 1, DOWN * (SIDE + 1) - 1];
  const data = new Float32Array(w * h);
  for (let i = 0; i < Math.min(count, ACROSS * DOWN); i++)
    for (let j = 0; j < PIXELS; j++) {
      const x = (i % ACROSS) * (SIDE + 1) + (j % SIDE);
      const y = Math.floor(i / ACROSS) * (SIDE + 1) + Math.floor(j / SIDE);
      data[y * w + x] = Math.max(0, Math.min(1, (values[i * PIXELS + j] as number) - PAPER));
    }
  return { w, h, data };
};
