import { BLOCK, CHUNK, type ChunkPostings, type PostingList } from './posting-list.ts';
import type { Top } from './top.ts';

/** A term of a query in one segment. A document's score is the sum of `weight × impact` over the terms it holds. */
export interface WeightedList {
  readonly weight: number;
  readonly list: PostingList;
}

interface Part {
  readonly weight: number;
  /** The most this term can give in this chunk. */
  readonly most: number;
  readonly postings: ChunkPostings;
}

const sums = new Float32Array(CHUNK);
const touched = new Uint16Array(CHUNK);

/** Looking up one place takes as long as reading through so many postings. */
const LOOKUP = 24;

/** Impact at a place; 0 where the term is not there. */
const impactAt = ({ places, impacts }: ChunkPostings, place: number): number => {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low < places.length && places[low] === place ? (impacts[low] as number) : 0;
};

const allowed = (accept: Uint32Array | null, document: number): boolean =>
  accept === null || (((accept[document >>> 5] as number) >>> (document & 31)) & 1) === 1;

/** Only one term is left: its documents are offered as they come, and the threshold rises meanwhile. */
const scoreAlone = (part: Part, accept: Uint32Array | null, first: number, base: number, top: Top): void => {
  const { weight, postings } = part;
  const { places, impacts, blocks } = postings;
  for (let b = 0; b < blocks.length; b++) {
    if (weight * (blocks[b] as number) <= top.threshold) continue;
    const end = Math.min(places.length, (b + 1) * BLOCK);
    for (let p = b * BLOCK; p < end; p++) {
      const score = weight * (impacts[p] as number);
      const place = places[p] as number;
      if (score > top.threshold && allowed(accept, first + place)) top.offer(base + place, score);
    }
  }
};

/** Adds up what a term gives, where with `others` at most it can lift a document over the threshold. Returns how many places are touched. */
const addAll = ({ weight, postings }: Part, others: number, threshold: number, begun: number): number => {
  const { places, impacts, blocks } = postings;
  let n = begun;
  for (let b = 0; b < blocks.length; b++) {
    if (weight * (blocks[b] as number) + others <= threshold) continue;
    const end = Math.min(places.length, (b + 1) * BLOCK);
    for (let p = b * BLOCK; p < end; p++) {
      const place = places[p] as number;
      const before = sums[place] as number;
      if (before === 0) touched[n++] = place;
      sums[place] = before + weight * (impacts[p] as number);
    }
  }
  return n;
};

/** Adds what a term gives to places that are touched already: looked up one by one, or read through where that is quicker. */
const addToTouched = ({ weight, postings }: Part, n: number): void => {
  const { places, impacts } = postings;
  if (n * LOOKUP < places.length) {
    for (let t = 0; t < n; t++) {
      const place = touched[t] as number;
      sums[place] = (sums[place] as number) + weight * impactAt(postings, place);
    }
    return;
  }
  for (let p = 0; p < places.length; p++) {
    const place = places[p] as number;
    const before = sums[place] as number;
    if (before !== 0) sums[place] = before + weight * (impacts[p] as number);
  }
};

/** Forgets touched places of documents that may not be found. Returns how many are left. */
const keepAllowed = (n: number, accept: Uint32Array, first: number): number => {
  let kept = 0;
  for (let t = 0; t < n; t++) {
    const place = touched[t] as number;
    if (allowed(accept, first + place)) touched[kept++] = place;
    else sums[place] = 0;
  }
  return kept;
};

/** Forgets touched places that `rest` more would not lift over the threshold. Returns how many are left. */
const keepAble = (n: number, rest: number, threshold: number): number => {
  let kept = 0;
  for (let t = 0; t < n; t++) {
    const place = touched[t] as number;
    if ((sums[place] as number) + rest > threshold) touched[kept++] = place;
    else sums[place] = 0;
  }
  return kept;
};

/** One chunk. Parts stand with the least able first; `bounds[i]` is what parts 0 … i can give together. */
const scoreChunk = (
  parts: readonly Part[],
  accept: Uint32Array | null,
  first: number,
  base: number,
  top: Top,
): void => {
  const bounds = new Float64Array(parts.length);
  let sum = 0;
  for (let i = 0; i < parts.length; i++) bounds[i] = sum += (parts[i] as Part).most;
  if (sum <= top.threshold) return;
  if (parts.length === 1) {
    scoreAlone(parts[0] as Part, accept, first, base, top);
    return;
  }
  // Terms that together cannot lift a document over the threshold need only be asked about documents of the others.
  let essential = 0;
  while ((bounds[essential] as number) <= top.threshold) essential++;
  let n = 0;
  for (let i = parts.length - 1; i >= essential; i--) {
    const part = parts[i] as Part;
    n = addAll(part, sum - part.most, top.threshold, n);
  }
  if (accept !== null) n = keepAllowed(n, accept, first);
  for (let i = essential - 1; i >= 0 && n > 0; i--) {
    n = keepAble(n, bounds[i] as number, top.threshold);
    addToTouched(parts[i] as Part, n);
  }
  for (let t = 0; t < n; t++) {
    const place = touched[t] as number;
    const score = sums[place] as number;
    sums[place] = 0;
    if (score > top.threshold) top.offer(base + place, score);
  }
};

/**
 * Offers to `top` every document of a segment that can be among the best by the sum of `weight × impact`: MaxScore (Turtle
 * and Flood 1995) over chunks, with block maxima, as in Ding and Suel 2011. `accept` has a bit for each document that may
 * be found; null is all. `base` is added to document numbers. Weights are above 0. Exact, but for ties at the threshold.
 */
export const scoreSegment = (
  terms: readonly WeightedList[],
  accept: Uint32Array | null,
  base: number,
  top: Top,
): void => {
  const byChunk = new Map<number, Part[]>();
  for (const { weight, list } of terms) {
    for (const postings of list.chunks) {
      const part = { weight, most: weight * postings.most, postings };
      const there = byChunk.get(postings.chunk);
      if (there) there.push(part);
      else byChunk.set(postings.chunk, [part]);
    }
  }
  for (const [chunk, parts] of [...byChunk].sort((a, b) => a[0] - b[0])) {
    parts.sort((a, b) => a.most - b.most);
    scoreChunk(parts, accept, chunk * CHUNK, base + chunk * CHUNK, top);
  }
};
