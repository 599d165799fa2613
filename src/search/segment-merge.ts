import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Centroids } from './centroids.ts';
import { fineBytes } from './fine.ts';
import { type Lexicon, LexiconWriter } from './lexicon.ts';
import { PostingWriter, views } from './posting-writer.ts';
import type { Segment } from './segment.ts';
import { Named, writeSegment } from './segment-build.ts';
import { writeFileSafely } from './segment-files.ts';

/** A segment to be merged: which number each of its documents gets, rising, -1 for dead ones. */
interface Input {
  readonly segment: Segment;
  readonly renumber: Int32Array;
}

/** Bytes read ahead of a file that is read from one end to the other. */
const AHEAD = 1 << 22;

/** Reads a file in order, a piece at a time, without asking the system for every piece. */
class Sequential implements Disposable {
  private readonly file: number;
  private readonly path: string;
  /** What was read last; it begins at a multiple of four of the file, and is overwritten by what is read next. */
  bytes = views(AHEAD);
  private start = 0;
  private length = 0;

  constructor(path: string) {
    this.path = path;
    this.file = openSync(path, 'r');
  }

  /** Makes bytes from … to - 1 stand in `bytes`, and returns where. `from` never goes back; `to` is at most 4 GB beyond. */
  at(from: number, to: number): number {
    if (from < this.start || to > this.start + this.length) {
      const begin = from - (from % 4);
      if (to - begin > this.bytes.u8.length) this.bytes = views(4 * (to - begin));
      this.start = begin;
      this.length = 0;
      while (this.length < this.bytes.u8.length) {
        const n = readSync(
          this.file,
          this.bytes.u8,
          this.length,
          this.bytes.u8.length - this.length,
          begin + this.length,
        );
        if (n === 0) break;
        this.length += n;
      }
      if (to > begin + this.length) throw new Error(`${this.path} ends too early`);
    }
    return from - this.start;
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }
}

const numberAll = (segments: readonly Segment[]): { inputs: readonly Input[]; documents: number } => {
  let documents = 0;
  const inputs = segments.map((segment) => {
    const renumber = new Int32Array(segment.documents);
    for (let d = 0; d < segment.documents; d++) renumber[d] = segment.isLive(d) ? documents++ : -1;
    return { segment, renumber };
  });
  return { inputs, documents };
};

interface Cursor {
  readonly text: Buffer;
  readonly lexicon: Lexicon;
  /** Number of the present term, and where its text lies. */
  n: number;
  from: number;
  to: number;
}

const step = (cursor: Cursor): void => {
  cursor.n++;
  if (cursor.n < cursor.lexicon.size) [cursor.from, cursor.to] = cursor.lexicon.textSpan(cursor.n);
};

/** Walks several sorted lexicons as one: says each term once, with those that stand at it. These are numbers of lexicons, valid until the next. */
const eachTerm = (
  lexicons: readonly Lexicon[],
  take: (text: Buffer, from: number, to: number, holders: readonly number[], cursors: readonly Cursor[]) => void,
): void => {
  const cursors = lexicons.map((lexicon): Cursor => {
    const cursor = { text: lexicon.text as Buffer, lexicon, n: -1, from: 0, to: 0 };
    step(cursor);
    return cursor;
  });
  const holders: number[] = [];
  for (;;) {
    holders.length = 0;
    let least: Cursor | null = null;
    for (let i = 0; i < cursors.length; i++) {
      const cursor = cursors[i] as Cursor;
      if (cursor.n >= cursor.lexicon.size) continue;
      const order: number =
        least === null ? -1 : cursor.text.compare(least.text, least.from, least.to, cursor.from, cursor.to);
      if (order > 0) continue;
      if (order < 0) {
        least = cursor;
        holders.length = 0;
      }
      holders.push(i);
    }
    if (least === null) return;
    take(least.text, least.from, least.to, holders, cursors);
    for (const i of holders) step(cursors[i] as Cursor);
  }
};

const mergeVocabulary = (inputs: readonly Input[]): LexiconWriter => {
  const merged = new LexiconWriter();
  eachTerm(
    inputs.map(({ segment }) => segment.vocabulary),
    (text, from, to, holders, cursors) => {
      let written = 0;
      for (const i of holders) {
        const { lexicon, n } = cursors[i] as Cursor;
        written += lexicon.value(n);
      }
      merged.add(text, from, to, written);
    },
  );
  return merged;
};

/** Ids in order with their new documents, and the place of each document among them. */
const mergeIds = (inputs: readonly Input[], documents: number): { ids: LexiconWriter; places: Uint32Array } => {
  const ids = new LexiconWriter();
  const places = new Uint32Array(documents);
  eachTerm(
    inputs.map(({ segment }) => segment.ids),
    (text, from, to, holders, cursors) => {
      for (const i of holders) {
        const { lexicon, n } = cursors[i] as Cursor;
        const document = (inputs[i] as Input).renumber[lexicon.value(n)] as number;
        if (document < 0) continue;
        places[document] = ids.size;
        ids.add(text, from, to, document);
      }
    },
  );
  return { ids, places };
};

const mergeTerms = (inputs: readonly Input[], put: (piece: Uint8Array) => void): LexiconWriter => {
  const merged = new LexiconWriter();
  const postings = new PostingWriter(put);
  const files = inputs.map(({ segment }) => new Sequential(join(segment.folder, 'postings')));
  const lexicons = inputs.map(({ segment }) => segment.lexicon);
  try {
    eachTerm(lexicons, (text, from, to, holders, cursors) => {
      const at = postings.length;
      for (const i of holders) {
        const [first, end] = (lexicons[i] as Lexicon).span((cursors[i] as Cursor).n);
        const file = files[i] as Sequential;
        const there = file.at(first, end);
        postings.takeList(file.bytes, there, (inputs[i] as Input).renumber);
      }
      if (postings.put()) merged.add(text, from, to, at / 4);
    });
    merged.end(postings.length / 4);
    postings.flush();
  } finally {
    for (const file of files) file[Symbol.dispose]();
  }
  return merged;
};

/** What lies in a file between where a document's part begins and where it ends, of all documents kept, in large pieces. */
function* copied(
  inputs: readonly Input[],
  name: string,
  spanOf: (segment: Segment, document: number) => readonly [from: number, to: number],
): Generator<Uint8Array> {
  for (const { segment, renumber } of inputs) {
    using file = new Sequential(join(segment.folder, name));
    for (let d = 0; d < segment.documents; ) {
      if ((renumber[d] as number) < 0) {
        d++;
        continue;
      }
      const [from, first] = spanOf(segment, d++);
      let to = first;
      while (d < segment.documents && (renumber[d] as number) >= 0 && to - from < AHEAD / 2)
        to = spanOf(segment, d++)[1];
      const at = file.at(from, to);
      yield file.bytes.u8.slice(at, at + to - from);
    }
  }
}

/** Every vector of a segment in the order of its lists, read a piece at a time. */
const eachVector = (
  { segment, renumber }: Input,
  length: number,
  take: (vector: Int8Array, list: number, document: number, i: number) => void,
): void => {
  using file = new Sequential(join(segment.folder, 'coarse'));
  const { documents, starts, vectorsAt } = segment.coarseHead;
  for (let list = 0; list + 1 < starts.length; list++) {
    for (let i = starts[list] as number; i < (starts[list + 1] as number); i++) {
      const document = renumber[documents[i] as number] as number;
      if (document < 0) continue;
      const at = file.at(vectorsAt + i * length, vectorsAt + (i + 1) * length);
      take(new Int8Array(file.bytes.u8.buffer, at, length), list, document, i);
    }
  }
};

/** Gathers the vectors of several segments into lists, in two walks over them, so that next to nothing is held but the result. */
const mergeCoarse = (
  inputs: readonly Input[],
  length: number,
  centroids: { readonly name: string; readonly points: Centroids } | null,
) => {
  const lists = centroids?.points.count ?? 1;
  const starts = new Uint32Array(lists + 1);
  const chosen = inputs.map((input) => {
    const { documents, centroids: of } = input.segment.coarseHead;
    const listOf = new Uint16Array(documents.length);
    eachVector(input, length, (vector, list, _, i) => {
      const to = centroids === null ? 0 : of === centroids.name ? list : centroids.points.nearest(vector);
      listOf[i] = to;
      starts[to + 1] = (starts[to + 1] as number) + 1;
    });
    return listOf;
  });
  for (let i = 0; i < lists; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const total = starts[lists] as number;
  const documents = new Uint32Array(total);
  const vectors = new Int8Array(total * length);
  for (const [n, input] of inputs.entries()) {
    eachVector(input, length, (vector, _, document, i) => {
      const list = (chosen[n] as Uint16Array)[i] as number;
      const at = next[list] as number;
      next[list] = at + 1;
      documents[at] = document;
      vectors.set(vector, at * length);
    });
  }
  return { meta: { centroids: centroids?.name ?? null, length }, columns: { starts, documents, vectors } };
};

/** Writes one segment of all live documents of several. What dies meanwhile is for the caller to find out. */
export const mergeSegments = async (
  segments: readonly Segment[],
  folder: string,
  options: {
    readonly length: number;
    readonly centroids: { readonly name: string; readonly points: Centroids } | null;
    /** Tag and dimensions of the fine vectors to be taken along. */
    readonly fine: { readonly tag: string; readonly dimensions: number } | null;
  },
): Promise<{ readonly documents: number; readonly fine: number }> => {
  const { inputs, documents } = numberAll(segments);
  const [categories, sources] = [new Named(), new Named()];
  const days = new Int32Array(documents);
  const tokenStarts = new Uint32Array(documents + 1);
  const nameStarts = new Uint32Array(documents + 1);
  let d = 0;
  for (const { segment, renumber } of inputs) {
    const cats = categories.translate(segment.categories);
    const origins = sources.translate(segment.sources);
    for (let i = 0; i < segment.documents; i++) {
      if ((renumber[i] as number) < 0) continue;
      days[d] = segment.days[i] as number;
      categories.addNumbers(segment.cats, i, cats);
      sources.addNumbers(segment.origins, i, origins);
      const [firstToken, endToken] = segment.tokenSpan(i);
      const [firstName, endName] = segment.nameSpan(i);
      tokenStarts[d + 1] = (tokenStarts[d] as number) + (endToken - firstToken) / 2;
      nameStarts[d + 1] = (nameStarts[d] as number) + endName - firstName;
      d++;
    }
  }
  await writeSegment(folder, {
    postings: (put) => mergeTerms(inputs, put),
    ...mergeIds(inputs, documents),
    days,
    categories,
    sources,
    tokens: copied(inputs, 'tokens', (segment, i) => segment.tokenSpan(i)),
    tokenStarts,
    names: copied(inputs, 'names', (segment, i) => segment.nameSpan(i)),
    nameStarts,
    vocabulary: mergeVocabulary(inputs),
    coarse: mergeCoarse(inputs, options.length, options.centroids),
  });
  const kept = options.fine === null ? 0 : await copyFine(inputs, documents, folder, options.fine);
  return { documents, fine: kept };
};

const copyFine = async (
  inputs: readonly Input[],
  documents: number,
  folder: string,
  { tag, dimensions }: { readonly tag: string; readonly dimensions: number },
): Promise<number> => {
  const has = new Uint8Array(documents);
  const bytes = fineBytes(dimensions);
  let kept = 0;
  const vectors = function* (): Generator<Uint8Array> {
    let gap = 0;
    for (const { segment, renumber } of inputs) {
      const theirs = segment.hasFine(tag);
      using file = theirs.includes(1) ? new Sequential(join(segment.folder, `fine-${tag}`)) : null;
      for (let i = 0; i < segment.documents; i++) {
        const to = renumber[i] as number;
        if (to < 0) continue;
        if (theirs[i] !== 1 || file === null) {
          gap += bytes;
          continue;
        }
        if (gap > 0) yield new Uint8Array(gap);
        gap = 0;
        const at = file.at(i * bytes, (i + 1) * bytes);
        yield file.bytes.u8.slice(at, at + bytes);
        has[to] = 1;
        kept++;
      }
    }
  };
  await writeFileSafely(join(folder, `fine-${tag}`), vectors());
  await writeFileSafely(join(folder, `has-${tag}`), [has]);
  return kept;
};
