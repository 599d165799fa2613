/**
 * Words sorted by their UTF-8 bytes, each with a number (of terms: where their postings lie):
 * `u32 terms · u32 text bytes · u32 starts[terms + 1] · u32 offsets[terms + 1] (in four bytes) · text`.
 */
export interface Lexicon {
  readonly size: number;
  /** Number of a term; -1 where it is not there. */
  find(term: string): number;
  /** The number kept with a term. */
  value(n: number): number;
  /** Where the postings of a term lie: [first byte, byte after the last]. */
  span(n: number): readonly [from: number, to: number];
  termAt(n: number): string;
  /** The UTF-8 text of all terms, and where that of a term lies in it. */
  readonly text: Uint8Array;
  textSpan(n: number): readonly [from: number, to: number];
  /** Where the text of each term begins, and that of the last ends. */
  readonly starts: Uint32Array;
  /** Number of the first term that is not before `prefix`. */
  lowerBound(prefix: Uint8Array): number;
}

export const encodeLexicon = (terms: readonly Uint8Array[], offsets: Uint32Array): Uint8Array => {
  const bytes = terms.reduce((sum, term) => sum + term.length, 0);
  const head = 8 + 8 * (terms.length + 1);
  const out = new Uint8Array(head + bytes);
  const numbers = new Uint32Array(out.buffer, 0, head / 4);
  numbers[0] = terms.length;
  numbers[1] = bytes;
  let at = 0;
  for (const [i, term] of terms.entries()) {
    numbers[2 + i] = at;
    out.set(term, head + at);
    at += term.length;
  }
  numbers[2 + terms.length] = at;
  numbers.set(offsets.subarray(0, terms.length + 1), 3 + terms.length);
  return out;
};

/** Gathers terms that come in order, with a number each, without memory of its own for each. */
export class LexiconWriter {
  size = 0;
  private text = Buffer.allocUnsafe(1 << 16);
  private bytes = 0;
  private starts = new Uint32Array(1 << 12);
  private values = new Uint32Array(1 << 12);

  /** The term is what stands in `text` from … to - 1. */
  add(text: Buffer, from: number, to: number, value: number): void {
    if (this.bytes + to - from > this.text.length) {
      const larger = Buffer.allocUnsafe(2 * (this.bytes + to - from));
      this.text.copy(larger, 0, 0, this.bytes);
      this.text = larger;
    }
    text.copy(this.text, this.bytes, from, to);
    this.bytes += to - from;
    this.values[this.size] = value;
    this.grow(this.size + 2);
    this.starts[++this.size] = this.bytes;
  }

  addString(term: string, value: number): void {
    const bytes = Buffer.from(term);
    this.add(bytes, 0, bytes.length, value);
  }

  /** The number after that of the last term. */
  end(value: number): void {
    this.values[this.size] = value;
  }

  private grow(size: number): void {
    if (size <= this.starts.length) return;
    const [starts, values] = [new Uint32Array(2 * size), new Uint32Array(2 * size)];
    starts.set(this.starts);
    values.set(this.values);
    [this.starts, this.values] = [starts, values];
  }

  /** What `encodeLexicon` makes, in pieces. */
  pieces(): readonly Uint8Array[] {
    const bytes = ({ buffer }: Uint32Array, count: number) => new Uint8Array(buffer as ArrayBuffer, 0, 4 * count);
    return [
      bytes(Uint32Array.of(this.size, this.bytes), 2),
      bytes(this.starts, this.size + 1),
      bytes(this.values, this.size + 1),
      this.text.subarray(0, this.bytes),
    ];
  }
}

export const openLexicon = (file: Uint8Array): Lexicon => {
  const [size = 0, bytes = 0] = new Uint32Array(file.buffer, file.byteOffset, 2);
  const starts = new Uint32Array(file.buffer, file.byteOffset + 8, size + 1);
  const offsets = new Uint32Array(file.buffer, file.byteOffset + 8 + 4 * (size + 1), size + 1);
  const text = Buffer.from(file.buffer, file.byteOffset + 8 + 8 * (size + 1), bytes);
  const compareAt = (n: number, term: Uint8Array): number =>
    text.compare(term, 0, term.length, starts[n] as number, starts[n + 1] as number);
  const lowerBound = (term: Uint8Array): number => {
    let low = 0;
    let high = size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(middle, term) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    size,
    lowerBound,
    find: (term) => {
      const bytes = Buffer.from(term);
      const n = lowerBound(bytes);
      return n < size && compareAt(n, bytes) === 0 ? n : -1;
    },
    value: (n) => offsets[n] ?? 0,
    span: (n) => [4 * (offsets[n] ?? 0), 4 * (offsets[n + 1] ?? 0)],
    text,
    starts,
    textSpan: (n) => [starts[n] ?? 0, starts[n + 1] ?? 0],
    termAt: (n) => text.toString('utf8', starts[n] ?? 0, starts[n + 1] ?? 0),
  };
};
