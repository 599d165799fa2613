/** Documents of a segment are scored a chunk at a time: 65,536, so that a place in a chunk is two bytes and its scores stay in the processor's cache. */
export const CHUNK_BITS = 16;
export const CHUNK = 1 << CHUNK_BITS;

/** Postings whose largest impact is known beside them, to be passed over together. */
export const BLOCK = 64;

/** The postings of one term in one chunk, by place, rising. */
export interface ChunkPostings {
  readonly chunk: number;
  /** Largest impact in this chunk. */
  readonly most: number;
  readonly places: Uint16Array;
  /** How much the term counts in the document, 1 … 255. */
  readonly impacts: Uint8Array;
  /** Largest impact of every `BLOCK` postings. */
  readonly blocks: Uint8Array;
}

export interface PostingList {
  /** Documents that hold the term. */
  readonly count: number;
  readonly chunks: readonly ChunkPostings[];
}

export const even = (n: number): number => (n + 1) & ~1;
const four = (n: number): number => (n + 3) & ~3;
/** Bytes of so many postings of one chunk. */
export const bodyBytes = (count: number): number => four(2 * count + even(count) + Math.ceil(count / BLOCK));

/**
 * Writes postings (document numbers rising, impacts beside them) as
 * `u32 count · u32 chunks · chunks × (u32 chunk << 8 | most, u32 count) · chunks × (u16 places, u8 impacts, u8 blocks)`,
 * little-endian, everything at a multiple of its size; the whole is a multiple of four bytes long.
 */
export const encodePostings = (documents: Uint32Array, impacts: Uint8Array): Uint8Array => {
  const total = documents.length;
  const ends: number[] = [];
  for (let i = 1; i <= total; i++) {
    if (i === total || (documents[i] ?? 0) >>> CHUNK_BITS !== (documents[i - 1] ?? 0) >>> CHUNK_BITS) ends.push(i);
  }
  const counts = ends.map((end, i) => end - (ends[i - 1] ?? 0));
  const bytes = 8 + 8 * ends.length + counts.reduce((sum, count) => sum + bodyBytes(count), 0);
  const out = new Uint8Array(bytes);
  const head = new Uint32Array(out.buffer, 0, 2 + 2 * ends.length);
  head[0] = total;
  head[1] = ends.length;
  let at = 8 + 8 * ends.length;
  for (const [c, end] of ends.entries()) {
    const count = counts[c] ?? 0;
    const begin = end - count;
    const places = new Uint16Array(out.buffer, at, count);
    const values = new Uint8Array(out.buffer, at + 2 * count, count);
    const blocks = new Uint8Array(out.buffer, at + 2 * count + even(count), Math.ceil(count / BLOCK));
    let most = 0;
    for (let i = 0; i < count; i++) {
      const impact = impacts[begin + i] ?? 0;
      places[i] = documents[begin + i] ?? 0;
      values[i] = impact;
      if (impact > (blocks[(i / BLOCK) | 0] ?? 0)) blocks[(i / BLOCK) | 0] = impact;
      if (impact > most) most = impact;
    }
    head[2 + 2 * c] = (((documents[begin] ?? 0) >>> CHUNK_BITS) << 8) | most;
    head[3 + 2 * c] = count;
    at += bodyBytes(count);
  }
  return out;
};

/** Views of what `encodePostings` wrote: nothing is copied. `bytes` begins at a multiple of four in its buffer. */
export const viewPostings = (bytes: Uint8Array): PostingList => {
  const { buffer, byteOffset } = bytes;
  const [count = 0, length = 0] = new Uint32Array(buffer, byteOffset, 2);
  const head = new Uint32Array(buffer, byteOffset + 8, 2 * length);
  const chunks: ChunkPostings[] = [];
  let at = byteOffset + 8 + 8 * length;
  for (let c = 0; c < length; c++) {
    const [key = 0, n = 0] = [head[2 * c], head[2 * c + 1]];
    chunks.push({
      chunk: key >>> 8,
      most: key & 255,
      places: new Uint16Array(buffer, at, n),
      impacts: new Uint8Array(buffer, at + 2 * n, n),
      blocks: new Uint8Array(buffer, at + 2 * n + even(n), Math.ceil(n / BLOCK)),
    });
    at += bodyBytes(n);
  }
  return { count, chunks };
};

/** Document numbers of a list, rising. */
export const documentsOf = ({ count, chunks }: PostingList): Uint32Array => {
  const out = new Uint32Array(count);
  let i = 0;
  for (const { chunk, places } of chunks) {
    const base = chunk * CHUNK;
    for (let p = 0; p < places.length; p++) out[i++] = base + (places[p] ?? 0);
  }
  return out;
};
