/**
 * A fine vector as it is kept: `i8 components · f32 scale`, where a component is `value × scale` and the scale makes the
 * largest 127. Vectors of any model lose next to nothing that way.
 */
export const fineBytes = (dimensions: number): number => dimensions + 4;

export const encodeFine = (vector: Float32Array): Uint8Array => {
  let most = 0;
  for (const x of vector) most = Math.max(most, Math.abs(x));
  const scale = 127 / Math.max(most, 1e-9);
  const bytes = new Uint8Array(fineBytes(vector.length));
  const values = new Int8Array(bytes.buffer, 0, vector.length);
  for (let i = 0; i < vector.length; i++) values[i] = Math.round((vector[i] as number) * scale);
  new DataView(bytes.buffer).setFloat32(vector.length, scale, true);
  return bytes;
};

/** The vector as it was, but for rounding; null for bytes that were never written. */
export const decodeFine = (bytes: Uint8Array): Float32Array | null => {
  const { buffer, byteOffset, byteLength } = bytes;
  const scale = new DataView(buffer, byteOffset, byteLength).getFloat32(byteLength - 4, true);
  if (!(scale > 0)) return null;
  return Float32Array.from(new Int8Array(buffer, byteOffset, byteLength - 4), (x) => x / scale);
};

/** Dot product with a vector that is not quantised; null for bytes that were never written. */
export const fineDot = (bytes: Uint8Array, vector: Float32Array): number | null => {
  const { buffer, byteOffset, byteLength } = bytes;
  const scale = new DataView(buffer, byteOffset, byteLength).getFloat32(byteLength - 4, true);
  if (!(scale > 0)) return null;
  const values = new Int8Array(buffer, byteOffset, byteLength - 4);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (vector[i] as number);
  return sum / scale;
};
