import { closeSync, fstatSync, openSync, read, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LRUCache } from 'lru-cache';
import { createVectorBlock, type VectorBlock } from './dot.ts';
import { fineBytes } from './fine.ts';
import { lettersOfAll } from './letters.ts';
import { type Lexicon, openLexicon } from './lexicon.ts';
import { openPacked, type Packed } from './packed.ts';
import { type PostingList, viewPostings } from './posting-list.ts';
import type { CoarseMeta, ColumnsMeta, SegmentEntry } from './segment-files.ts';

/** Bytes of posting lists that all segments together keep in memory. */
const POSTINGS_KEPT = 192 << 20;

const kept = new LRUCache<number, PostingList & { readonly bytes: number }>({
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

/** The same, with its vectors left where they are: so many bytes of the file `coarse`, from a byte on. */
export interface CoarseHead extends Pick<Coarse, 'centroids' | 'starts' | 'documents'> {
  readonly length: number;
  readonly vectorsAt: number;
  readonly bytes: number;
}

export const NOWHERE = 0xffffffff;

class EndedEarly extends Error {}

const readAt = (file: number, from: number, bytes: number): Uint8Array => {
  const into = new Uint8Array(bytes);
  for (let done = 0; done < bytes; ) {
    const n = readSync(file, into, done, bytes - done, from + done);
    if (n === 0) throw new EndedEarly('the file ends too early');
    done += n;
  }
  return into;
};

const readSome = promisify(read);

/** Fills `into` from a file without keeping the thread: others get their turn between pieces. */
const fill = async (file: number, from: number, into: Uint8Array): Promise<void> => {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await readSome(file, into, done, Math.min(PIECE, into.length - done), from + done);
    if (bytesRead === 0) throw new EndedEarly('the file ends too early');
    done += bytesRead;
  }
};

const PIECE = 8 << 20;

const FILES = ['columns', 'postings', 'lexicon', 'ids', 'tokens', 'names', 'vocabulary', 'coarse'] as const;
type FileName = (typeof FILES)[number];

const sizeOf = (file: number): number => fstatSync(file).size;

/** Throws where a lexicon's file is not as long as its head says; returns the number kept beyond the last term. */
const checkLexicon = (file: number): number => {
  const [size = 0, bytes = 0] = new Uint32Array(readAt(file, 0, 8).buffer);
  if (sizeOf(file) !== 8 + 8 * (size + 1) + bytes)
    throw new EndedEarly('a list of words is not as long as it should be');
  return new Uint32Array(readAt(file, 8 + 4 * (2 * size + 1), 4).buffer)[0] ?? 0;
};

let opened = 0;

/** The files of a segment, which never change but for its fine vectors. Shared by all who know different documents of it dead. */
class SegmentFiles {
  readonly folder: string;
  readonly columns: Packed<ColumnsMeta>;
  readonly documents: number;
  readonly days: Int32Array;
  readonly places: Uint32Array;
  readonly tokenStarts: Uint32Array;
  readonly nameStarts: Uint32Array;
  readonly cats: { readonly starts: Uint32Array; readonly values: Uint16Array };
  readonly origins: { readonly starts: Uint32Array; readonly values: Uint16Array };
  readonly serial = opened++;
  private readonly files = new Map<string, number>();
  private users = 1;
  private words: Lexicon | null = null;
  private terms: Lexicon | null = null;
  private names: Lexicon | null = null;
  private inWords: Int32Array | null = null;
  private head: CoarseHead | null = null;
  private gathered: Coarse | null = null;

  constructor(folder: string) {
    this.folder = folder;
    try {
      // All at once: whoever has begun to read a segment can go on when it was merged away.
      for (const name of FILES) this.files.set(name, openSync(join(folder, name), 'r'));
      this.columns = openPacked<ColumnsMeta>(this.file('columns'));
      this.documents = this.columns.meta.documents;
      this.days = this.columns.i32('days');
      this.places = this.columns.u32('places');
      this.tokenStarts = this.columns.u32('tokenStarts');
      this.nameStarts = this.columns.u32('nameStarts');
      this.cats = { starts: this.columns.u32('catStarts'), values: this.columns.u16('cats') };
      this.origins = { starts: this.columns.u32('sourceStarts'), values: this.columns.u16('sources') };
      this.check();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Throws where a file is shorter or longer than the others say. */
  private check(): void {
    const lengths: readonly (readonly [FileName, number])[] = [
      ['postings', 4 * checkLexicon(this.file('lexicon'))],
      ['tokens', 2 * (this.tokenStarts[this.documents] ?? 0)],
      ['names', this.nameStarts[this.documents] ?? 0],
    ];
    for (const [name, length] of lengths)
      if (sizeOf(this.file(name)) !== length) throw new EndedEarly(`${name} is not as long as it should be`);
    checkLexicon(this.file('ids'));
    checkLexicon(this.file('vocabulary'));
    const [from, bytes] = openPacked<CoarseMeta>(this.file('coarse')).span('vectors');
    if (sizeOf(this.file('coarse')) < from + bytes) throw new EndedEarly('coarse is not as long as it should be');
  }

  file(name: FileName): number {
    const file = this.files.get(name);
    if (file === undefined) throw new Error('the segment has been closed');
    return file;
  }

  /** A file that may not be there yet. Throws `ENOENT` then. */
  late(name: string): number {
    this.file('columns');
    let file = this.files.get(name);
    if (file === undefined) {
      file = openSync(join(this.folder, name), 'r');
      this.files.set(name, file);
    }
    return file;
  }

  private whole(name: FileName): Uint8Array {
    const file = this.file(name);
    return readAt(file, 0, sizeOf(file));
  }

  get lexicon(): Lexicon {
    this.terms ??= openLexicon(this.whole('lexicon'));
    return this.terms;
  }

  get ids(): Lexicon {
    this.names ??= openLexicon(this.whole('ids'));
    return this.names;
  }

  get vocabulary(): Lexicon {
    this.words ??= openLexicon(this.whole('vocabulary'));
    return this.words;
  }

  get coarseHead(): CoarseHead {
    if (this.head !== null) return this.head;
    const packed = openPacked<CoarseMeta>(this.file('coarse'));
    const [vectorsAt, bytes] = packed.span('vectors');
    this.head = {
      centroids: packed.meta.centroids,
      length: packed.meta.length,
      documents: packed.u32('documents'),
      starts: packed.u32('starts'),
      vectorsAt,
      bytes,
    };
    return this.head;
  }

  get letters(): Int32Array {
    this.inWords ??= lettersOfAll(this.vocabulary);
    return this.inWords;
  }

  private roomForCoarse(): { readonly coarse: Coarse; readonly from: number; readonly into: Uint8Array } {
    const { centroids, length, documents, starts, vectorsAt, bytes } = this.coarseHead;
    const places = new Uint32Array(this.documents).fill(NOWHERE);
    for (let i = 0; i < documents.length; i++) places[documents[i] as number] = i;
    const block = createVectorBlock(documents.length, length);
    const into = new Uint8Array(block.bytes.buffer, block.bytes.byteOffset, bytes);
    return { coarse: { centroids, block, starts, documents, places }, from: vectorsAt, into };
  }

  get coarse(): Coarse {
    if (this.gathered !== null) return this.gathered;
    const { coarse, from, into } = this.roomForCoarse();
    const file = this.file('coarse');
    for (let done = 0; done < into.length; ) {
      const n = readSync(file, into, done, into.length - done, from + done);
      if (n === 0) throw new EndedEarly('the file ends too early');
      done += n;
    }
    this.gathered = coarse;
    return coarse;
  }

  /** Reads what a search needs into memory, a piece at a time. */
  async load(): Promise<void> {
    const lexicon = async (name: FileName): Promise<Lexicon> => {
      const bytes = new Uint8Array(sizeOf(this.file(name)));
      await fill(this.file(name), 0, bytes);
      return openLexicon(bytes);
    };
    this.terms ??= await lexicon('lexicon');
    this.names ??= await lexicon('ids');
    this.words ??= await lexicon('vocabulary');
    if (this.gathered !== null) return;
    const { coarse, from, into } = this.roomForCoarse();
    await fill(this.file('coarse'), from, into);
    this.gathered = coarse;
  }

  use(): this {
    this.file('columns');
    this.users++;
    return this;
  }

  leave(): void {
    if (--this.users === 0) this.close();
  }

  private close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
    for (const key of [...kept.keys()]) if (Math.floor(key / 2 ** 32) === this.serial) kept.delete(key);
  }
}

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
    this.files = same?.files.use() ?? new SegmentFiles(this.folder);
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
    const [from, to] = this.tokenSpan(document);
    return new Uint16Array(readAt(this.files.file('tokens'), from, to - from).buffer);
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
