import type { StaticTable } from '../model/static-embedding.ts';
import { createRowSums } from './dot.ts';

/** The vector of a text from the rows of its words, as `StaticTable.embed` makes it but for rounding; null where there are none. Valid until the next call. */
export const createStaticVectors = (table: StaticTable) => {
  const { dimensions, scales } = table;
  const { rows: distinct, weights, sum } = createRowSums(table.values, dimensions);
  const counts = new Uint16Array(scales.length);
  return (rows: Int32Array, count: number): Float32Array | null => {
    let n = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      const before = counts[row] as number;
      if (before === 0) {
        if (n === distinct.length) continue;
        distinct[n++] = row;
      }
      counts[row] = before + 1;
    }
    for (let i = 0; i < n; i++) {
      const row = distinct[i] as number;
      weights[i] = table.countsFor(counts[row] as number) * (scales[row] as number);
      counts[row] = 0;
    }
    const vector = sum(n);
    let square = 0;
    for (let i = 0; i < dimensions; i++) square += (vector[i] as number) ** 2;
    if (square === 0) return null;
    const norm = 1 / Math.sqrt(square);
    for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] as number) * norm;
    return vector;
  };
};
