import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { fineBytes } from './fine.ts';
import type { Lexicon } from './lexicon.ts';
import { type PostingList, viewPostings } from './posting-list.ts';
import type { SegmentEntry } from './segment-files.ts';
import { type Coarse, type CoarseHead, EndedEarly, readAt, SegmentFiles } from './segment-open.ts';

/** Bytes of posting lists that all segments together keep in memory. */
const POSTINGS_KEPT = 192 << 20;

const kept = new LRUCache<number, PostingList & { readonly bytes: number }>({
  maxSize: POSTINGS_KEPT,
  sizeCalculation: ({ bytes }) => bytes + 200,
});

const forget = (serial: number): void => {
  for (const key of [...kept.keys()]) if (Math.floor(key / 2 ** 32) === serial) kept.delete(key);
};

/** One segment, opened for reading. What is small is in memory; posting lists, words and names are read as they are asked for. */
export class Segment implements Disposable {
  readonly entry: SegmentEntry;
  readonly folder: string;
  readonly documents: number;
  readonly days: Int32Array;
  readonly categories: readonly string[];
  readonly sources: readonly string[];
  readonly cats: { readonly starts: Uint32Array; readonly values: Uint16Array };
  readonly origins: { readonly starts: Uint32Array; readonly values: Uint16Array };
  /** Bits of the documents that live; null when all do. */
  readonly live: Uint32Array | null;
  private readonly files: SegmentFiles;
  private closed = false;

  /** `same` is an open segment of the same name, whose files are shared. Throws where a file is missing or not as long as it should be. */
  constructor(index: string, entry: SegmentEntry, same: Segment | null = null) {
    this.entry = entry;
    this.folder = join(index, entry.name);
    this.files = same?.files.use() ?? new SegmentFiles(this.folder, forget);
    const { documents, columns, days, cats, origins } = this.files;
    this.documents = documents;
    this.categories = columns.meta.categories;
    this.sources = columns.meta.sources;
    this.days = days;
    this.cats = cats;
    this.origins = origins;
    try {
      this.live = this.readLive();
    } catch (error) {
      this.files.leave();
      throw error;
    }
  }

  private readLive(): Uint32Array | null {
    if (this.entry.deadFile === null) return null;
    const bits = new Uint32Array(Math.ceil(this.documents / 32));
    const bytes = readFileSync(join(this.folder, this.entry.deadFile));
    if (bytes.length !== bits.byteLength) throw new EndedEarly('the list of the dead is not as long as it should be');
    new Uint8Array(bits.buffer).set(bytes);
    return bits.map((word) => ~word);
  }

  /** Reads what a search needs into memory, a piece at a time; otherwise it is read when it is first asked for. */
  load(): Promise<void> {
    return this.files.load();
  }

  get lexicon(): Lexicon {
    return this.files.lexicon;
  }

  get ids(): Lexicon {
    return this.files.ids;
  }

  /** Words as they were written, with how often. */
  get vocabulary(): Lexicon {
    return this.files.vocabulary;
  }

  /** Which letters each word of the vocabulary has (`letters.ts`). */
  get letters(): Int32Array {
    return this.files.letters;
  }

  get coarse(): Coarse {
    return this.files.coarse;
  }

  get coarseHead(): CoarseHead {
    return this.files.coarseHead;
  }

  /** The static vector at a place of the lists, read from the file. */
  vectorAt(place: number): Int8Array {
    const { vectorsAt, length } = this.files.coarseHead;
    return new Int8Array(readAt(this.files.file('coarse'), vectorsAt + place * length, length).buffer);
  }

  isLive(document: number): boolean {
    return this.live === null || (((this.live[document >>> 5] ?? 0) >>> (document & 31)) & 1) === 1;
  }

  idOf(document: number): string {
    return this.ids.termAt(this.files.places[document] ?? 0);
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
    const key = this.files.serial * 2 ** 32 + n;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const [from, to] = this.lexicon.span(n);
    const list = { ...viewPostings(readAt(this.files.file('postings'), from, to - from)), bytes: to - from };
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

  /** Where the word hashes of a document lie in the file `tokens`, in bytes. */
  tokenSpan(document: number): readonly [from: number, to: number] {
    const { tokenStarts } = this.files;
    return [2 * (tokenStarts[document] ?? 0), 2 * (tokenStarts[document + 1] ?? 0)];
  }

  /** Where the names of a document lie in the file `names`. */
  nameSpan(document: number): readonly [from: number, to: number] {
    const { nameStarts } = this.files;
    return [nameStarts[document] ?? 0, nameStarts[document + 1] ?? 0];
  }

  /** Word hashes of a document in order, 0 between fields. */
  tokens(document: number): Uint16Array {
    const { tokenStarts } = this.files;
    return this.files.tokens(tokenStarts[document] ?? 0, tokenStarts[document + 1] ?? 0);
  }

  names(document: number): readonly [title: string, authors: readonly string[], organisation: string | null] {
    const [from, to] = this.nameSpan(document);
    return JSON.parse(Buffer.from(readAt(this.files.file('names'), from, to - from)).toString('utf8'));
  }

  /** The fine vector of a document under `tag` as it is kept (`fine.ts`); null where none was written. */
  fine(tag: string, document: number, dimensions: number): Uint8Array | null {
    const bytes = fineBytes(dimensions);
    try {
      return readAt(this.files.late(`fine-${tag}`), document * bytes, bytes);
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
    if (this.closed) return;
    this.closed = true;
    this.files.leave();
  }
}
