import type { Machine } from './gemm.ts';

/** Numbers in rows: f32, the last dimension side by side. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly size: number;
  /** Where they are in the machine's memory. */
  readonly at: number;
  readonly data: Float32Array;
  /** Whether the loss is to be derived by it, or by something it was made of. */
  readonly learns: boolean;
}

interface Derived extends Tensor {
  gradAt: number;
  grad: Float32Array | null;
  /** Whether the gradient holds something of this step. */
  begun: boolean;
}

/**
 * Keeps what was computed in a step, so that it can be gone through backwards (reverse-mode differentiation). Everything is in one
 * memory: parameters from its end, a step's tensors from its start; `begin` takes all of the latter back at once.
 */
export interface Tape {
  readonly machine: Machine;
  readonly parameters: readonly Tensor[];
  /** A tensor that stays. `fill` gives its values, in order. */
  parameter(shape: readonly number[], fill?: (i: number) => number): Tensor;
  /** A tensor of this step that nothing is derived by. */
  constant(shape: readonly number[], values: ArrayLike<number>): Tensor;
  /** A tensor of this step, its values to be written. `from`: what it is made of. */
  make(shape: readonly number[], ...from: readonly Tensor[]): Tensor;
  /** The same numbers in another shape. Throws RangeError where it holds more or fewer. */
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  /** Says how the gradients of what `made` was made of follow from its own. Called before anything else is made of it. */
  record(made: Tensor, back: () => void): void;
  /** The gradient so far, to be added to; zeros where nothing has reached it. */
  gradient(x: Tensor): Float32Array;
  /** Where the gradient is, and whether it holds something: what does not may be overwritten. */
  claim(x: Tensor): { readonly at: number; readonly keep: boolean };
  /** Starts a step: what was made in the last one is gone. */
  begin(): void;
  /** From a loss, a tensor of one number, back to every parameter. */
  backward(loss: Tensor): void;
  /** Computes without keeping anything for the way back. */
  quietly<T>(work: () => T): T;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** Throws RangeError where the shapes are not what an operation takes. */
export const expect = (holds: boolean, what: string): void => {
  if (!holds) throw new RangeError(what);
};

/** Addresses are multiples of 16 bytes. */
const aligned = (size: number): number => Math.ceil(size / 4) * 4;

export const createTape = (machine: Machine): Tape => {
  const { numbers } = machine;
  const parameters: Derived[] = [];
  let backs: (() => void)[] = [];
  let low = 0;
  let high = numbers.length - (numbers.length % 4);
  let quiet = false;

  const take = (size: number): number => {
    const at = low;
    low += aligned(size);
    if (low > high) throw new RangeError('the memory is full: a larger machine, or a smaller step');
    return at;
  };
  const tensor = (shape: readonly number[], at: number, learns: boolean): Derived => {
    const size = sizeOf(shape);
    const data = numbers.subarray(at, at + size);
    return { shape, size, at, data, learns, gradAt: -1, grad: null, begun: false };
  };
  const claim = (x: Tensor): { at: number; keep: boolean } => {
    const derived = x as Derived;
    const keep = derived.begun;
    if (derived.gradAt < 0) derived.gradAt = take(x.size);
    derived.begun = true;
    return { at: derived.gradAt, keep };
  };
  const gradient = (x: Tensor): Float32Array => {
    const { at, keep } = claim(x);
    const derived = x as Derived;
    derived.grad ??= numbers.subarray(at, at + x.size);
    if (!keep) derived.grad.fill(0);
    return derived.grad;
  };
  const record = (made: Tensor, back: () => void): void => {
    if (quiet || !made.learns) return;
    backs.push(() => {
      if ((made as Derived).begun) back();
    });
  };

  return {
    machine,
    parameters,
    record,
    gradient,
    claim,
    parameter: (shape, fill = () => 0) => {
      const size = sizeOf(shape);
      high -= 2 * aligned(size);
      if (low > high) throw new RangeError('the memory is full: a larger machine, or fewer parameters');
      const made = tensor(shape, high, true);
      made.gradAt = high + aligned(size);
      for (let i = 0; i < size; i++) made.data[i] = fill(i);
      parameters.push(made);
      return made;
    },
    constant: (shape, values) => {
      expect(sizeOf(shape) === values.length, `${values.length} values do not fill ${shape}`);
      const made = tensor(shape, take(values.length), false);
      made.data.set(values);
      return made;
    },
    make: (shape, ...from) =>
      tensor(
        shape,
        take(sizeOf(shape)),
        from.some(({ learns }) => learns),
      ),
    reshape: (x, shape) => {
      expect(sizeOf(shape) === x.size, `${x.shape} is not ${shape}`);
      const made = tensor(shape, x.at, x.learns);
      record(made, () => {
        const [to, from] = [gradient(x), gradient(made)];
        for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + (from[i] as number);
      });
      return made;
    },
    begin: () => {
      low = 0;
      backs = [];
      for (const parameter of parameters) parameter.begun = false;
    },
    backward: (loss) => {
      expect(loss.size === 1, 'a loss is one number');
      gradient(loss)[0] = 1;
      for (let i = backs.length - 1; i >= 0; i--) (backs[i] as () => void)();
      backs = [];
    },
    quietly: (work) => {
      const before = quiet;
      quiet = true;
      try {
        return work();
      } finally {
        quiet = before;
      }
    },
  };
};
