import { encodeLexicon } from './lexicon.ts';
import { encodePostings } from './posting-list.ts';

/** BM25's saturation and length normalisation (Robertson and Zaragoza 2009), as decision 0070 found them best. */
const K1 = 0.9;
const B = 0.5;
/** An impact of 255 stands for the most a term can count, `k1 + 1`. */
const MOST = K1 + 1;

/** What one unit of impact is worth: BM25 is `idf × impact × IMPACT_UNIT`. */
export const IMPACT_UNIT = MOST / 255;

/** BM25's part of a term in a document, without the idf, as 1 … 255. */
export const impactOf = (frequency: number, length: number, averageLength: number): number => {
  const part = (frequency * MOST) / (frequency + K1 * (1 - B + (B * length) / averageLength));
  return Math.max(1, Math.min(255, Math.round((part / MOST) * 255)));
};

/** Robertson's idf, never negative, as Lucene has it. */
export const idfOf = (documents: number, holding: number): number =>
  Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));

class Growing {
  private values = new Uint32Array(1 << 16);
  length = 0;
  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
  view(): Uint32Array {
    return this.values.subarray(0, this.length);
  }
}

/** Collects documents and turns them into a lexicon and its postings. Documents are numbered as they are added, from 0. */
export class Inverter {
  private readonly numbers = new Map<string, number>();
  private readonly terms: string[] = [];
  private readonly held = new Growing();
  private readonly values = new Growing();
  private readonly ends = new Growing();
  private frequency = new Float32Array(1 << 12);
  private readonly inDocument: number[] = [];
  private length = 0;

  private numberOf(term: string): number {
    const known = this.numbers.get(term);
    if (known !== undefined) return known;
    const number = this.terms.push(term) - 1;
    this.numbers.set(term, number);
    if (number >= this.frequency.length) {
      const larger = new Float32Array(2 * this.frequency.length);
      larger.set(this.frequency);
      this.frequency = larger;
    }
    return number;
  }

  /** A word of the document being added, counted `weight` times. */
  add(term: string, weight: number): void {
    const number = this.numberOf(term);
    if (this.frequency[number] === 0) this.inDocument.push(number);
    this.frequency[number] = (this.frequency[number] ?? 0) + weight;
    this.length += weight;
  }

  /** A mark of the document being added that is filtered by, not ranked by (`cat:cs.LG`). */
  mark(term: string): void {
    const number = this.numberOf(term);
    if (this.frequency[number] === 0) this.inDocument.push(number);
    this.frequency[number] = -1;
  }

  /** Ends the document being added. `averageLength` in the unit of weights. */
  end(averageLength: number): void {
    for (const number of this.inDocument) {
      const frequency = this.frequency[number] ?? 0;
      this.held.push(number);
      this.values.push(frequency < 0 ? 1 : impactOf(frequency, this.length, averageLength));
      this.frequency[number] = 0;
    }
    this.inDocument.length = 0;
    this.length = 0;
    this.ends.push(this.held.length);
  }

  finish(): { readonly lexicon: Uint8Array; readonly postings: readonly Uint8Array[] } {
    const [held, values, ends] = [this.held.view(), this.values.view(), this.ends.view()];
    const starts = new Uint32Array(this.terms.length + 1);
    for (const number of held) starts[number + 1] = (starts[number + 1] ?? 0) + 1;
    for (let t = 0; t < this.terms.length; t++) starts[t + 1] = (starts[t + 1] ?? 0) + (starts[t] ?? 0);
    const next = starts.slice();
    const documents = new Uint32Array(held.length);
    const impacts = new Uint8Array(held.length);
    let i = 0;
    for (let document = 0; document < ends.length; document++) {
      for (const end = ends[document] ?? 0; i < end; i++) {
        const number = held[i] as number;
        const at = next[number] as number;
        next[number] = at + 1;
        documents[at] = document;
        impacts[at] = values[i] as number;
      }
    }
    const sorted = this.terms
      .map((term, number) => ({ bytes: Buffer.from(term), number }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    const offsets = new Uint32Array(sorted.length + 1);
    const postings = sorted.map(({ number }, place) => {
      const [from, to] = [starts[number] ?? 0, starts[number + 1] ?? 0];
      const list = encodePostings(documents.subarray(from, to), impacts.subarray(from, to));
      offsets[place + 1] = (offsets[place] ?? 0) + list.length / 4;
      return list;
    });
    return {
      lexicon: encodeLexicon(
        sorted.map(({ bytes }) => bytes),
        offsets,
      ),
      postings,
    };
  }
}
