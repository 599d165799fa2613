import type { StaticTable } from '../model/static-embedding.ts';
import type { IndexDoc } from '../ports/search-index.ts';
import { eachWord, LONGEST } from './analyse.ts';
import type { Inverter } from './inverter.ts';
import { WordTable } from './word-table.ts';

/** Title words count twice: measured on the collections of the decision record. */
const TITLE_WEIGHT = 2;
/** Authors of a paper that can be found as plain words. `author:` knows all of them. */
const AUTHORS_IN_TEXT = 24;

/** The marks that a filter over names asks for: all of them must be there. Words that are none give none. */
export const nameMarks = (field: string, name: string): readonly string[] => {
  const words: string[] = [];
  eachWord(name, (word) => words.push(word));
  return words.length < 2
    ? words.map((word) => `${field}:${word}`)
    : words.slice(1).map((word, i) => `${field}:${words[i]} ${word}`);
};

/** Words that are corrected to and from have at least so many letters. */
export const SHORTEST_CORRECTED = 4;

/** The byte in lower case where it is a letter or digit of ASCII, else 0. */
const FOLDED = Uint8Array.from({ length: 128 }, (_, byte) => {
  const lower = String.fromCharCode(byte).toLowerCase();
  return /[a-z0-9]/.test(lower) ? lower.charCodeAt(0) : 0;
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Room for a word or a mark, in bytes: UTF-8 has at most three for a UTF-16 unit. */
const WORD_ROOM = 3 * (2 * LONGEST + 32);

/** Turns papers into numbers of words, for the index and for static vectors. What it knows of words stays from segment to segment. */
export class Analyser {
  readonly table: WordTable;
  private readonly static: StaticTable;
  private text = Buffer.alloc(1 << 14);
  private readonly word = Buffer.alloc(WORD_ROOM);
  private rows = new Int32Array(1 << 12);
  private rowCount = 0;
  private hashes = new Uint16Array(1 << 12);
  private hashCount = 0;

  constructor(table: StaticTable) {
    this.static = table;
    this.table = new WordTable(table);
  }

  private hash(value: number): void {
    if (this.hashCount === this.hashes.length) {
      const larger = new Uint16Array(2 * this.hashes.length);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[this.hashCount++] = value;
  }

  private addRows(word: number): void {
    const { table } = this;
    const from = table.rowsFrom(word);
    const to = table.rowsTo(word);
    const { rows } = table;
    if (this.rowCount + to - from > this.rows.length) {
      const larger = new Int32Array(2 * (this.rowCount + to - from));
      larger.set(this.rows);
      this.rows = larger;
    }
    for (let i = from; i < to; i++) this.rows[this.rowCount++] = rows[i] as number;
  }

  /** Says the bytes of every word, as `eachWord` has them. */
  private each(text: string, take: (bytes: Uint8Array, from: number, to: number) => void): void {
    if (BEYOND_ASCII.test(text)) {
      eachWord(text, (word) => take(this.word, 0, this.word.write(word, 0)));
      return;
    }
    if (text.length >= this.text.length) this.text = Buffer.alloc(2 * text.length);
    const bytes = this.text;
    const { length } = text;
    bytes.write(text, 0, 'latin1');
    bytes[length] = 0;
    let start = -1;
    for (let i = 0; i <= length; i++) {
      const folded = FOLDED[bytes[i] as number] as number;
      bytes[i] = folded;
      if (folded !== 0) {
        if (start < 0) start = i;
      } else if (start >= 0) {
        take(bytes, start, Math.min(i, start + LONGEST));
        start = -1;
      }
    }
  }

  /** Takes the rows of a text that the static table splits into other words than the index does. False for all others. */
  private ownRows(text: string): boolean {
    if (!BEYOND_ASCII.test(text) && !text.includes('\\')) return false;
    // A long word would be cut: its end is left out, as most of its pieces are anyway.
    for (const word of this.static.wordsOf(text))
      this.addRows(this.table.find(this.word, 0, this.word.write(word.slice(0, LONGEST), 0)));
    return true;
  }

  private mark(inverter: Inverter, bytes: Uint8Array, to: number): void {
    inverter.mark(this.table.termOf[this.table.find(bytes, 0, to)] as number);
  }

  private markText(inverter: Inverter, mark: string): void {
    const bytes = Buffer.from(mark);
    this.mark(inverter, bytes, bytes.length);
  }

  /** Marks of names: every word and every two neighbours, so that `author:"yann lecun"` needs no text to be looked at. */
  private markNames(inverter: Inverter, field: string, names: readonly string[]): void {
    const mark = Buffer.alloc(WORD_ROOM);
    const first = mark.write(`${field}:`, 0);
    // What stands before is the word before and a space.
    const pair = Buffer.alloc(WORD_ROOM);
    pair.write(`${field}:`, 0);
    for (const name of names) {
      let before = first;
      this.each(name, (bytes, from, to) => {
        const length = to - from;
        for (let i = 0; i < length; i++) mark[first + i] = bytes[from + i] as number;
        this.mark(inverter, mark, first + length);
        if (before > first) {
          for (let i = 0; i < length; i++) pair[before + i] = bytes[from + i] as number;
          this.mark(inverter, pair, before + length);
        }
        for (let i = 0; i < length; i++) pair[first + i] = bytes[from + i] as number;
        before = first + length;
        pair[before++] = 32;
      });
    }
  }

  /**
   * Adds a paper's words and marks. Words as they were written are counted in `spelled`, by their numbers. Returns its words
   * as hashes in order, 0 between fields, for phrases, and the rows of its title's and abstract's words in the static
   * table; both are valid until the next call.
   */
  add(
    inverter: Inverter,
    doc: IndexDoc,
    averageLength: number,
    spelled: (word: number) => void,
  ): { readonly hashes: Uint16Array; readonly rows: Int32Array } {
    const { table } = this;
    this.hashCount = 0;
    this.rowCount = 0;
    const field = (text: string, weight: number, isMeant: boolean): void => {
      const meant = isMeant && !this.ownRows(text);
      this.each(text, (bytes, from, to) => {
        const word = table.find(bytes, from, to);
        this.hash(table.hashOf[word] as number);
        if (meant) this.addRows(word);
        const term = table.termOf[word] as number;
        if (term < 0) return;
        inverter.add(term, weight);
        if (to - from >= SHORTEST_CORRECTED) spelled(word);
      });
      this.hash(0);
    };
    field(doc.title, TITLE_WEIGHT, true);
    field(doc.abstract, 1, true);
    field(doc.authors.slice(0, AUTHORS_IN_TEXT).join(' '), 1, false);
    if (doc.organisation !== null) field(doc.organisation, 1, false);
    this.markNames(inverter, 'author', doc.authors);
    if (doc.organisation !== null) this.markNames(inverter, 'org', [doc.organisation]);
    for (const category of doc.categories) {
      const code = category.toLowerCase();
      this.markText(inverter, `cat:${code}`);
      if (code.includes('.')) this.markText(inverter, `cat:${code.slice(0, code.indexOf('.'))}`);
    }
    for (const source of doc.sources) this.markText(inverter, `source:${source}`);
    for (const has of doc.has ?? []) this.markText(inverter, `has:${has}`);
    inverter.end(averageLength);
    return { hashes: this.hashes.subarray(0, this.hashCount), rows: this.rows.subarray(0, this.rowCount) };
  }
}
