/**
 * The singular values of a matrix of `rows` × `columns`, largest first: the roots of the eigenvalues of its Gram matrix, by cyclic
 * Jacobi rotations (Golub & Van Loan, Matrix Computations, §8.5). Only + − × ÷ √, in a fixed order: the same on every machine.
 */
export const singularValues = (matrix: Float64Array, rows: number, columns: number): readonly number[] => {
  const n = columns;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < rows; i++)
    for (let p = 0; p < n; p++)
      for (let q = 0; q < n; q++) {
        gram[p * n + q] = (gram[p * n + q] as number) + (matrix[i * n + p] as number) * (matrix[i * n + q] as number);
      }
  for (let sweep = 0; sweep < 60; sweep++) {
    let [off, all] = [0, 0];
    for (let p = 0; p < n; p++)
      for (let q = 0; q < n; q++) {
        const entry = gram[p * n + q] as number;
        const square = entry * entry;
        all += square;
        if (p !== q) off += square;
      }
    if (off <= 1e-28 * all) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(gram, n, p, q);
  }
  return Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, gram[i * n + i] as number))).sort((a, b) => b - a);
};

/** Rotates rows and columns `p` and `q` of a symmetric matrix so that their common entry becomes 0. */
const rotate = (m: Float64Array, n: number, p: number, q: number): void => {
  const off = m[p * n + q] as number;
  if (off === 0) return;
  const theta = ((m[q * n + q] as number) - (m[p * n + p] as number)) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [m[k * n + p] as number, m[k * n + q] as number];
    m[k * n + p] = c * kp - s * kq;
    m[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [m[p * n + k] as number, m[q * n + k] as number];
    m[p * n + k] = c * pk - s * qk;
    m[q * n + k] = s * pk + c * qk;
  }
};
