import { BLOCK, bodyBytes, CHUNK, CHUNK_BITS, even } from './posting-list.ts';

/** Bytes gathered before they are handed on. */
const AT_ONCE = 1 << 22;

/** Where a posting list lies in memory, seen as numbers of one, two and four bytes. */
export interface Bytes {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
}

export const views = (bytes: number): Bytes => {
  const buffer = new ArrayBuffer(bytes);
  return { u8: new Uint8Array(buffer), u16: new Uint16Array(buffer), u32: new Uint32Array(buffer) };
};

/**
 * Writes posting lists one after the other, in the form of `encodePostings`, without memory of its own for each: most terms
 * are on one or two documents only. `hand` gets pieces that are valid until it returns.
 */
export class PostingWriter {
  /** Bytes written so far. */
  length = 0;
  private readonly hand: (piece: Uint8Array) => void;
  private out = views(2 * AT_ONCE);
  private used = 0;
  private documents = new Uint32Array(1 << 16);
  private impacts = new Uint8Array(1 << 16);
  private count = 0;

  constructor(hand: (piece: Uint8Array) => void) {
    this.hand = hand;
  }

  private reserve(count: number): void {
    if (count <= this.documents.length) return;
    const [documents, impacts] = [new Uint32Array(2 * count), new Uint8Array(2 * count)];
    documents.set(this.documents.subarray(0, this.count));
    impacts.set(this.impacts.subarray(0, this.count));
    [this.documents, this.impacts] = [documents, impacts];
  }

  /** Takes postings for the present list; documents go on rising from call to call. */
  take(documents: Uint32Array, impacts: Uint8Array, from: number, to: number): void {
    this.reserve(this.count + to - from);
    for (let i = from; i < to; i++) {
      this.documents[this.count] = documents[i] as number;
      this.impacts[this.count++] = impacts[i] as number;
    }
  }

  /** Takes an encoded list that lies `at` so many bytes, as `renumber` has its documents; -1 is left out. */
  takeList({ u8, u16, u32 }: Bytes, at: number, renumber: Int32Array): void {
    const head = at >>> 2;
    const chunks = u32[head + 1] as number;
    this.reserve(this.count + (u32[head] as number));
    const { documents, impacts } = this;
    let n = this.count;
    let body = at + 8 + 8 * chunks;
    for (let c = 0; c < chunks; c++) {
      const base = ((u32[head + 2 + 2 * c] as number) >>> 8) * CHUNK;
      const count = u32[head + 3 + 2 * c] as number;
      const places = body >>> 1;
      const values = body + 2 * count;
      for (let p = 0; p < count; p++) {
        const to = renumber[base + (u16[places + p] as number)] as number;
        if (to < 0) continue;
        documents[n] = to;
        impacts[n++] = u8[values + p] as number;
      }
      body += bodyBytes(count);
    }
    this.count = n;
  }

  /** Ends the present list. False where it is empty: nothing is written then. */
  put(): boolean {
    const { documents, impacts, count } = this;
    if (count === 0) return false;
    let chunks = 1;
    for (let i = 1; i < count; i++)
      if ((documents[i] as number) >>> CHUNK_BITS !== (documents[i - 1] as number) >>> CHUNK_BITS) chunks++;
    this.room(8 + 12 * chunks + 4 * count + 8);
    const { u8, u16, u32 } = this.out;
    const head = this.used >>> 2;
    u32[head] = count;
    u32[head + 1] = chunks;
    let at = this.used + 8 + 8 * chunks;
    let i = 0;
    for (let c = 0; c < chunks; c++) {
      const chunk = (documents[i] as number) >>> CHUNK_BITS;
      const first = i;
      while (i < count && (documents[i] as number) >>> CHUNK_BITS === chunk) i++;
      const n = i - first;
      const end = at + bodyBytes(n);
      u8.fill(0, at + 2 * n, end);
      const places = at >>> 1;
      const values = at + 2 * n;
      const blocks = values + even(n);
      let most = 0;
      for (let p = 0; p < n; p++) {
        const impact = impacts[first + p] as number;
        u16[places + p] = documents[first + p] as number;
        u8[values + p] = impact;
        const block = blocks + ((p / BLOCK) | 0);
        if (impact > (u8[block] as number)) u8[block] = impact;
        if (impact > most) most = impact;
      }
      u32[head + 2 + 2 * c] = (chunk << 8) | most;
      u32[head + 3 + 2 * c] = n;
      at = end;
    }
    this.length += at - this.used;
    this.used = at;
    this.count = 0;
    return true;
  }

  private room(bytes: number): void {
    if (this.used + bytes <= this.out.u8.length) return;
    this.flush();
    if (bytes > this.out.u8.length) this.out = views(2 * (bytes + (-bytes & 3)));
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.used > 0) this.hand(this.out.u8.subarray(0, this.used));
    this.used = 0;
  }
}
