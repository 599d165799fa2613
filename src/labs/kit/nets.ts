import { attend, gather, layerNorm, linear } from './ops.ts';
import type { Rng } from './rng.ts';
import type { Tape, Tensor } from './tape.ts';

/** A layer: its parameters are on the tape it was made with. */
export type Layer = (x: Tensor) => Tensor;

/** How the weights of [inputs × outputs] are drawn. */
export type Init = 'glorot' | 'he' | { readonly normal: number } | { readonly uniform: number };

/** A source of starting values: Glorot's uniform ±√(6 ÷ (in + out)), He's normal √(2 ÷ in), or of one's own width. */
export const drawFrom = (rng: Rng, init: Init, inputs: number, outputs: number): (() => number) => {
  if (init === 'he') return drawFrom(rng, { normal: Math.sqrt(2 / inputs) }, inputs, outputs);
  if (init === 'glorot') return drawFrom(rng, { uniform: Math.sqrt(6 / (inputs + outputs)) }, inputs, outputs);
  return 'normal' in init ? () => init.normal * rng.normal() : () => init.uniform * (2 * rng.uniform() - 1);
};

export interface Dense extends Layer {
  /** [inputs × outputs] */
  readonly weight: Tensor;
  /** [outputs] */
  readonly bias: Tensor | undefined;
}

/** x [… × inputs] → x W + b [… × outputs]. */
export const createDense = (
  tape: Tape,
  rng: Rng,
  inputs: number,
  outputs: number,
  { init = 'glorot', bias = true }: { readonly init?: Init; readonly bias?: boolean } = {},
): Dense => {
  const weight = tape.parameter([inputs, outputs], drawFrom(rng.fork('weight'), init, inputs, outputs));
  const shift = bias ? tape.parameter([outputs]) : undefined;
  return Object.assign((x: Tensor) => linear(tape, x, weight, shift), { weight, bias: shift });
};

export interface Embedding {
  (tokens: ArrayLike<number>): Tensor;
  /** [tokens × width] */
  readonly table: Tensor;
}

/** Tokens → their rows [tokens × width]. */
export const createEmbedding = (tape: Tape, rng: Rng, tokens: number, width: number, scale = 0.02): Embedding => {
  const table = tape.parameter([tokens, width], drawFrom(rng.fork('table'), { normal: scale }, tokens, width));
  return Object.assign((rows: ArrayLike<number>) => gather(tape, table, rows), { table });
};

/** Normalises the last dimension, of `width`, with a gain from 1 and a shift from 0. */
export const createLayerNorm = (tape: Tape, width: number): Layer => {
  const gain = tape.parameter([width], () => 1);
  const shift = tape.parameter([width]);
  return (x) => layerNorm(tape, x, gain, shift);
};

export interface AttentionLayer {
  /** x is [batch × length, width]; so is `out`; `weights` is [batch × heads × length × length]. */
  (x: Tensor, batch: number, length: number): { readonly out: Tensor; readonly weights: Tensor };
  readonly qkv: Dense;
  readonly output: Dense;
}

/** Attention of `heads` heads to one sequence by itself. */
export const createAttention = (
  tape: Tape,
  rng: Rng,
  width: number,
  heads: number,
  { causal = true, init = 'glorot' }: { readonly causal?: boolean; readonly init?: Init } = {},
): AttentionLayer => {
  const qkv = createDense(tape, rng.fork('qkv'), width, 3 * width, { init });
  const output = createDense(tape, rng.fork('output'), width, width, { init });
  const layer = (x: Tensor, batch: number, length: number): { out: Tensor; weights: Tensor } => {
    const { out, weights } = attend(tape, qkv(x), { batch, length, heads, causal });
    return { out: output(out), weights };
  };
  return Object.assign(layer, { qkv, output });
};
