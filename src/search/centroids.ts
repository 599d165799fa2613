import { AT_ONCE, createVectorBlock, type VectorBlock } from './dot.ts';

/** Points that the vectors of an index are gathered around, so that a search looks at the nearest lists only. */
export interface Centroids {
  readonly count: number;
  readonly length: number;
  readonly bytes: Int8Array;
  /** The nearest one by dot product. */
  nearest(vector: Int8Array): number;
  /** The `count` nearest, best first. */
  order(vector: Int8Array, count: number): readonly number[];
}

const open = (block: VectorBlock): Centroids => {
  const scores = new Int32Array(block.count);
  const compare = (vector: Int8Array): void => {
    for (let from = 0; from < block.count; from += AT_ONCE) {
      const n = Math.min(AT_ONCE, block.count - from);
      scores.set(block.dots(vector, from, n), from);
    }
  };
  return {
    count: block.count,
    length: block.length,
    bytes: block.bytes,
    nearest: (vector) => {
      compare(vector);
      let best = 0;
      for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
      return best;
    },
    order: (vector, count) => {
      compare(vector);
      return Array.from(scores.keys())
        .sort((a, b) => (scores[b] as number) - (scores[a] as number))
        .slice(0, count);
    },
  };
};

export const openCentroids = (bytes: Int8Array, length: number): Centroids => {
  const block = createVectorBlock(bytes.length / length, length);
  block.bytes.set(bytes);
  return open(block);
};

/** Pseudo-random numbers below `n`, the same every time: splitmix32. */
const drawer = (seed: number) => {
  let state = seed;
  return (n: number): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) % n;
  };
};

const ROUNDS = 4;

/**
 * Spherical k-means (Dhillon and Modha 2001) over a sample of quantised unit vectors: `count` centroids, each scaled to
 * the length of the vectors. Empty clusters are given a vector of the sample. Deterministic.
 */
export const trainCentroids = (sample: Int8Array, length: number, count: number, scale: number): Centroids => {
  const points = sample.length / length;
  const draw = drawer(points);
  const block = createVectorBlock(count, length);
  const vectorAt = (i: number): Int8Array => sample.subarray(i * length, (i + 1) * length);
  for (let c = 0; c < count; c++) block.bytes.set(vectorAt(draw(points)), c * length);
  for (let round = 0; round < ROUNDS; round++) {
    const centroids = open(block);
    const sums = new Float64Array(count * length);
    const members = new Uint32Array(count);
    for (let p = 0; p < points; p++) {
      const vector = vectorAt(p);
      const c = centroids.nearest(vector);
      members[c] = (members[c] as number) + 1;
      for (let i = 0; i < length; i++) sums[c * length + i] = (sums[c * length + i] as number) + (vector[i] as number);
    }
    for (let c = 0; c < count; c++) {
      if (members[c] === 0) {
        block.bytes.set(vectorAt(draw(points)), c * length);
        continue;
      }
      let square = 0;
      for (let i = 0; i < length; i++) square += (sums[c * length + i] as number) ** 2;
      const to = scale / Math.max(1e-9, Math.sqrt(square));
      for (let i = 0; i < length; i++) {
        const value = Math.round((sums[c * length + i] as number) * to);
        block.bytes[c * length + i] = Math.max(-127, Math.min(127, value));
      }
    }
  }
  return open(block);
};
