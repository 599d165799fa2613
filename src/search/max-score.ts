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

/** Adds what the terms before `first` give, best first, as long as the document can still get in; offers it when it does. */
const complete = (
  parts: readonly Part[],
  bounds: Float64Array,
  first: number,
  place: number,
  begun: number,
  base: number,
  top: Top,
): void => {
  let score = begun;
  for (let i = first - 1; i >= 0; i--) {
    if (score + (bounds[i] as number) <= top.threshold) return;
    const { weight, postings } = parts[i] as Part;
    score += weight * impactAt(postings, place);
  }
  if (score > top.threshold) top.offer(base + place, score);
};

const allowed = (accept: Uint32Array | null, document: number): boolean =>
  accept === null || (((accept[document >>> 5] as number) >>> (document & 31)) & 1) === 1;

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
  // Terms that together cannot lift a document over the threshold need only be asked about documents of the others.
  let essential = 0;
  while ((bounds[essential] as number) <= top.threshold) essential++;
  const rest = essential === 0 ? 0 : (bounds[essential - 1] as number);
  if (essential === parts.length - 1) {
    const { weight, postings } = parts[essential] as Part;
    const { places, impacts, blocks } = postings;
    for (let b = 0; b < blocks.length; b++) {
      if (weight * (blocks[b] as number) + rest <= top.threshold) continue;
      const end = Math.min(places.length, (b + 1) * BLOCK);
      for (let p = b * BLOCK; p < end; p++) {
        const score = weight * (impacts[p] as number);
        const place = places[p] as number;
        if (score + rest > top.threshold && allowed(accept, first + place))
          complete(parts, bounds, essential, place, score, base, top);
      }
    }
    return;
  }
  let n = 0;
  for (let i = parts.length - 1; i >= essential; i--) {
    const { weight, postings, most } = parts[i] as Part;
    const { places, impacts, blocks } = postings;
    const others = sum - most;
    for (let b = 0; b < blocks.length; b++) {
      if (weight * (blocks[b] as number) + others <= top.threshold) continue;
      const end = Math.min(places.length, (b + 1) * BLOCK);
      for (let p = b * BLOCK; p < end; p++) {
        const place = places[p] as number;
        const before = sums[place] as number;
        if (before === 0) touched[n++] = place;
        sums[place] = before + weight * (impacts[p] as number);
      }
    }
  }
  for (let t = 0; t < n; t++) {
    const place = touched[t] as number;
    const score = sums[place] as number;
    sums[place] = 0;
    if (score + rest > top.threshold && allowed(accept, first + place))
      complete(parts, bounds, essential, place, score, base, top);
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
