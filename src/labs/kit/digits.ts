import { DIGITS_BYTES } from './digits-bytes.ts';

export interface Digits {
  readonly count: number;
  /** count × 64: images of 8 × 8, row by row, from 0 (paper) to 1 (ink). */
  readonly pixels: Float32Array;
  /** 0 … 9 */
  readonly labels: Uint8Array;
}

const PIXELS = 64;
const COUNT = 1_797;

let kept: Digits | null = null;

/** 1,797 handwritten digits of 13 people (E. Alpaydin, C. Kaynak, 1998; CC BY 4.0). Do not write to them. */
export const readDigits = (): Digits => {
  if (kept) return kept;
  const packed = atob(DIGITS_BYTES);
  let place = 0;
  const nibble = (): number => {
    const byte = packed.charCodeAt(place >> 1);
    return place++ & 1 ? byte & 15 : byte >> 4;
  };
  const pixels = new Float32Array(COUNT * PIXELS);
  const labels = new Uint8Array(COUNT);
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < PIXELS; j++) {
      const value = nibble();
      pixels[i * PIXELS + j] = (value === 15 ? 15 + nibble() : value) / 16;
    }
    labels[i] = nibble();
  }
  kept = { count: COUNT, pixels, labels };
  return kept;
};
