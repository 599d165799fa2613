import { LexiconWriter } from './lexicon.ts';
import { PostingWriter } from './posting-writer.ts';
import { inOrder } from './word-table.ts';

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

/** Collects documents and turns them into a lexicon and its postings. Documents are numbered as they are added, from 0; terms are numbers of a word table. */
export class Inverter {
  private readonly held = new Growing();
  private readonly values = new Growing();
  private readonly ends = new Growing();
  private frequency = new Float32Array(1 << 16);
  private readonly inDocument = new Growing();
  private length = 0;

  private note(term: number): void {
    while (term >= this.frequency.length) {
      const larger = new Float32Array(2 * this.frequency.length);
      larger.set(this.frequency);
      this.frequency = larger;
    }
    if (this.frequency[term] === 0) this.inDocument.push(term);
  }

  /** A word of the document being added, counted `weight` times. */
  add(term: number, weight: number): void {
    this.note(term);
    this.frequency[term] = (this.frequency[term] as number) + weight;
    this.length += weight;
  }

  /** A mark of the document being added that is filtered by, not ranked by (`cat:cs.LG`). */
  mark(term: number): void {
    this.note(term);
    this.frequency[term] = -1;
  }

  /** Ends the document being added. `averageLength` in the unit of weights. */
  end(averageLength: number): void {
    for (const term of this.inDocument.view()) {
      const frequency = this.frequency[term] as number;
      this.held.push(term);
      this.values.push(frequency < 0 ? 1 : impactOf(frequency, this.length, averageLength));
      this.frequency[term] = 0;
    }
    this.inDocument.length = 0;
    this.length = 0;
    this.ends.push(this.held.length);
  }

  /** Hands the postings on, and returns the lexicon. `terms` are those of the word table. */
  finish(terms: readonly string[], put: (piece: Uint8Array) => void): LexiconWriter {
    const [held, values, ends] = [this.held.view(), this.values.view(), this.ends.view()];
    const starts = new Uint32Array(terms.length + 1);
    for (let i = 0; i < held.length; i++)
      starts[(held[i] as number) + 1] = (starts[(held[i] as number) + 1] as number) + 1;
    const present: number[] = [];
    for (let t = 0; t < terms.length; t++) {
      if ((starts[t + 1] as number) > 0) present.push(t);
      starts[t + 1] = (starts[t + 1] as number) + (starts[t] as number);
    }
    const next = starts.slice();
    const documents = new Uint32Array(held.length);
    const impacts = new Uint8Array(held.length);
    let i = 0;
    for (let document = 0; document < ends.length; document++) {
      for (const end = ends[document] as number; i < end; i++) {
        const number = held[i] as number;
        const at = next[number] as number;
        next[number] = at + 1;
        documents[at] = document;
        impacts[at] = values[i] as number;
      }
    }
    const lexicon = new LexiconWriter();
    const postings = new PostingWriter(put);
    for (const term of inOrder(present, terms)) {
      lexicon.addString(terms[term] as string, postings.length / 4);
      postings.take(documents, impacts, starts[term] as number, starts[term + 1] as number);
      postings.put();
    }
    lexicon.end(postings.length / 4);
    postings.flush();
    return lexicon;
  }
}
