import { expect, type Tape, type Tensor } from './tape.ts';

interface Turned {
  /** Take a, or b, with its last two dimensions exchanged. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * The product of a [… × m × k] and b: [k × n], which is the same for all of a, or [… × k × n], one for each. Gives [… × m × n].
 * Throws RangeError where the inner lengths or the leading dimensions differ.
 */
export const matmul = (
  tape: Tape,
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Turned = {},
): Tensor => {
  const { gemm } = tape.machine;
  const [aRows = 0, aColumns = 0] = a.shape.slice(-2);
  const [bRows = 0, bColumns = 0] = b.shape.slice(-2);
  const lead = a.shape.slice(0, -2);
  const [mOne, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bK, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  const many = lead.reduce((count, length) => count * length, 1);
  const shared = b.shape.length === 2;
  expect(a.shape.length > 1 && k === bK, `${a.shape} and ${b.shape} have no product`);
  expect(shared || `${b.shape.slice(0, -2)}` === `${lead}`, `${a.shape} and ${b.shape} are not as many`);
  const out = tape.make([...lead, mOne, n], a, b);
  // One b for all rows of a: a single product of taller matrices.
  const whole = shared && !transposeA;
  const [m, count] = whole ? [mOne * many, 1] : [mOne, many];
  const [aDown, aRight] = transposeA ? [1, aColumns] : [aColumns, 1];
  const [bDown, bRight] = transposeB ? [1, bColumns] : [bColumns, 1];
  const bStep = shared ? 0 : k * n;
  for (let i = 0; i < count; i++)
    gemm(m, n, k, a.at + i * m * k, aDown, aRight, b.at + i * bStep, bDown, bRight, out.at + i * m * n, n, false);
  tape.record(out, () => {
    const dOut = tape.claim(out).at;
    if (a.learns) {
      const { at, keep } = tape.claim(a);
      for (let i = 0; i < count; i++) {
        const [from, other, to] = [dOut + i * m * n, b.at + i * bStep, at + i * m * k];
        // dA = dC Bᵀ; of a turned A its transpose, B dCᵀ.
        if (transposeA) gemm(k, m, n, other, bDown, bRight, from, 1, n, to, m, keep);
        else gemm(m, k, n, from, n, 1, other, bRight, bDown, to, k, keep);
      }
    }
    if (!b.learns) return;
    const { at, keep } = tape.claim(b);
    for (let i = 0; i < count; i++) {
      const [from, other, to] = [dOut + i * m * n, a.at + i * m * k, at + i * bStep];
      const more = keep || (shared && i > 0);
      // dB = Aᵀ dC; of a turned B its transpose, dCᵀ A.
      if (transposeB) gemm(n, k, m, from, 1, n, other, aDown, aRight, to, k, more);
      else gemm(k, n, m, other, aRight, aDown, from, n, 1, to, n, more);
    }
  });
  return out;
};

/** x [… × k] times w [k × n], plus the bias [n] for every row where there is one: [… × n]. */
export const linear = (tape: Tape, x: Tensor, w: Tensor, bias?: Tensor): Tensor => {
  const [k = 0, n = 0] = w.shape;
  const rows = x.size / k;
  expect(w.shape.length === 2 && x.shape.at(-1) === k, `${x.shape} and ${w.shape} have no product`);
  expect(!bias || bias.size === n, `a bias of ${bias?.shape} for ${n}`);
  const { gemm } = tape.machine;
  const out = tape.make([...x.shape.slice(0, -1), n], x, w, ...(bias ? [bias] : []));
  if (bias) for (let i = 0; i < rows; i++) out.data.set(bias.data, i * n);
  gemm(rows, n, k, x.at, k, 1, w.at, n, 1, out.at, n, bias !== undefined);
  tape.record(out, () => {
    const from = tape.claim(out).at;
    if (bias?.learns) {
      const [db, dy] = [tape.gradient(bias), tape.gradient(out)];
      for (let at = 0; at < dy.length; at += n)
        for (let j = 0; j < n; j++) db[j] = (db[j] as number) + (dy[at + j] as number);
    }
    if (w.learns) {
      const { at, keep } = tape.claim(w);
      gemm(k, n, rows, x.at, 1, k, from, n, 1, at, n, keep);
    }
    if (!x.learns) return;
    const { at, keep } = tape.claim(x);
    gemm(rows, k, n, from, n, 1, w.at, 1, n, at, k, keep);
  });
  return out;
};

/** The last two dimensions exchanged. */
export const transpose = (tape: Tape, x: Tensor): Tensor => {
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  expect(x.shape.length > 1, `${x.shape} has no rows to turn`);
  const out = tape.make([...x.shape.slice(0, -2), columns, rows], x);
  /** Of every pair of places that belong together. */
  const pairs = (visit: (one: number, other: number) => void): void => {
    for (let from = 0; from < x.size; from += rows * columns)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) visit(from + i * columns + j, from + j * rows + i);
  };
  pairs((one, other) => {
    out.data[other] = x.data[one] as number;
  });
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    pairs((one, other) => {
      dx[one] = (dx[one] as number) + (dy[other] as number);
    });
  });
  return out;
};
