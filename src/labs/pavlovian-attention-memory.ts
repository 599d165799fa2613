import { exp, log } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';

/** How a memory learns that a key goes with a value. `softmax` keeps all of them, and weighs them when it is asked. */
export type Rule = 'hebb' | 'delta' | 'oja' | 'softmax';

/** Rates of learning to choose from, or for softmax the factors before the overlaps: four for each rule that has any. */
export const RATES: Readonly<Record<Rule, readonly number[]>> = {
  hebb: [1],
  delta: [0.125, 0.25, 0.5, 1],
  oja: [0.125, 0.5, 2, 8],
  softmax: [4, 16, 64, 256],
};

/** Associations of keys with values, both of length `width`. */
export interface Memory {
  readonly width: number;
  /** All values so far, one after another. */
  readonly values: Float64Array;
  readonly keys: Float64Array;
  count: number;
  /** The matrix S, values by keys. Softmax does without. */
  readonly weights: Float64Array;
}

export const emptyMemory = (width: number, most: number): Memory => ({
  width,
  values: new Float64Array(most * width),
  keys: new Float64Array(most * width),
  count: 0,
  weights: new Float64Array(width * width),
});

/** The inner product of `length` numbers of `a` from `i` with as many of `b` from `j`. */
export const dot = (a: Float64Array, i: number, b: Float64Array, j: number, length: number): number => {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += (a[i + k] as number) * (b[j + k] as number);
  return sum;
};

/** Writes a random direction of the first `spread` of `width` dimensions to `out`, at length 1. */
export const drawUnit = (rng: Rng, out: Float64Array, at: number, width: number, spread = width): void => {
  for (let k = 0; k < width; k++) out[at + k] = k < spread ? rng.normal() : 0;
  const length = Math.sqrt(dot(out, at, out, at, width));
  for (let k = 0; k < spread; k++) out[at + k] = (out[at + k] as number) / length;
};

/**
 * One more key (the conditional stimulus) with its value (the unconditional one), from `keys` and `values` at the place `count`.
 * Hebb: S += v kᵀ. Delta (Widrow and Hoff, 1960): S += rate (v − S k) kᵀ. Oja (1982), every output held at its value:
 * S_a += rate v_a (k − v_a S_a).
 */
export const learn = (memory: Memory, rule: Rule, rate: number): void => {
  const { width, keys, values, weights } = memory;
  const from = memory.count * width;
  memory.count++;
  if (rule === 'softmax') return;
  for (let row = 0; row < width; row++) {
    const value = values[from + row] as number;
    const at = row * width;
    const kept = rule === 'oja' ? 1 - rate * value * value : 1;
    const gain =
      rule === 'hebb' ? value : rate * (rule === 'oja' ? value : value - dot(weights, at, keys, from, width));
    for (let k = 0; k < width; k++)
      weights[at + k] = kept * (weights[at + k] as number) + gain * (keys[from + k] as number);
  }
};

/** Writes what the memory answers to the key at the place `asked` to `out`. */
export const recall = (memory: Memory, rule: Rule, rate: number, asked: number, out: Float64Array): void => {
  const { width, keys, values, weights, count } = memory;
  const query = asked * width;
  if (rule !== 'softmax') {
    for (let row = 0; row < width; row++) out[row] = dot(weights, row * width, keys, query, width);
    return;
  }
  out.fill(0);
  for (let i = 0; i < count; i++) {
    // No overlap of unit keys is above 1, that of the key with itself: nothing overflows.
    const weight = exp(rate * (dot(keys, i * width, keys, query, width) - 1));
    for (let k = 0; k < width; k++) out[k] = (out[k] as number) + weight * (values[i * width + k] as number);
  }
};

/** The cosine of `out` with the value at `place`; 0 where nothing was answered. */
export const cosineTo = (memory: Memory, out: Float64Array, place: number): number => {
  const length = Math.sqrt(dot(out, 0, out, 0, memory.width));
  return length === 0 ? 0 : dot(memory.values, place * memory.width, out, 0, memory.width) / length;
};

/** Which of all values stored lies closest to `out`. */
const closest = ({ width, values, count }: Memory, out: Float64Array): number => {
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < count; i++) {
    const overlap = dot(values, i * width, out, 0, width);
    if (overlap > most) [best, most] = [i, overlap];
  }
  return best;
};

/** What is to be measured of a memory of one width. */
export interface Sweep {
  readonly rule: Rule;
  readonly rate: number;
  readonly width: number;
  /** How many dimensions the keys fill. */
  readonly spread: number;
  readonly trials: number;
  /** At most this many associations. */
  readonly most: number;
  /** Whether it goes on until the closest value is often the wrong one; otherwise until the answers have lost their direction. */
  readonly toTheEnd: boolean;
}

/** At each count of associations, averaged over trials. */
export interface Curve {
  readonly counts: readonly number[];
  /** Mean cosine of the answers with the right values. */
  readonly cosine: readonly number[];
  /** Share of answers whose closest stored value is the right one. */
  readonly right: readonly number[];
  /** Share of memories in which it is for every one of the stored keys, and was for fewer; asked only where it goes on to the end. */
  readonly all: readonly number[];
}

const PROBES = 32;

/** Whether the closest value is the right one for every key. `tick` is called on the way. */
const allRight = (memory: Memory, rule: Rule, rate: number, out: Float64Array, tick: () => void): boolean => {
  for (let asked = 0; asked < memory.count; asked++) {
    if (asked % 64 === 63) tick();
    recall(memory, rule, rate, asked, out);
    if (closest(memory, out) !== asked) return false;
  }
  return true;
};

/** How many of each memory are asked, and after how many associations: in steps of about a seventh. */
export const countsUpTo = (most: number): readonly number[] => {
  const counts = [2];
  for (let n = 2; n < most; ) {
    n = Math.min(most, Math.max(n + 1, Math.round(n * 1.15)));
    counts.push(n);
  }
  return counts;
};

/**
 * Fills memories with associations of random unit keys and values, and asks for some of those that were learned. `tick` is told
 * whether a count of associations is done.
 */
export const sweep = (rng: Rng, wish: Sweep, tick: (done: 0 | 1) => void): Curve => {
  const { rule, rate, width, spread, trials, most, toTheEnd } = wish;
  const counts = countsUpTo(most);
  const [cosines, rights, alls] = [0, 0, 0].map(() => new Float64Array(counts.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const alive = (): void => tick(0);
  const out = new Float64Array(width);
  let reached = counts.length;
  for (let trial = 0; trial < trials; trial++) {
    const [stimuli, probes] = [rng.fork(`stimuli ${trial}`), rng.fork(`probes ${trial}`)];
    const memory = emptyMemory(width, most);
    let perfect = toTheEnd;
    for (let step = 0; step < reached; step++) {
      while (memory.count < (counts[step] as number)) {
        drawUnit(stimuli, memory.keys, memory.count * width, width, spread);
        drawUnit(stimuli, memory.values, memory.count * width, width);
        learn(memory, rule, rate);
      }
      let [cosine, right] = [0, 0];
      for (let probe = 0; probe < PROBES; probe++) {
        const asked = probes.int(memory.count);
        recall(memory, rule, rate, asked, out);
        cosine += cosineTo(memory, out, asked) / PROBES;
        if (toTheEnd && closest(memory, out) === asked) right += 1 / PROBES;
      }
      cosines[step] = (cosines[step] as number) + cosine / trials;
      rights[step] = (rights[step] as number) + right / trials;
      perfect = perfect && right > 0.999 && allRight(memory, rule, rate, out, alive);
      if (perfect) alls[step] = (alls[step] as number) + 1 / trials;
      tick(1);
      if (cosine < 0.4 && (!toTheEnd || right < 0.6)) reached = step + 1;
    }
  }
  const shown = (sums: Float64Array): readonly number[] => [...sums.subarray(0, reached)];
  return { counts: counts.slice(0, reached), cosine: shown(cosines), right: shown(rights), all: shown(alls) };
};

/** The count at which a falling curve passes `limit`, between two counts along log n; the last one where it never does. */
export const crossing = (counts: readonly number[], heights: readonly number[], limit: number): number => {
  const place = heights.findIndex((height) => height < limit);
  if (place === -1) return counts.at(-1) ?? 0;
  if (place === 0) return counts[0] ?? 0;
  const [high, low] = [heights[place - 1] as number, heights[place] as number];
  const [from, to] = [counts[place - 1] as number, counts[place] as number];
  return exp(log(from) + ((high - limit) / (high - low)) * (log(to) - log(from)));
};

/**
 * How many associations are held where every value but one pulls the answer to that one key the same wrong way: until
 * Σ |k_i·k_j| reaches 1, when the interference is as long as the answer and its cosine, at right angles, 0.707.
 */
export const worstCase = (rng: Rng, width: number, spread: number, trials: number): number => {
  const [asked, other] = [new Float64Array(width), new Float64Array(width)];
  let sum = 0;
  for (let trial = 0; trial < trials; trial++) {
    drawUnit(rng, asked, 0, width, spread);
    let [held, load] = [1, 0];
    for (;;) {
      drawUnit(rng, other, 0, width, spread);
      const overlap = Math.abs(dot(asked, 0, other, 0, width));
      if (load + overlap >= 1) {
        sum += held + (1 - load) / overlap;
        break;
      }
      load += overlap;
      held++;
    }
  }
  return sum / trials;
};

/** The mean cosine of the newest associations of a memory that has learned many more than it holds. */
export const newest = (
  rng: Rng,
  { rule, rate, width, spread, trials }: Pick<Sweep, 'rule' | 'rate' | 'width' | 'spread' | 'trials'>,
  { learned, asked }: { readonly learned: number; readonly asked: number },
  tick: () => void,
): number => {
  const out = new Float64Array(width);
  let sum = 0;
  for (let trial = 0; trial < trials; trial++) {
    const stimuli = rng.fork(`stimuli ${trial}`);
    const memory = emptyMemory(width, learned);
    while (memory.count < learned) {
      drawUnit(stimuli, memory.keys, memory.count * width, width, spread);
      drawUnit(stimuli, memory.values, memory.count * width, width);
      learn(memory, rule, rate);
    }
    for (let back = 1; back <= asked; back++) {
      recall(memory, rule, rate, learned - back, out);
      sum += cosineTo(memory, out, learned - back);
    }
    tick();
  }
  return sum / (trials * asked);
};
