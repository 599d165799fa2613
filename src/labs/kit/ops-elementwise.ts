import { log as logOf } from './exp-log.ts';
import { exp32, sigmoid32, tanh32 } from './float-math.ts';
import { expect, type Tape, type Tensor } from './tape.ts';

/** b has the shape of a, or that of its last dimensions, and is then taken again for each of the others. */
const fits = (a: Tensor, b: Tensor): void =>
  expect(
    b.shape.length <= a.shape.length && b.shape.every((n, i) => n === a.shape[a.shape.length - b.shape.length + i]),
    `${b.shape} does not repeat in ${a.shape}`,
  );

/** a + `sign` × b. */
const sum = (tape: Tape, a: Tensor, b: Tensor, sign: number): Tensor => {
  fits(a, b);
  const out = tape.make(a.shape, a, b);
  const [x, y, z] = [a.data, b.data, out.data];
  for (let from = 0; from < x.length; from += y.length)
    for (let j = 0; j < y.length; j++) z[from + j] = (x[from + j] as number) + sign * (y[j] as number);
  tape.record(out, () => {
    const dz = tape.gradient(out);
    if (a.learns) {
      const dx = tape.gradient(a);
      for (let i = 0; i < dx.length; i++) dx[i] = (dx[i] as number) + (dz[i] as number);
    }
    if (!b.learns) return;
    const dy = tape.gradient(b);
    for (let from = 0; from < dz.length; from += dy.length)
      for (let j = 0; j < dy.length; j++) dy[j] = (dy[j] as number) + sign * (dz[from + j] as number);
  });
  return out;
};

/** a + b; b may have the last dimensions of a alone. */
export const add = (tape: Tape, a: Tensor, b: Tensor): Tensor => sum(tape, a, b, 1);

/** a − b; b may have the last dimensions of a alone. */
export const sub = (tape: Tape, a: Tensor, b: Tensor): Tensor => sum(tape, a, b, -1);

/** a × b, number by number; b may have the last dimensions of a alone. */
export const mul = (tape: Tape, a: Tensor, b: Tensor): Tensor => {
  fits(a, b);
  const out = tape.make(a.shape, a, b);
  const [x, y, z] = [a.data, b.data, out.data];
  for (let from = 0; from < x.length; from += y.length)
    for (let j = 0; j < y.length; j++) z[from + j] = (x[from + j] as number) * (y[j] as number);
  tape.record(out, () => {
    const dz = tape.gradient(out);
    const dx = a.learns ? tape.gradient(a) : null;
    const dy = b.learns ? tape.gradient(b) : null;
    for (let from = 0; from < x.length; from += y.length)
      for (let j = 0; j < y.length; j++) {
        const d = dz[from + j] as number;
        if (dx) dx[from + j] = (dx[from + j] as number) + d * (y[j] as number);
        if (dy) dy[j] = (dy[j] as number) + d * (x[from + j] as number);
      }
  });
  return out;
};

/** `slope` × x + `shift`. */
export const affine = (tape: Tape, x: Tensor, slope: number, shift = 0): Tensor =>
  each(
    tape,
    x,
    (value) => slope * value + shift,
    () => slope,
  );

/** f of every number; `slope` is its derivative, given x and f(x). */
export const each = (
  tape: Tape,
  x: Tensor,
  f: (x: number) => number,
  slope: (x: number, y: number) => number,
): Tensor => {
  const out = tape.make(x.shape, x);
  const [from, to] = [x.data, out.data];
  for (let i = 0; i < to.length; i++) to[i] = f(from[i] as number);
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    for (let i = 0; i < dx.length; i++)
      dx[i] = (dx[i] as number) + (dy[i] as number) * slope(from[i] as number, to[i] as number);
  });
  return out;
};

export const tanh = (tape: Tape, x: Tensor): Tensor => each(tape, x, tanh32, (_, y) => 1 - y * y);
export const sigmoid = (tape: Tape, x: Tensor): Tensor => each(tape, x, sigmoid32, (_, y) => y * (1 - y));
export const exp = (tape: Tape, x: Tensor): Tensor => each(tape, x, exp32, (_, y) => y);
export const log = (tape: Tape, x: Tensor): Tensor => each(tape, x, logOf, (value) => 1 / value);
export const square = (tape: Tape, x: Tensor): Tensor =>
  each(
    tape,
    x,
    (value) => value * value,
    (value) => 2 * value,
  );

/** max(x, 0), with the derivative 0 at 0. */
export const relu = (tape: Tape, x: Tensor): Tensor => {
  const out = tape.make(x.shape, x);
  const [from, to] = [x.data, out.data];
  for (let i = 0; i < to.length; i++) to[i] = Math.max(from[i] as number, 0);
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    for (let i = 0; i < dx.length; i++) if ((from[i] as number) > 0) dx[i] = (dx[i] as number) + (dy[i] as number);
  });
  return out;
};

// √(2 ÷ π) twice: tanh u is 2 σ(2 u) − 1.
const GELU = 1.5957691216057308;
const CUBIC = 0.044715;

/** x σ(1.5958 (x + 0.044715 x³)): the Gaussian error linear unit in its tanh form (D. Hendrycks, K. Gimpel, 2016). */
export const gelu = (tape: Tape, x: Tensor): Tensor => {
  const out = tape.make(x.shape, x);
  const slopes = tape.make(x.shape);
  const [from, to, slope] = [x.data, out.data, slopes.data];
  for (let i = 0; i < to.length; i++) {
    const value = from[i] as number;
    const cubic = CUBIC * value * value;
    const open = 1 / (1 + exp32(-GELU * value * (1 + cubic)));
    to[i] = value * open;
    slope[i] = open + value * open * (1 - open) * GELU * (1 + 3 * cubic);
  }
  tape.record(out, () => {
    const dy = tape.gradient(out);
    const dx = tape.gradient(x);
    for (let i = 0; i < dx.length; i++) dx[i] = (dx[i] as number) + (dy[i] as number) * (slope[i] as number);
  });
  return out;
};
