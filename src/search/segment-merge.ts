import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Centroids } from './centroids.ts';
import { encodeLexicon, type Lexicon } from './lexicon.ts';
import { mergePostings, type PostingList, viewPostings } from './posting-list.ts';
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
class Sequential {
  private readonly path: string;
  private file: Awaited<ReturnType<typeof open>> | null = null;
  private buffer = Buffer.alloc(0);
  private start = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes from … to - 1, in memory of their own that begins at a multiple of four. */
  async read(from: number, to: number): Promise<Uint8Array> {
    if (from < this.start || to > this.start + this.buffer.length) {
      this.file ??= await open(this.path);
      const room = Buffer.alloc(Math.max(AHEAD, to - from));
      let length = 0;
      while (length < to - from || length < AHEAD) {
        const { bytesRead } = await this.file.read(room, length, room.length - length, from + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      if (length < to - from) throw new Error(`${this.path} ends too early`);
      this.buffer = room.subarray(0, length);
      this.start = from;
    }
    return new Uint8Array(this.buffer.subarray(from - this.start, to - this.start));
  }

  async close(): Promise<void> {
    await this.file?.close();
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

/** Walks several sorted lexicons as one: each term once, with who has it and where. */
function* termsOf(
  lexicons: readonly Lexicon[],
): Generator<{ readonly term: Buffer; readonly holders: readonly (readonly [input: number, n: number])[] }> {
  const next = lexicons.map(() => 0);
  const heads = lexicons.map((lexicon) => (lexicon.size > 0 ? Buffer.from(lexicon.termAt(0)) : null));
  for (;;) {
    let least: Buffer | null = null;
    for (const head of heads) if (head !== null && (least === null || Buffer.compare(head, least) < 0)) least = head;
    if (least === null) return;
    const term = least;
    const holders: (readonly [number, number])[] = [];
    for (const [i, lexicon] of lexicons.entries()) {
      const head = heads[i];
      if (head == null || !head.equals(term)) continue;
      const n = next[i] ?? 0;
      holders.push([i, n]);
      next[i] = n + 1;
      heads[i] = n + 1 < lexicon.size ? Buffer.from(lexicon.termAt(n + 1)) : null;
    }
    yield { term, holders };
  }
}

const mergeVocabulary = (inputs: readonly Input[]): readonly (readonly [Buffer, number])[] => {
  const lexicons = inputs.map(({ segment }) => segment.vocabulary);
  const words: (readonly [Buffer, number])[] = [];
  for (const { term, holders } of termsOf(lexicons))
    words.push([term, holders.reduce((sum, [i, n]) => sum + (lexicons[i]?.value(n) ?? 0), 0)]);
  return words;
};

const mergeTerms = async (
  inputs: readonly Input[],
): Promise<{ readonly lexicon: Uint8Array; readonly postings: readonly Uint8Array[] }> => {
  const files = inputs.map(({ segment }) => new Sequential(join(segment.folder, 'postings')));
  const terms: Buffer[] = [];
  const offsets: number[] = [0];
  const postings: Uint8Array[] = [];
  try {
    for (const { term, holders } of termsOf(inputs.map(({ segment }) => segment.lexicon))) {
      const lists: { list: PostingList; renumber: Int32Array }[] = [];
      for (const [i, n] of holders) {
        const { segment, renumber } = inputs[i] as Input;
        const [from, to] = segment.lexicon.span(n);
        lists.push({ list: viewPostings(await (files[i] as Sequential).read(from, to)), renumber });
      }
      const merged = mergePostings(lists);
      if (merged === null) continue;
      terms.push(term);
      offsets.push((offsets.at(-1) ?? 0) + merged.length / 4);
      postings.push(merged);
    }
  } finally {
    for (const file of files) await file.close();
  }
  return { lexicon: encodeLexicon(terms, Uint32Array.from(offsets)), postings };
};

/** Gathers the vectors of several segments into lists, in two walks over them, so that next to nothing is held but the result. */
const mergeCoarse = (
  inputs: readonly Input[],
  length: number,
  centroids: { readonly name: string; readonly points: Centroids } | null,
) => {
  const lists = centroids?.points.count ?? 1;
  const starts = new Uint32Array(lists + 1);
  const chosen = inputs.map(({ segment, renumber }) => {
    const { block, documents, starts: theirs, centroids: of } = segment.coarse;
    const listOf = new Uint16Array(documents.length);
    for (let list = 0; list + 1 < theirs.length; list++) {
      for (let i = theirs[list] as number; i < (theirs[list + 1] as number); i++) {
        if ((renumber[documents[i] as number] as number) < 0) continue;
        const vector = block.bytes.subarray(i * length, (i + 1) * length);
        const to = centroids === null ? 0 : of === centroids.name ? list : centroids.points.nearest(vector);
        listOf[i] = to;
        starts[to + 1] = (starts[to + 1] as number) + 1;
      }
    }
    return listOf;
  });
  for (let i = 0; i < lists; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const total = starts[lists] as number;
  const documents = new Uint32Array(total);
  const vectors = new Int8Array(total * length);
  for (const [n, { segment, renumber }] of inputs.entries()) {
    const { block, documents: theirs } = segment.coarse;
    for (let i = 0; i < theirs.length; i++) {
      const document = renumber[theirs[i] as number] as number;
      if (document < 0) continue;
      const list = (chosen[n] as Uint16Array)[i] as number;
      const at = next[list] as number;
      next[list] = at + 1;
      documents[at] = document;
      vectors.set(block.bytes.subarray(i * length, (i + 1) * length), at * length);
    }
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
  const ids: Buffer[] = [];
  let d = 0;
  const live = function* (): Generator<readonly [Segment, number]> {
    for (const { segment, renumber } of inputs)
      for (let i = 0; i < segment.documents; i++) if ((renumber[i] as number) >= 0) yield [segment, i];
  };
  for (const [segment, i] of live()) {
    ids.push(Buffer.from(segment.idOf(i)));
    days[d] = segment.days[i] as number;
    categories.add(segment.categoriesOf(i));
    sources.add(segment.sourcesOf(i));
    tokenStarts[d + 1] = (tokenStarts[d] as number) + segment.tokenCount(i);
    nameStarts[d + 1] = (nameStarts[d] as number) + segment.nameBytes(i);
    d++;
  }
  const pieces = function* (of: (segment: Segment, i: number) => Uint8Array): Generator<Uint8Array> {
    for (const [segment, i] of live()) yield of(segment, i);
  };
  await writeSegment(folder, {
    ...(await mergeTerms(inputs)),
    ids,
    days,
    categories,
    sources,
    tokens: pieces((segment, i) => {
      const tokens = segment.tokens(i);
      return new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
    }),
    tokenStarts,
    names: pieces((segment, i) => segment.nameText(i)),
    nameStarts,
    vocabulary: mergeVocabulary(inputs),
    coarse: mergeCoarse(inputs, options.length, options.centroids),
  });
  const kept = options.fine === null ? 0 : await copyFine(inputs, folder, options.fine);
  return { documents, fine: kept };
};

const copyFine = async (
  inputs: readonly Input[],
  folder: string,
  { tag, dimensions }: { readonly tag: string; readonly dimensions: number },
): Promise<number> => {
  const documents =
    inputs.reduce((most, { renumber }) => renumber.reduce((max, to) => Math.max(max, to), most), -1) + 1;
  const has = new Uint8Array(documents);
  const file = await open(join(folder, `fine-${tag}`), 'w');
  let kept = 0;
  try {
    for (const { segment, renumber } of inputs) {
      const theirs = segment.hasFine(tag);
      for (let i = 0; i < segment.documents; i++) {
        const to = renumber[i] as number;
        if (to < 0 || theirs[i] !== 1) continue;
        const vector = segment.fine(tag, i, dimensions);
        if (vector === null) continue;
        await file.write(vector, 0, vector.length, to * vector.length);
        has[to] = 1;
        kept++;
      }
    }
  } finally {
    await file.close();
  }
  await writeFileSafely(join(folder, `has-${tag}`), [has]);
  return kept;
};
