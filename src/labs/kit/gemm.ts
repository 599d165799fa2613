import { GEMM_BYTES } from './gemm-bytes.ts';

/**
 * C = A B, or C += A B where `keep` is true, of matrices of f32 in one memory. A is m × k, B is k × n, C is m × n; the element
 * (i, j) of A is at `a + i × aDown + j × aRight`, so that a transpose is another pair of strides; likewise of B; of C at
 * `c + i × cDown + j`. Every element is added up alone, in the order of k, each product and each sum rounded to f32.
 */
export type Gemm = (
  m: number,
  n: number,
  k: number,
  a: number,
  aDown: number,
  aRight: number,
  b: number,
  bDown: number,
  bRight: number,
  c: number,
  cDown: number,
  keep: boolean,
) => void;

export interface Machine {
  /** All numbers there are room for; addresses are places in it. */
  readonly numbers: Float32Array;
  readonly gemm: Gemm;
  /** False where WebAssembly is not to be had (or not wanted), and plain code does the same, bit for bit. */
  readonly simd: boolean;
}

type Pack = (source: number, k: number, down: number, count: number, right: number, width: number, out: number) => void;
type Tiles = (
  a: number,
  b: number,
  c: number,
  stride: number,
  rows: number,
  columns: number,
  k: number,
  keep: number,
) => void;

/** What of WebAssembly is used: neither Node's types nor those of ECMAScript have it. */
interface WebAssemblyHere {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

const PAGE = 65_536;
// A block of A and one of B, packed, of 1 MB each, which the second cache holds; and a tile of C.
const K_BLOCK = 256;
const BLOCK = 1_024;
const PACKED = K_BLOCK * BLOCK;
const SCRATCH = 2 * PACKED + 64;

/** Four numbers of a row of C at a time, k rising, from B laid out four columns wide. */
const plainGemm = (numbers: Float32Array): Gemm => {
  let packed = new Float32Array(0);
  return (m, n, k, a, aDown, aRight, b, bDown, bRight, c, cDown, keep) => {
    if (packed.length < 4 * k) packed = new Float32Array(4 * k);
    const fround = Math.fround;
    for (let j = 0; j < n; j += 4) {
      const wide = Math.min(4, n - j);
      for (let p = 0; p < k; p++)
        for (let q = 0; q < 4; q++)
          packed[4 * p + q] = q < wide ? (numbers[b + p * bDown + (j + q) * bRight] as number) : 0;
      for (let i = 0; i < m; i++) {
        const at = c + i * cDown + j;
        let s0 = fround(keep ? (numbers[at] as number) : 0);
        let s1 = fround(keep && wide > 1 ? (numbers[at + 1] as number) : 0);
        let s2 = fround(keep && wide > 2 ? (numbers[at + 2] as number) : 0);
        let s3 = fround(keep && wide > 3 ? (numbers[at + 3] as number) : 0);
        let from = a + i * aDown;
        for (let p = 0; p < 4 * k; p += 4) {
          const x = numbers[from] as number;
          s0 = fround(s0 + fround(x * (packed[p] as number)));
          s1 = fround(s1 + fround(x * (packed[p + 1] as number)));
          s2 = fround(s2 + fround(x * (packed[p + 2] as number)));
          s3 = fround(s3 + fround(x * (packed[p + 3] as number)));
          from += aRight;
        }
        numbers[at] = s0;
        if (wide > 1) numbers[at + 1] = s1;
        if (wide > 2) numbers[at + 2] = s2;
        if (wide > 3) numbers[at + 3] = s3;
      }
    }
  };
};

let program: object | null = null;

const fastGemm = (web: WebAssemblyHere, memory: { readonly buffer: ArrayBuffer }, scratch: number): Gemm => {
  program ??= new web.Module(Uint8Array.from(atob(GEMM_BYTES), (letter) => letter.charCodeAt(0)));
  const { exports } = new web.Instance(program, { env: { memory } });
  const pack = exports.pack as Pack;
  const tiles = exports.tiles as Tiles;
  const numbers = new Float32Array(memory.buffer);
  const packedA = 4 * scratch;
  const packedB = packedA + 4 * PACKED;
  const tile = scratch + 2 * PACKED;

  /** A tile that is only partly there: in a place of its own. */
  const edge = (
    at: number,
    stride: number,
    rows: number,
    columns: number,
    a: number,
    b: number,
    k: number,
    keep: number,
  ): void => {
    if (keep)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) numbers[tile + 8 * i + j] = numbers[at + i * stride + j] as number;
    tiles(a, b, 4 * tile, 32, 1, 1, k, keep);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) numbers[at + i * stride + j] = numbers[tile + 8 * i + j] as number;
  };

  /** One block of A and one of B, both packed. */
  const block = (m: number, n: number, k: number, c: number, stride: number, keep: number): void => {
    const [rows, columns] = [m >> 2, n >> 3];
    if (rows > 0 && columns > 0) tiles(packedA, packedB, 4 * c, 4 * stride, rows, columns, k, keep);
    if (n & 7)
      for (let i = 0; i < m; i += 4)
        edge(
          c + i * stride + 8 * columns,
          stride,
          Math.min(4, m - i),
          n & 7,
          packedA + 4 * i * k,
          packedB + 32 * columns * k,
          k,
          keep,
        );
    if (m & 3)
      for (let j = 0; j < columns; j++)
        edge(c + 4 * rows * stride + 8 * j, stride, m & 3, 8, packedA + 16 * rows * k, packedB + 32 * j * k, k, keep);
  };

  return (m, n, k, a, aDown, aRight, b, bDown, bRight, c, cDown, keep) => {
    if (k === 0 && !keep) for (let i = 0; i < m; i++) numbers.fill(0, c + i * cDown, c + i * cDown + n);
    for (let j = 0; j < n; j += BLOCK) {
      const width = Math.min(BLOCK, n - j);
      for (let p = 0; p < k; p += K_BLOCK) {
        const length = Math.min(K_BLOCK, k - p);
        pack(4 * (b + p * bDown + j * bRight), length, 4 * bDown, width, 4 * bRight, 8, packedB);
        for (let i = 0; i < m; i += BLOCK) {
          const height = Math.min(BLOCK, m - i);
          pack(4 * (a + i * aDown + p * aRight), length, 4 * aRight, height, 4 * aDown, 4, packedA);
          block(height, width, length, c + i * cDown + j, cDown, keep || p > 0 ? 1 : 0);
        }
      }
    }
  };
};

/** A memory of `megabytes`, most of which is given only when it is written to, with the product of matrices in it. */
export const createMachine = ({
  megabytes = 64,
  plain = false,
}: {
  megabytes?: number;
  plain?: boolean;
} = {}): Machine => {
  const room = Math.ceil((megabytes * 1_048_576) / 4);
  const web = (globalThis as unknown as { WebAssembly?: WebAssemblyHere }).WebAssembly;
  if (!plain && web) {
    try {
      const memory = new web.Memory({ initial: Math.ceil((4 * (room + SCRATCH)) / PAGE) });
      const gemm = fastGemm(web, memory, room);
      return { numbers: new Float32Array(memory.buffer, 0, room), gemm, simd: true };
    } catch {
      // An engine without SIMD, or a page that forbids WebAssembly: slower, and the same.
    }
  }
  const numbers = new Float32Array(room);
  return { numbers, gemm: plainGemm(numbers), simd: false };
};
