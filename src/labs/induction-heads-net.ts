import type { Rng } from './contract.ts';
import { gathered, type Looks, meanOfHeads, mixed, patternOf } from './induction-heads-ops.ts';
import { createDense, drawFrom } from './kit/nets.ts';
import { add, softmax } from './kit/ops.ts';
import type { Tape, Tensor } from './kit/tape.ts';

/** Two examples with their labels, and what is asked: x₁ l₁ x₂ l₂ x. */
export const LENGTH = 5;
const LABELLED = [1, 3] as const;

/** Which parts are held at what a finished induction head does; `blind`: the second layer looks at all tokens alike. */
export interface Clamps {
  readonly previous: boolean;
  readonly match: boolean;
  readonly copy: boolean;
  readonly blind: boolean;
}

export interface Sizes {
  readonly width: number;
  readonly heads: number;
  readonly classes: number;
  readonly labels: number;
  readonly noise: number;
}

export interface Batch {
  readonly size: number;
  /** [size × 3]: of both examples and of what is asked. */
  readonly classes: Int32Array;
  /** [size × 2] */
  readonly labels: Int32Array;
  /** The examples as seen, [size × 3 × width]. */
  readonly seen: Float32Array;
  readonly targets: Int32Array;
}

/** The middle of every class, [classes × width], of length √width on average. */
export const drawPrototypes = (rng: Rng, { classes, width }: Sizes): Float32Array =>
  Float32Array.from({ length: classes * width }, rng.normal);

/** Two classes with different labels, both drawn anew for every sequence; one of the classes is asked. */
export const drawBatch = (rng: Rng, prototypes: Float32Array, sizes: Sizes, size: number): Batch => {
  const { width, noise } = sizes;
  const [classes, labels] = [new Int32Array(3 * size), new Int32Array(2 * size)];
  const seen = new Float32Array(3 * size * width);
  const targets = new Int32Array(size);
  for (let b = 0; b < size; b++) {
    const one = rng.int(sizes.classes);
    const other = (one + 1 + rng.int(sizes.classes - 1)) % sizes.classes;
    const label = rng.int(sizes.labels);
    const another = (label + 1 + rng.int(sizes.labels - 1)) % sizes.labels;
    const asked = rng.int(2);
    classes.set([one, other, asked === 0 ? one : other], 3 * b);
    labels.set([label, another], 2 * b);
    targets[b] = asked === 0 ? label : another;
    const keep = Math.sqrt(1 - noise * noise);
    for (let i = 0; i < 3; i++)
      for (let c = 0; c < width; c++)
        seen[(3 * b + i) * width + c] =
          keep * (prototypes[(classes[3 * b + i] as number) * width + c] as number) + noise * rng.normal();
  }
  return { size, classes, labels, seen, targets };
};

/** How sharp what is perfect is: e to this, against 1. */
const SHARP = 10;

export interface Answer {
  /** [batch × labels] */
  readonly logits: Tensor;
  /** Of the second layer, [batch × heads × 1 × 5]. */
  readonly looks: Tensor;
}

export type Net = (batch: Batch, kept?: readonly boolean[]) => Answer;

const rowsOf = (table: Tensor, row: number): Float32Array => {
  const width = table.shape.at(-1) as number;
  return table.data.subarray(row * width, (row + 1) * width);
};

/**
 * Two layers of attention and nothing else, over x₁ l₁ x₂ l₂ x: each adds what it takes to the residual stream. `kept` leaves out
 * heads of the second layer.
 */
export const createNet = (tape: Tape, rng: Rng, { width, heads, labels }: Sizes, clamps: Clamps): Net => {
  const table = tape.parameter([labels, width], drawFrom(rng.fork('labels'), { normal: 1 }, labels, width));
  const places = tape.parameter([LENGTH * width], drawFrom(rng.fork('places'), { normal: 1 }, LENGTH, width));
  const dense = (name: string): ReturnType<typeof createDense> =>
    createDense(tape, rng.fork(name), width, width, { bias: false });
  const layers = ['first', 'second'].map((layer) => ({
    q: dense(`${layer} q`),
    k: dense(`${layer} k`),
    v: dense(`${layer} v`),
    o: dense(`${layer} o`),
  }));
  const [first, second] = layers as [(typeof layers)[0], (typeof layers)[0]];
  const readout = createDense(tape, rng.fork('readout'), width, labels, { bias: false });

  /** The tokens in their order, [size, 5 × width]. */
  const embed = ({ size, seen, labels: said }: Batch): Tensor => {
    const out = tape.make([size, LENGTH * width], table);
    for (let b = 0; b < size; b++) {
      for (let i = 0; i < 3; i++)
        out.data.set(seen.subarray((3 * b + i) * width, (3 * b + i + 1) * width), (LENGTH * b + 2 * i) * width);
      for (const [i, place] of LABELLED.entries())
        out.data.set(rowsOf(table, said[2 * b + i] as number), (LENGTH * b + place) * width);
    }
    tape.record(out, () => {
      const [to, from] = [tape.gradient(table), tape.gradient(out)];
      for (let b = 0; b < size; b++)
        for (const [i, place] of LABELLED.entries()) {
          const [row, at] = [(said[2 * b + i] as number) * width, (LENGTH * b + place) * width];
          for (let c = 0; c < width; c++) to[row + c] = (to[row + c] as number) + (from[at + c] as number);
        }
    });
    return add(tape, out, places);
  };

  /** A label sees the example it belongs to, and everything else itself. */
  const previous = (size: number): Tensor => {
    const made = tape.make([size, heads, LENGTH, LENGTH]);
    made.data.fill(0);
    for (let row = 0; row < size * heads; row++)
      for (let i = 0; i < LENGTH; i++) made.data[(row * LENGTH + i) * LENGTH + i - (i % 2)] = 1;
    return made;
  };

  const even = (size: number): Tensor => {
    const made = tape.make([size, heads, 1, LENGTH]);
    made.data.fill(1 / LENGTH);
    return made;
  };

  /**
   * A perfect match of what the first layer moved: each label is looked at by how much of the class that is asked its heads have
   * taken to it, [batch × 1 × 5] repeated for every head.
   */
  const matched = ({ size, classes }: Batch, pattern: Tensor): Tensor => {
    const moved = meanOfHeads(tape, pattern);
    const groups = new Int32Array(size * LENGTH * LENGTH).fill(-1);
    for (let b = 0; b < size; b++)
      for (const [i, place] of LABELLED.entries())
        for (const [j, shown] of [0, 2].entries())
          if (shown < place && classes[3 * b + j] === classes[3 * b + 2])
            groups[(b * LENGTH + place) * LENGTH + shown] = i;
    const looks = softmax(tape, gathered(tape, moved, groups, 2, SHARP));
    const out = tape.make([size, heads, 1, LENGTH], looks);
    out.data.fill(0);
    for (let row = 0; row < size * heads; row++)
      for (const [i, place] of LABELLED.entries())
        out.data[row * LENGTH + place] = looks.data[2 * Math.floor(row / heads) + i] as number;
    tape.record(out, () => {
      const [to, from] = [tape.gradient(looks), tape.gradient(out)];
      for (let row = 0; row < size * heads; row++)
        for (const [i, place] of LABELLED.entries()) {
          const at = 2 * Math.floor(row / heads) + i;
          to[at] = (to[at] as number) + (from[row * LENGTH + place] as number);
        }
    });
    return out;
  };

  return (batch, kept) => {
    const { size, labels: said } = batch;
    const all: Looks = { batch: size, heads, length: LENGTH, looking: LENGTH };
    const last: Looks = { ...all, looking: 1 };
    const tokens = embed(batch);
    const x = tape.reshape(tokens, [size * LENGTH, width]);
    const moving = clamps.previous ? previous(size) : patternOf(tape, first.q(x), first.k(x), all);
    const stream = add(tape, x, first.o(mixed(tape, moving, first.v(x), all)));
    const asked = lastOf(tape, stream, size);
    const look = (): Tensor => {
      if (clamps.blind) return even(size);
      return clamps.match ? matched(batch, moving) : patternOf(tape, second.q(asked), second.k(stream), last);
    };
    const looks = look();
    if (clamps.copy) {
      const groups = new Int32Array(size * LENGTH).fill(-1);
      for (let b = 0; b < size; b++)
        for (const [i, place] of LABELLED.entries()) groups[b * LENGTH + place] = said[2 * b + i] as number;
      return { logits: gathered(tape, meanOfHeads(tape, looks), groups, labels, SHARP), looks };
    }
    const taken = mixed(tape, looks, second.v(stream), last);
    if (kept) {
      const d = width / heads;
      for (let at = 0; at < taken.size; at++) if (!kept[Math.floor((at % width) / d)]) taken.data[at] = 0;
    }
    return { logits: readout(add(tape, asked, second.o(taken))), looks };
  };
};

/** The last token of every sequence: [batch × width]. */
const lastOf = (tape: Tape, stream: Tensor, size: number): Tensor => {
  const width = stream.shape.at(-1) as number;
  const out = tape.make([size, width], stream);
  for (let b = 0; b < size; b++) {
    const at = (LENGTH * b + LENGTH - 1) * width;
    out.data.set(stream.data.subarray(at, at + width), b * width);
  }
  tape.record(out, () => {
    const [to, from] = [tape.gradient(stream), tape.gradient(out)];
    for (let b = 0; b < size; b++) {
      const at = (LENGTH * b + LENGTH - 1) * width;
      for (let c = 0; c < width; c++) to[at + c] = (to[at + c] as number) + (from[b * width + c] as number);
    }
  });
  return out;
};
