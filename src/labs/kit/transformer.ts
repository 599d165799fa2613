import { createAttention, createDense, createEmbedding, createLayerNorm, type Init } from './nets.ts';
import { add, gelu } from './ops.ts';
import type { Rng } from './rng.ts';
import type { Tape, Tensor } from './tape.ts';

export interface TransformerShape {
  readonly tokens: number;
  /** The longest sequence. */
  readonly length: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** The width of the hidden layer of the MLP, in widths; 0 for attention alone. 4 where none is named. */
  readonly expand?: number;
  readonly causal?: boolean;
  readonly init?: Init;
}

export interface Transformer {
  /** Tokens of `batch` sequences, one after the other → logits [batch × length, tokens]. */
  (tokens: ArrayLike<number>, batch: number): Tensor;
  /** Of the last call, a tensor [batch × heads × length × length] a layer. */
  readonly attention: readonly Tensor[];
}

/** A decoder with learned places and norms before each part (A. Radford et al., 2019). */
export const createTransformer = (tape: Tape, rng: Rng, shape: TransformerShape): Transformer => {
  const { tokens, length, width, heads, layers, expand = 4, causal = true, init = 'glorot' } = shape;
  const embedding = createEmbedding(tape, rng.fork('tokens'), tokens, width);
  const places = createEmbedding(tape, rng.fork('places'), length, width);
  const blocks = Array.from({ length: layers }, (_, i) => {
    const of = rng.fork(`layer ${i}`);
    return {
      before: createLayerNorm(tape, width),
      attention: createAttention(tape, of.fork('attention'), width, heads, { causal, init }),
      between: createLayerNorm(tape, width),
      up: expand > 0 ? createDense(tape, of.fork('up'), width, expand * width, { init }) : null,
      down: expand > 0 ? createDense(tape, of.fork('down'), expand * width, width, { init }) : null,
    };
  });
  const last = createLayerNorm(tape, width);
  const head = createDense(tape, rng.fork('head'), width, tokens, { init, bias: false });
  const attention: Tensor[] = [];

  const run = (sequence: ArrayLike<number>, batch: number): Tensor => {
    const long = sequence.length / batch;
    attention.length = 0;
    const order = Array.from({ length: sequence.length }, (_, i) => i % long);
    let x = add(tape, embedding(sequence), places(order));
    for (const block of blocks) {
      const { out, weights } = block.attention(block.before(x), batch, long);
      attention.push(weights);
      x = add(tape, x, out);
      if (block.up && block.down) x = add(tape, x, block.down(gelu(tape, block.up(block.between(x)))));
    }
    return head(last(x));
  };
  return Object.assign(run, { attention });
};
