import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { createVectorBlock, type VectorBlock } from './dot.ts';
import { fineBytes } from './fine.ts';
import { type Lexicon, openLexicon } from './lexicon.ts';
import { openPacked } from './packed.ts';
import { type PostingList, viewPostings } from './posting-list.ts';
import type { CoarseMeta, ColumnsMeta, SegmentEntry } from './segment-files.ts';

/** Bytes of posting lists that all segments together keep in memory. */
const POSTINGS_KEPT = 192 << 20;

const kept = new LRUCache<string, PostingList & { readonly bytes: number }>({
  maxSize: POSTINGS_KEPT,
  sizeCalculation: ({ bytes }) => bytes + 200,
});

/** The static vectors of a segment, gathered in lists. */
export interface Coarse {
  readonly centroids: string | null;
  readonly block: VectorBlock;
  readonly starts: Uint32Array;
  /** Document of each vector, and the place of each document's vector, `NOWHERE` where it has none. */
  readonly documents: Uint32Array;
  readonly places: Uint32Array;
}

export const NOWHERE = 0xffffffff;

const whole = (path: string): Uint8Array => {
  // A copy of its own: views of four-byte numbers must begin at a multiple of four.
  const bytes = readFileSync(path);
  return bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
};

class EndedEarly extends Error {}

const readAt = (file: number, from: number, bytes: number): Uint8Array => {
  const into = new Uint8Array(bytes);
  for (let done = 0; done < bytes; ) {
    const read = readSync(file, into, done, bytes - done, from + done);
    if (read === 0) throw new EndedEarly('the file ends too early');
    done += read;
  }
  return into;
};

/** One segment, opened for reading. What is small is in memory; posting lists, words and names are read as they are asked for. */
export class Segment implements Disposable {
  readonly entry: SegmentEntry;
  readonly folder: string;
  readonly documents: number;
  readonly lexicon: Lexicon;
  readonly ids: Lexicon;
  readonly days: Int32Array;
  readonly categories: readonly string[];
  readonly sources: readonly string[];
  readonly cats: { readonly starts: Uint32Array; readonly values: Uint16Array };
  readonly origins: { readonly starts: Uint32Array; readonly values: Uint16Array };
  /** Bits of the documents that live; null when all do. */
  readonly live: Uint32Array | null;
  private readonly places: Uint32Array;
  private readonly tokenStarts: Uint32Array;
  private readonly nameStarts: Uint32Array;
  private readonly files = new Map<string, number>();
  private gathered: Coarse | null = null;
  private words: Lexicon | null = null;

  constructor(index: string, entry: SegmentEntry) {
    this.entry = entry;
    this.folder = join(index, entry.name);
    const columns = openPacked<ColumnsMeta>(this.file('columns'));
    this.documents = columns.meta.documents;
    this.categories = columns.meta.categories;
    this.sources = columns.meta.sources;
    this.days = columns.i32('days');
    this.places = columns.u32('places');
    this.tokenStarts = columns.u32('tokenStarts');
    this.nameStarts = columns.u32('nameStarts');
    this.cats = { starts: columns.u32('catStarts'), values: columns.u16('cats') };
    this.origins = { starts: columns.u32('sourceStarts'), values: columns.u16('sources') };
    this.lexicon = openLexicon(whole(join(this.folder, 'lexicon')));
    this.ids = openLexicon(whole(join(this.folder, 'ids')));
    this.file('postings');
    this.live = this.readLive();
  }

  private file(name: string): number {
    let file = this.files.get(name);
    if (file === undefined) {
      file = openSync(join(this.folder, name), 'r');
      this.files.set(name, file);
    }
    return file;
  }

  private readLive(): Uint32Array | null {
    if (this.entry.deadFile === null) return null;
    const bits = new Uint32Array(Math.ceil(this.documents / 32));
    new Uint8Array(bits.buffer).set(readFileSync(join(this.folder, this.entry.deadFile)));
    return bits.map((word) => ~word);
  }

  isLive(document: number): boolean {
    return this.live === null || (((this.live[document >>> 5] ?? 0) >>> (document & 31)) & 1) === 1;
  }

  idOf(document: number): string {
    return this.ids.termAt(this.places[document] ?? 0);
  }

  /** The live document of an id; -1 where there is none. */
  documentOf(id: string): number {
    const place = this.ids.find(id);
    if (place < 0) return -1;
    const document = this.ids.value(place);
    return this.isLive(document) ? document : -1;
  }

  /** Null where no document holds the term. */
  postings(term: string): PostingList | null {
    const n = this.lexicon.find(term);
    return n < 0 ? null : this.postingsAt(n);
  }

  postingsAt(n: number): PostingList {
    const key = `${this.folder} ${n}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const [from, to] = this.lexicon.span(n);
    const list = { ...viewPostings(readAt(this.file('postings'), from, to - from)), bytes: to - from };
    kept.set(key, list);
    return list;
  }

  categoriesOf(document: number): readonly string[] {
    const { starts, values } = this.cats;
    return Array.from(values.subarray(starts[document], starts[document + 1]), (n) => this.categories[n] ?? '');
  }

  sourcesOf(document: number): readonly string[] {
    const { starts, values } = this.origins;
    return Array.from(values.subarray(starts[document], starts[document + 1]), (n) => this.sources[n] ?? '');
  }

  tokenCount(document: number): number {
    return (this.tokenStarts[document + 1] ?? 0) - (this.tokenStarts[document] ?? 0);
  }

  nameBytes(document: number): number {
    return (this.nameStarts[document + 1] ?? 0) - (this.nameStarts[document] ?? 0);
  }

  /** Word hashes of a document in order, 0 between fields. */
  tokens(document: number): Uint16Array {
    const [from, to] = [this.tokenStarts[document] ?? 0, this.tokenStarts[document + 1] ?? 0];
    const bytes = readAt(this.file('tokens'), 2 * from, 2 * (to - from));
    return new Uint16Array(bytes.buffer, 0, to - from);
  }

  nameText(document: number): Uint8Array {
    return readAt(this.file('names'), this.nameStarts[document] ?? 0, this.nameBytes(document));
  }

  names(document: number): readonly [title: string, authors: readonly string[], organisation: string | null] {
    return JSON.parse(Buffer.from(this.nameText(document)).toString('utf8'));
  }

  /** Words as they were written, with how often; read on first use. */
  get vocabulary(): Lexicon {
    this.words ??= openLexicon(whole(join(this.folder, 'vocabulary')));
    return this.words;
  }

  /** Read on first use, and then in memory. */
  get coarse(): Coarse {
    if (this.gathered !== null) return this.gathered;
    const packed = openPacked<CoarseMeta>(this.file('coarse'));
    const documents = packed.u32('documents');
    const places = new Uint32Array(this.documents).fill(NOWHERE);
    for (let i = 0; i < documents.length; i++) places[documents[i] as number] = i;
    const block = createVectorBlock(documents.length, packed.meta.length);
    const [from, bytes] = packed.span('vectors');
    for (let done = 0; done < bytes; ) {
      const into = new Uint8Array(block.bytes.buffer, block.bytes.byteOffset, bytes);
      const read = readSync(this.file('coarse'), into, done, bytes - done, from + done);
      if (read === 0) throw new Error('the file ends too early');
      done += read;
    }
    this.gathered = { centroids: packed.meta.centroids, block, starts: packed.u32('starts'), documents, places };
    return this.gathered;
  }

  /** The fine vector of a document under `tag` as it is kept (`fine.ts`); null where none was written. */
  fine(tag: string, document: number, dimensions: number): Uint8Array | null {
    const bytes = fineBytes(dimensions);
    try {
      return readAt(this.file(`fine-${tag}`), document * bytes, bytes);
    } catch (error) {
      // The file is made with the first vector, and only as long as the last one.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof EndedEarly) return null;
      throw error;
    }
  }

  /** 1 for each document that has a fine vector under `tag`. */
  hasFine(tag: string): Uint8Array {
    const has = new Uint8Array(this.documents);
    try {
      has.set(readFileSync(join(this.folder, `has-${tag}`)).subarray(0, this.documents));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return has;
  }

  [Symbol.dispose](): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
  }
}
