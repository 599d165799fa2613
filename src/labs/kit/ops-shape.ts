import { expect, sizeOf, type Tape, type Tensor } from './tape.ts';

/** Rows of a table [n × d], by their numbers: [rows × d]. An embedding. */
export const gather = (tape: Tape, table: Tensor, rows: ArrayLike<number>): Tensor => {
  const [count = 0, width = 0] = table.shape;
  expect(table.shape.length === 2, `${table.shape} is no table`);
  const out = tape.make([rows.length, width], table);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    expect(row >= 0 && row < count, `there is no row ${row}`);
    out.data.set(table.data.subarray(row * width, (row + 1) * width), i * width);
  }
  tape.record(out, () => {
    const [to, from] = [tape.gradient(table), tape.gradient(out)];
    for (let i = 0; i < rows.length; i++) {
      const at = (rows[i] as number) * width;
      for (let j = 0; j < width; j++) to[at + j] = (to[at + j] as number) + (from[i * width + j] as number);
    }
  });
  return out;
};

/** The sum of all numbers: [1]. */
export const sum = (tape: Tape, x: Tensor): Tensor => total(tape, x, 1);
/** The mean of all numbers: [1]. */
export const mean = (tape: Tape, x: Tensor): Tensor => total(tape, x, 1 / x.size);

const total = (tape: Tape, x: Tensor, factor: number): Tensor => {
  const out = tape.make([1], x);
  let all = 0;
  for (let i = 0; i < x.size; i++) all += x.data[i] as number;
  out.data[0] = factor * all;
  tape.record(out, () => {
    const dx = tape.gradient(x);
    const d = factor * (tape.gradient(out)[0] as number);
    for (let i = 0; i < dx.length; i++) dx[i] = (dx[i] as number) + d;
  });
  return out;
};

/** A dimension, and what lies outside and inside of it. */
const around = (shape: readonly number[], axis: number): { outer: number; length: number; inner: number } => {
  expect(axis >= 0 && axis < shape.length, `${shape} has no dimension ${axis}`);
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis] as number, inner: sizeOf(shape.slice(axis + 1)) };
};

/** The sums along one dimension, which is then gone. */
export const sumAlong = (tape: Tape, x: Tensor, axis: number): Tensor => {
  const { outer, length, inner } = around(x.shape, axis);
  const out = tape.make(
    x.shape.filter((_, i) => i !== axis),
    x,
  );
  for (let o = 0; o < outer; o++)
    for (let j = 0; j < inner; j++) {
      let all = 0;
      for (let i = 0; i < length; i++) all += x.data[(o * length + i) * inner + j] as number;
      out.data[o * inner + j] = all;
    }
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    for (let at = 0; at < x.size; at++) {
      const from = Math.floor(at / (length * inner)) * inner + (at % inner);
      dx[at] = (dx[at] as number) + (dy[from] as number);
    }
  });
  return out;
};

/** What lies from `from` to `to` (not included) along a dimension. */
export const slice = (tape: Tape, x: Tensor, axis: number, from: number, to: number): Tensor => {
  const { outer, length, inner } = around(x.shape, axis);
  expect(from >= 0 && from < to && to <= length, `${x.shape} has no part from ${from} to ${to} along ${axis}`);
  const out = tape.make(
    x.shape.map((n, i) => (i === axis ? to - from : n)),
    x,
  );
  const run = (to - from) * inner;
  for (let o = 0; o < outer; o++) {
    const start = (o * length + from) * inner;
    out.data.set(x.data.subarray(start, start + run), o * run);
  }
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    for (let o = 0; o < outer; o++) {
      const start = (o * length + from) * inner;
      for (let i = 0; i < run; i++) dx[start + i] = (dx[start + i] as number) + (dy[o * run + i] as number);
    }
  });
  return out;
};

/** One after the other along a dimension; the others must be the same. */
export const concat = (tape: Tape, parts: readonly Tensor[], axis: number): Tensor => {
  const [first] = parts;
  expect(first !== undefined, 'nothing to join');
  const shape = (first as Tensor).shape;
  for (const part of parts)
    expect(
      part.shape.length === shape.length && part.shape.every((n, i) => i === axis || n === shape[i]),
      `${part.shape} does not continue ${shape} along ${axis}`,
    );
  const length = parts.reduce((all, part) => all + (part.shape[axis] as number), 0);
  const out = tape.make(
    shape.map((n, i) => (i === axis ? length : n)),
    ...parts,
  );
  const { outer, inner } = around(out.shape, axis);
  let start = 0;
  const places = parts.map((part) => {
    const place = { part, start, run: (part.shape[axis] as number) * inner };
    start += place.run;
    return place;
  });
  for (const place of places)
    for (let o = 0; o < outer; o++)
      out.data.set(place.part.data.subarray(o * place.run, (o + 1) * place.run), o * length * inner + place.start);
  tape.record(out, () => {
    const dy = tape.gradient(out);
    for (const { part, start: at, run } of places) {
      if (!part.learns) continue;
      const dx = tape.gradient(part);
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < run; i++)
          dx[o * run + i] = (dx[o * run + i] as number) + (dy[o * length * inner + at + i] as number);
    }
  });
  return out;
};
