import type { StaticTable } from '../model/static-embedding.ts';
import { termOf } from './analyse.ts';

/** Words that are remembered from one segment to the next. */
const KEPT = 1_000_000;
const STOP = -1;

/** Sixteen bits of a word, never 0: phrases are looked up in these. FNV-1a, folded. */
export const wordHash = (word: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return ((hash >>> 16) ^ hash) & 0xffff || 1;
};

const larger = <T extends Int32Array | Uint16Array | Uint8Array>(array: T): T => {
  const more = new (array.constructor as new (length: number) => T)(2 * array.length);
  more.set(array);
  return more;
};

/**
 * All that is known of words, found by their bytes: no string is made for a word that was seen before. Words are folded
 * UTF-8; marks (`cat:cs.lg`) hold a colon and are terms as they are.
 */
export class WordTable {
  /** Words and terms by number. */
  words: string[] = [];
  terms: string[] = [];
  /** Of each word its term, -1 for stop words, and the hash phrases know it by. */
  termOf = new Int32Array(1 << 16);
  hashOf = new Uint16Array(1 << 16);
  /** Rows of the static table, those of each word together. */
  rows = new Int32Array(1 << 16);
  /** Of each word where its rows begin and end, once somebody has asked. */
  private rowSpans = new Int32Array(1 << 17);
  private rowCount = 0;
  private readonly table: StaticTable;
  private numbers = new Map<string, number>();
  private slots = new Int32Array(1 << 18);
  private hashes = new Int32Array(1 << 16);
  private starts = new Int32Array(1 << 16);
  private text = new Uint8Array(1 << 20);

  constructor(table: StaticTable) {
    this.table = table;
  }

  /** To be called when nobody holds numbers of words or terms: forgets them all when they are many. */
  rest(): void {
    if (this.words.length < KEPT) return;
    this.words = [];
    this.terms = [];
    this.numbers = new Map();
    this.slots = new Int32Array(1 << 18);
    this.rowCount = 0;
  }

  /** Where the rows of a word begin in `rows`. */
  rowsFrom(word: number): number {
    const from = this.rowSpans[2 * word] as number;
    return from < 0 ? this.readRows(word) : from;
  }

  /** Of a word whose rows were asked for. */
  rowsTo(word: number): number {
    return this.rowSpans[2 * word + 1] as number;
  }

  private readRows(word: number): number {
    const from = this.rowCount;
    for (const row of this.table.rowsOf(this.words[word] as string)) {
      if (this.rowCount === this.rows.length) this.rows = larger(this.rows);
      this.rows[this.rowCount++] = row;
    }
    this.rowSpans[2 * word] = from;
    this.rowSpans[2 * word + 1] = this.rowCount;
    return from;
  }

  /** Number of the word that stands in `bytes` from … to - 1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const n = (this.slots[slot] as number) - 1;
      if (n < 0) return this.add(bytes, from, to, hash, slot);
      if (this.hashes[n] === hash && this.same(n, bytes, from, to)) return n;
    }
  }

  private same(n: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[n] as number;
    if ((this.starts[n + 1] as number) - start !== to - from) return false;
    for (let i = from, at = start; i < to; i++, at++) if (this.text[at] !== bytes[i]) return false;
    return true;
  }

  private add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const n = this.words.length;
    const start = n === 0 ? 0 : (this.starts[n] as number);
    while (start + to - from > this.text.length) this.text = larger(this.text);
    if (n + 2 > this.starts.length) {
      this.starts = larger(this.starts);
      this.hashes = larger(this.hashes);
      this.termOf = larger(this.termOf);
      this.hashOf = larger(this.hashOf);
      this.rowSpans = larger(this.rowSpans);
    }
    this.text.set(bytes.subarray(from, to), start);
    this.starts[n] = start;
    this.starts[n + 1] = start + to - from;
    this.hashes[n] = hash;
    this.slots[slot] = n + 1;
    const word = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
    this.words.push(word);
    const isMark = word.includes(':');
    const term = isMark ? word : termOf(word);
    this.termOf[n] = term === null ? STOP : this.numberOf(term);
    this.hashOf[n] = wordHash(term ?? word);
    this.rowSpans[2 * n] = -1;
    if (2 * this.words.length > this.slots.length) this.rehash();
    return n;
  }

  private rehash(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    const mask = this.slots.length - 1;
    for (let n = 0; n < this.words.length; n++) {
      let slot = (this.hashes[n] as number) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = n + 1;
    }
  }

  private numberOf(term: string): number {
    const known = this.numbers.get(term);
    if (known !== undefined) return known;
    const number = this.terms.push(term) - 1;
    this.numbers.set(term, number);
    return number;
  }
}

const SURROGATE = /[\ud800-\udfff]/;

/** Numbers of strings in the order of their strings' UTF-8 bytes. */
export const inOrder = (numbers: readonly number[], strings: readonly string[]): readonly number[] => {
  const numberOf = new Map<string, number>();
  let plain = true;
  for (const n of numbers) {
    const string = strings[n] as string;
    numberOf.set(string, n);
    if (plain && SURROGATE.test(string)) plain = false;
  }
  // UTF-16 has the order of UTF-8, but for surrogates.
  const sorted = plain
    ? [...numberOf.keys()].sort()
    : [...numberOf.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sorted.map((string) => numberOf.get(string) as number);
};
