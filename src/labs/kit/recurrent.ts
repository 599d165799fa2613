import { createDense, type Init } from './nets.ts';
import { add, linear, mul, sigmoid, slice, tanh } from './ops.ts';
import type { Rng } from './rng.ts';
import type { Tape, Tensor } from './tape.ts';

export interface Recurrent<State> {
  /** At the start of sequences, `batch` at once: zeros. */
  start(batch: number): State;
  /** x is [batch × inputs]. */
  step(x: Tensor, state: State): State;
  /** [batch × hidden] */
  hidden(state: State): Tensor;
}

const zeros = (tape: Tape, batch: number, width: number): Tensor =>
  tape.constant([batch, width], new Float32Array(batch * width));

/** h ← tanh(x W + h U + b) (J. L. Elman, 1990). */
export const createRnn = (
  tape: Tape,
  rng: Rng,
  inputs: number,
  hidden: number,
  init: Init = 'glorot',
): Recurrent<Tensor> => {
  const input = createDense(tape, rng.fork('input'), inputs, hidden, { init });
  const back = createDense(tape, rng.fork('back'), hidden, hidden, { init, bias: false });
  return {
    start: (batch) => zeros(tape, batch, hidden),
    step: (x, h) => tanh(tape, add(tape, input(x), back(h))),
    hidden: (h) => h,
  };
};

export interface LstmState {
  readonly h: Tensor;
  readonly c: Tensor;
}

/** Long short-term memory (S. Hochreiter, J. Schmidhuber, 1997) with a gate that forgets, whose bias starts at 1. */
export const createLstm = (
  tape: Tape,
  rng: Rng,
  inputs: number,
  hidden: number,
  init: Init = 'glorot',
): Recurrent<LstmState> => {
  const input = createDense(tape, rng.fork('input'), inputs, 4 * hidden, { init });
  const back = createDense(tape, rng.fork('back'), hidden, 4 * hidden, { init, bias: false });
  input.bias?.data.fill(1, hidden, 2 * hidden);
  return {
    start: (batch) => ({ h: zeros(tape, batch, hidden), c: zeros(tape, batch, hidden) }),
    step: (x, { h, c }) => {
      const all = add(tape, input(x), linear(tape, h, back.weight));
      const part = (i: number): Tensor => slice(tape, all, 1, i * hidden, (i + 1) * hidden);
      const [take, keep, show] = [0, 1, 2].map((i) => sigmoid(tape, part(i))) as [Tensor, Tensor, Tensor];
      const next = add(tape, mul(tape, keep, c), mul(tape, take, tanh(tape, part(3))));
      return { h: mul(tape, show, tanh(tape, next)), c: next };
    },
    hidden: ({ h }) => h,
  };
};
