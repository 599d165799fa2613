import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Sum = (table: number, rows: number, weights: number, count: number, length: number, out: number) => void;
type Dots = (query: number, vectors: number, count: number, length: number, out: number) => void;

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What of WebAssembly is used: Node's types leave it out. */
const { Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
    };
  }
).WebAssembly;

const program = new Module(readFileSync(join(import.meta.dirname, '../../assets/dot/dot.wasm')));
const PAGE = 65_536;
/** Vectors compared by one call. */
export const AT_ONCE = 4_096;

/** Vectors of int8 components side by side, to be compared sixteen components at a time. */
export interface VectorBlock {
  readonly count: number;
  /** Components of one vector, a multiple of 16. */
  readonly length: number;
  /** The vectors themselves, to be filled. */
  readonly bytes: Int8Array;
  /** Dot products of `query` with the vectors `from` … `from + count - 1`, at most `AT_ONCE`. Valid until the next call. */
  dots(query: Int8Array, from: number, count: number): Int32Array;
}

/** Room for `count` vectors in a memory of its own, which goes when the block does. */
export const createVectorBlock = (count: number, length: number): VectorBlock => {
  if (length % 16 !== 0) throw new RangeError('components come in sixteens');
  const { exports } = new Instance(program);
  const memory = exports.memory as Memory;
  const dots = exports.dots as Dots;
  const start = Math.ceil((length + 4 * AT_ONCE) / 64) * 64;
  const pages = Math.ceil((start + count * length) / PAGE);
  if (pages > 1) memory.grow(pages - 1);
  const question = new Int8Array(memory.buffer, 0, length);
  const answers = new Int32Array(memory.buffer, length, AT_ONCE);
  return {
    count,
    length,
    bytes: new Int8Array(memory.buffer, start, count * length),
    dots: (query, from, n) => {
      if (from < 0 || n > AT_ONCE || from + n > count) throw new RangeError('there are no such vectors');
      question.set(query);
      dots(0, start + from * length, n, length, length);
      return answers.subarray(0, n);
    },
  };
};

/** Distinct rows that are added up by one call; beyond, the rest is left out: no abstract has so many words. */
const MOST_ROWS = 8_192;

/** Adds up weighted rows of a table of int8 components. What is returned is valid until the next call. */
export const createRowSums = (table: Int8Array, length: number) => {
  const { exports } = new Instance(program);
  const memory = exports.memory as Memory;
  const sum = exports.sum as Sum;
  const start = 8 * MOST_ROWS + 4 * length;
  memory.grow(Math.ceil((start + table.length) / PAGE));
  new Int8Array(memory.buffer, start, table.length).set(table);
  const rows = new Int32Array(memory.buffer, 0, MOST_ROWS);
  const weights = new Float32Array(memory.buffer, 4 * MOST_ROWS, MOST_ROWS);
  const out = new Float32Array(memory.buffer, 8 * MOST_ROWS, length);
  return {
    rows,
    weights,
    /** Of the first `count` of `rows`, each times its weight. */
    sum: (count: number): Float32Array => {
      sum(start, 0, 4 * MOST_ROWS, Math.min(count, MOST_ROWS), length, 8 * MOST_ROWS);
      return out;
    },
  };
};

/** What one unit of a quantised component stands for: `1 / SCALE`. Of static vectors, the largest are cut off at 0.42. */
export const quantise = (vector: Float32Array, scale: number, into = new Int8Array(vector.length)): Int8Array => {
  for (let i = 0; i < vector.length; i++) {
    into[i] = Math.max(-127, Math.min(127, Math.round((vector[i] as number) * scale)));
  }
  return into;
};
