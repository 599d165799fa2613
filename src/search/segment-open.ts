import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createVectorBlock, type VectorBlock } from './dot.ts';
import { lettersOfAll } from './letters.ts';
import { type Lexicon, openLexicon } from './lexicon.ts';
import { openPacked, type Packed } from './packed.ts';
import type { CoarseMeta, ColumnsMeta } from './segment-files.ts';

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

export class EndedEarly extends Error {}

/** Throws `EndedEarly`. */
export const readAt = (file: number, from: number, bytes: number): Uint8Array => {
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

/** Words in order are kept in memory where those of a segment take no more bytes than this; else they are read as they are asked for. */
const TOKENS_KEPT = 64 << 20;

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
export class SegmentFiles {
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
  private readonly closed: () => void;
  private users = 1;
  private words: Lexicon | null = null;
  private terms: Lexicon | null = null;
  private names: Lexicon | null = null;
  private inWords: Int32Array | null = null;
  private head: CoarseHead | null = null;
  private gathered: Coarse | null = null;
  private tokensInMemory: Uint16Array | null = null;

  /** `closed` is called when nobody uses the files any more. */
  constructor(folder: string, closed: (serial: number) => void) {
    this.folder = folder;
    this.closed = () => closed(this.serial);
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
    if (this.tokensInMemory === null && sizeOf(this.file('tokens')) <= TOKENS_KEPT) {
      const hashes = new Uint16Array(sizeOf(this.file('tokens')) / 2);
      await fill(this.file('tokens'), 0, new Uint8Array(hashes.buffer));
      this.tokensInMemory = hashes;
    }
    if (this.gathered !== null) return;
    const { coarse, from, into } = this.roomForCoarse();
    await fill(this.file('coarse'), from, into);
    this.gathered = coarse;
  }

  /** Word hashes from … to - 1 of the file `tokens`. */
  tokens(from: number, to: number): Uint16Array {
    if (this.tokensInMemory !== null) return this.tokensInMemory.subarray(from, to);
    return new Uint16Array(readAt(this.file('tokens'), 2 * from, 2 * (to - from)).buffer);
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
    this.closed();
  }
}
