import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { daysBetween } from '../kernel/day.ts';
import type { StaticTable } from '../model/static-embedding.ts';
import type { IndexDoc } from '../ports/search-index.ts';
import type { Centroids } from './centroids.ts';
import { Analyser } from './document.ts';
import { quantise } from './dot.ts';
import { Inverter } from './inverter.ts';
import { LexiconWriter } from './lexicon.ts';
import { type Column, pack } from './packed.ts';
import { COARSE_SCALE, type CoarseMeta, type ColumnsMeta, writeFileHanded, writeFileSafely } from './segment-files.ts';
import { createStaticVectors } from './static-vectors.ts';
import { inOrder } from './word-table.ts';

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

  /** What numbers of another list of names are in this one. */
  translate(names: readonly string[]): Uint16Array {
    return Uint16Array.from(names, (name) => Math.min(this.number(name), 65_535));
  }

  /** Takes over the names of a document of another list. */
  addNumbers(
    { starts, values }: { readonly starts: Uint32Array; readonly values: Uint16Array },
    document: number,
    translated: Uint16Array,
  ): void {
    for (let i = starts[document] as number; i < (starts[document + 1] as number); i++)
      this.values.push(translated[values[i] as number] as number);
    this.starts.push(this.values.length);
  }

  add(names: readonly string[]): void {
    // Sixteen bits hold more names than there are categories or sources; what is beyond is left out.
    for (const name of new Set(names)) if (this.number(name) < 65_536) this.values.push(this.number(name));
    this.starts.push(this.values.length);
  }
}

/** What the files of a segment are made of, whether from papers or from other segments. */
export interface SegmentParts {
  /** Hands the postings on, and then says the lexicon. */
  readonly postings: (put: (piece: Uint8Array) => void) => LexiconWriter;
  /** Ids in order, with the document of each, and the place of each document among them. */
  readonly ids: LexiconWriter;
  readonly places: Uint32Array;
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
  readonly vocabulary: LexiconWriter;
  readonly coarse: { readonly meta: CoarseMeta; readonly columns: Readonly<Record<string, Column>> };
}

/** Writes a segment into a folder of its own. Nothing refers to it before a manifest does. */
export const writeSegment = async (folder: string, parts: SegmentParts): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const meta: ColumnsMeta = {
    documents: parts.ids.size,
    categories: parts.categories.names,
    sources: parts.sources.names,
  };
  const columns = {
    days: parts.days,
    places: parts.places,
    tokenStarts: parts.tokenStarts,
    nameStarts: parts.nameStarts,
    catStarts: Uint32Array.from(parts.categories.starts),
    cats: Uint16Array.from(parts.categories.values),
    sourceStarts: Uint32Array.from(parts.sources.starts),
    sources: Uint16Array.from(parts.sources.values),
  };
  const file = (name: string, pieces: Iterable<Uint8Array>) => writeFileSafely(join(folder, name), pieces);
  let lexicon = new LexiconWriter();
  writeFileHanded(join(folder, 'postings'), (put) => {
    lexicon = parts.postings(put);
  });
  await Promise.all([
    file('lexicon', lexicon.pieces()),
    file('ids', parts.ids.pieces()),
    file('columns', pack(meta, columns)),
    file('tokens', parts.tokens),
    file('names', parts.names),
    file('vocabulary', parts.vocabulary.pieces()),
    file('coarse', pack(parts.coarse.meta, parts.coarse.columns)),
  ]);
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

/** What one segment after the other is built with. */
export const createTools = (table: StaticTable) => ({
  table,
  analyser: new Analyser(table),
  vectorOf: createStaticVectors(table),
});

/** A segment of papers as they come. */
export class SegmentBuilder {
  private readonly inverter = new Inverter();
  private readonly ids: string[] = [];
  private readonly days: number[] = [];
  private readonly categories = new Named();
  private readonly sources = new Named();
  private readonly tokens: Uint8Array[] = [];
  private readonly tokenStarts: number[] = [0];
  private readonly names: Buffer[] = [];
  private readonly nameStarts: number[] = [0];
  private readonly vectors: { document: number; vector: Int8Array; list: number }[] = [];
  /** How often each word was written, by its number. */
  private written = new Uint32Array(1 << 16);
  private readonly words: number[] = [];
  private readonly tools: ReturnType<typeof createTools>;
  private readonly averageLength: number;
  private readonly centroids: { readonly name: string; readonly points: Centroids } | null;

  /** One at a time with the same tools. */
  constructor(options: {
    readonly tools: ReturnType<typeof createTools>;
    readonly averageLength: number;
    readonly centroids: { readonly name: string; readonly points: Centroids } | null;
  }) {
    this.tools = options.tools;
    this.averageLength = options.averageLength;
    this.centroids = options.centroids;
    this.tools.analyser.table.rest();
  }

  private readonly spelled = (word: number): void => {
    while (word >= this.written.length) {
      const larger = new Uint32Array(2 * this.written.length);
      larger.set(this.written);
      this.written = larger;
    }
    if (this.written[word] === 0) this.words.push(word);
    this.written[word] = (this.written[word] as number) + 1;
  };

  add(doc: IndexDoc): void {
    const { analyser, vectorOf } = this.tools;
    const document = this.ids.push(doc.id) - 1;
    this.days.push(doc.published === null ? NO_DAY : dayNumber(doc.published));
    this.categories.add(doc.categories);
    this.sources.add(doc.sources);
    const { hashes, rows } = analyser.add(this.inverter, doc, this.averageLength, this.spelled);
    this.tokens.push(bytesOf(hashes.slice()));
    this.tokenStarts.push((this.tokenStarts[document] ?? 0) + hashes.length);
    const names = Buffer.from(JSON.stringify([doc.title, doc.authors, doc.organisation]));
    this.names.push(names);
    this.nameStarts.push((this.nameStarts[document] ?? 0) + names.length);
    const embedded = vectorOf(rows, rows.length);
    if (embedded === null) return;
    const vector = quantise(embedded, COARSE_SCALE);
    this.vectors.push({ document, vector, list: this.centroids?.points.nearest(vector) ?? 0 });
  }

  /** Writes what was added. The builder is spent afterwards. */
  async write(folder: string): Promise<void> {
    const { dimensions } = this.tools.table;
    const { words, terms } = this.tools.analyser.table;
    const ids = new LexiconWriter();
    const places = new Uint32Array(this.ids.length);
    for (const document of inOrder([...this.ids.keys()], this.ids)) {
      places[document] = ids.size;
      ids.addString(this.ids[document] as string, document);
    }
    const vocabulary = new LexiconWriter();
    for (const word of inOrder(this.words, words))
      vocabulary.addString(words[word] as string, this.written[word] as number);
    await writeSegment(folder, {
      postings: (put) => this.inverter.finish(terms, put),
      ids,
      places,
      days: Int32Array.from(this.days),
      categories: this.categories,
      sources: this.sources,
      tokens: this.tokens,
      tokenStarts: Uint32Array.from(this.tokenStarts),
      names: this.names,
      nameStarts: Uint32Array.from(this.nameStarts),
      vocabulary,
      coarse: {
        meta: { centroids: this.centroids?.name ?? null, length: dimensions },
        columns: gather(this.vectors, this.centroids?.points.count ?? 1, dimensions),
      },
    });
  }
}
