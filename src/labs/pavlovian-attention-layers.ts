import type { Rng } from './kit/rng.ts';
import { dot, drawUnit } from './pavlovian-attention-memory.ts';

/** Layers of memories one upon another: what one answers is what the next is asked. */
export interface Stack {
  /** Length of what goes from layer to layer. */
  readonly model: number;
  /** Dimensions of the keys of a head. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Associations in every layer. */
  readonly load: number;
  /** Whether every head looks at what it is asked in a way of its own; copies look alike. */
  readonly copies: boolean;
}

/** A matrix rows × columns of independent normal entries that keeps lengths on average. */
const drawView = (rng: Rng, rows: number, columns: number): Float64Array => {
  const scale = 1 / Math.sqrt(rows);
  return Float64Array.from({ length: rows * columns }, () => scale * rng.normal());
};

/** Writes what a view, rows × columns, makes of the pattern at `at` to `out`, from `to`. */
const look = (
  view: Float64Array,
  rows: number,
  columns: number,
  seen: Float64Array,
  at: number,
  out: Float64Array,
  to: number,
): void => {
  for (let row = 0; row < rows; row++) out[to + row] = dot(view, row * columns, seen, at, columns);
};

/** Brings the `length` numbers of `out` from `at` to length 1; what is nothing stays nothing. */
const normalise = (out: Float64Array, at: number, length: number): void => {
  const size = Math.sqrt(dot(out, at, out, at, length));
  if (size === 0) return;
  for (let k = 0; k < length; k++) out[at + k] = (out[at + k] as number) / size;
};

/**
 * The cosine of what comes out of each layer with what ought to, averaged over all patterns of the first, each sent through. In
 * every layer each head learns by Hebb's rule which pattern of the next layer follows on which of this one, seen through its own
 * random matrix; their answers are added up and brought to length 1.
 */
export const passThrough = (rng: Rng, { model, width, heads, layers, load, copies }: Stack): Float64Array => {
  const [patterns, views] = [rng.fork('patterns'), rng.fork(`views ${heads} × ${width}`)];
  const draw = (): Float64Array => {
    const drawn = new Float64Array(load * model);
    for (let i = 0; i < load; i++) drawUnit(patterns, drawn, i * model, model);
    return drawn;
  };
  let from = draw();
  let asked = from.slice();
  let answer = new Float64Array(load * model);
  const [keys, query] = [new Float64Array(load * width), new Float64Array(width)];
  const found = new Float64Array(layers);
  for (let layer = 0; layer < layers; layer++) {
    const to = draw();
    let view = drawView(views, width, model);
    answer.fill(0);
    for (let head = 0; head < heads; head++) {
      if (head > 0 && !copies) view = drawView(views, width, model);
      for (let i = 0; i < load; i++) look(view, width, model, from, i * model, keys, i * width);
      for (let j = 0; j < load; j++) {
        look(view, width, model, asked, j * model, query, 0);
        for (let i = 0; i < load; i++) {
          const weight = dot(keys, i * width, query, 0, width);
          for (let k = 0; k < model; k++)
            answer[j * model + k] = (answer[j * model + k] as number) + weight * (to[i * model + k] as number);
        }
      }
    }
    for (let j = 0; j < load; j++) {
      normalise(answer, j * model, model);
      found[layer] = (found[layer] as number) + dot(answer, j * model, to, j * model, model) / load;
    }
    [asked, answer] = [answer, asked];
    from = to;
  }
  return found;
};
