import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { daysBetween } from '../kernel/day.ts';
import type { StaticTable } from '../model/static-embedding.ts';
import type { IndexDoc } from '../ports/search-index.ts';
import type { Centroids } from './centroids.ts';
import { addDocument } from './document.ts';
import { quantise } from './dot.ts';
import { Inverter } from './inverter.ts';
import { encodeLexicon } from './lexicon.ts';
import { type Column, pack } from './packed.ts';
import { COARSE_SCALE, type CoarseMeta, type ColumnsMeta, writeFileSafely } from './segment-files.ts';

/** A day that is not known. */
export const NO_DAY = -(2 ** 31);

export const dayNumber = (day: string): number => daysBetween('1970-01-01', day);

/** Lists of small numbers that stand for names, one list a document. */
export class Named {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  readonly values: number[] = [];
  readonly starts: number[] = [0];

  number(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  add(names: readonly string[]): void {
    // Sixteen bits hold more names than there are categories or sources; what is beyond is left out.
    for (const name of new Set(names)) if (this.number(name) < 65_536) this.values.push(this.number(name));
    this.starts.push(this.values.length);
  }
}

/** What the files of a segment are made of, whether from papers or from other segments. */
export interface SegmentParts {
  readonly lexicon: Uint8Array;
  readonly postings: Iterable<Uint8Array>;
  readonly ids: readonly Uint8Array[];
  readonly days: Int32Array;
  readonly categories: Named;
  readonly sources: Named;
  /** Word hashes of all documents, and where each document's begin. */
  readonly tokens: Iterable<Uint8Array>;
  readonly tokenStarts: Uint32Array;
  /** JSON `[title, authors, organisation]` of all documents, and where each begins. */
  readonly names: Iterable<Uint8Array>;
  readonly nameStarts: Uint32Array;
  /** Words as they were written, with how often. */
  readonly vocabulary: readonly (readonly [word: Buffer, count: number])[];
  readonly coarse: { readonly meta: CoarseMeta; readonly columns: Readonly<Record<string, Column>> };
}

/** Writes a segment into a folder of its own. Nothing refers to it before a manifest does. */
export const writeSegment = async (folder: string, parts: SegmentParts): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const sorted = parts.ids.map((bytes, document) => ({ bytes, document }));
  sorted.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const documents = new Uint32Array(sorted.length + 1);
  const places = new Uint32Array(sorted.length);
  for (const [place, { document }] of sorted.entries()) {
    documents[place] = document;
    places[document] = place;
  }
  const meta: ColumnsMeta = {
    documents: parts.ids.length,
    categories: parts.categories.names,
    sources: parts.sources.names,
  };
  const columns = {
    days: parts.days,
    places,
    tokenStarts: parts.tokenStarts,
    nameStarts: parts.nameStarts,
    catStarts: Uint32Array.from(parts.categories.starts),
    cats: Uint16Array.from(parts.categories.values),
    sourceStarts: Uint32Array.from(parts.sources.starts),
    sources: Uint16Array.from(parts.sources.values),
  };
  const file = (name: string, pieces: Iterable<Uint8Array>) => writeFileSafely(join(folder, name), pieces);
  await file('postings', parts.postings);
  await file('lexicon', [parts.lexicon]);
  await file('ids', [
    encodeLexicon(
      sorted.map(({ bytes }) => bytes),
      documents,
    ),
  ]);
  await file('columns', pack(meta, columns));
  await file('tokens', parts.tokens);
  await file('names', parts.names);
  await file('vocabulary', [
    encodeLexicon(
      parts.vocabulary.map(([word]) => word),
      Uint32Array.from(parts.vocabulary, ([, count]) => count),
    ),
  ]);
  await file('coarse', pack(parts.coarse.meta, parts.coarse.columns));
};

/** Vectors gathered in lists, one a centroid; without centroids one list. */
export const gather = (
  vectors: readonly { readonly document: number; readonly vector: Int8Array; readonly list: number }[],
  lists: number,
  length: number,
): Readonly<Record<string, Column>> => {
  const starts = new Uint32Array(lists + 1);
  for (const { list } of vectors) starts[list + 1] = (starts[list + 1] ?? 0) + 1;
  for (let i = 0; i < lists; i++) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const next = starts.slice();
  const documents = new Uint32Array(vectors.length);
  const bytes = new Int8Array(vectors.length * length);
  for (const { document, vector, list } of vectors) {
    const at = next[list] as number;
    next[list] = at + 1;
    documents[at] = document;
    bytes.set(vector, at * length);
  }
  return { starts, documents, vectors: bytes };
};

const bytesOf = (array: Uint16Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A segment of papers as they come. */
export class SegmentBuilder {
  private readonly inverter = new Inverter();
  private readonly ids: Buffer[] = [];
  private readonly days: number[] = [];
  private readonly categories = new Named();
  private readonly sources = new Named();
  private readonly tokens: Uint16Array[] = [];
  private readonly tokenStarts: number[] = [0];
  private readonly names: Buffer[] = [];
  private readonly nameStarts: number[] = [0];
  private readonly vectors: { document: number; vector: Int8Array; list: number }[] = [];
  private readonly vocabulary = new Map<string, number>();
  private readonly scratch: Float32Array;
  private readonly table: StaticTable;
  private readonly averageLength: number;
  private readonly centroids: { readonly name: string; readonly points: Centroids } | null;

  constructor(options: {
    readonly table: StaticTable;
    readonly averageLength: number;
    readonly centroids: { readonly name: string; readonly points: Centroids } | null;
  }) {
    this.table = options.table;
    this.averageLength = options.averageLength;
    this.centroids = options.centroids;
    this.scratch = new Float32Array(options.table.dimensions);
  }

  add(doc: IndexDoc): void {
    const document = this.ids.push(Buffer.from(doc.id)) - 1;
    this.days.push(doc.published === null ? NO_DAY : dayNumber(doc.published));
    this.categories.add(doc.categories);
    this.sources.add(doc.sources);
    const hashes = addDocument(this.inverter, doc, this.averageLength, this.vocabulary);
    this.tokens.push(hashes);
    this.tokenStarts.push((this.tokenStarts[document] ?? 0) + hashes.length);
    const names = Buffer.from(JSON.stringify([doc.title, doc.authors, doc.organisation]));
    this.names.push(names);
    this.nameStarts.push((this.nameStarts[document] ?? 0) + names.length);
    const embedded = this.table.embed(`${doc.title}. ${doc.abstract}`, this.scratch);
    if (embedded.every((x) => x === 0)) return;
    const vector = quantise(embedded, COARSE_SCALE);
    this.vectors.push({ document, vector, list: this.centroids?.points.nearest(vector) ?? 0 });
  }

  /** Writes what was added. The builder is spent afterwards. */
  async write(folder: string): Promise<void> {
    const { lexicon, postings } = this.inverter.finish();
    const { dimensions } = this.table;
    await writeSegment(folder, {
      lexicon,
      postings,
      ids: this.ids,
      days: Int32Array.from(this.days),
      categories: this.categories,
      sources: this.sources,
      tokens: this.tokens.map(bytesOf),
      tokenStarts: Uint32Array.from(this.tokenStarts),
      names: this.names,
      nameStarts: Uint32Array.from(this.nameStarts),
      vocabulary: [...this.vocabulary]
        .map(([word, count]) => [Buffer.from(word), count] as const)
        .sort(([a], [b]) => Buffer.compare(a, b)),
      coarse: {
        meta: { centroids: this.centroids?.name ?? null, length: dimensions },
        columns: gather(this.vectors, this.centroids?.points.count ?? 1, dimensions),
      },
    });
  }
}
