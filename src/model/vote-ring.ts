import { hash } from 'node:crypto';
import type { PaperId } from './paper.ts';

/** A vote that stands. */
export interface CastVote {
  readonly reader: string;
  readonly paperId: PaperId;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Accounts that vote as one. */
export interface VoteRing {
  /** The same for the same accounts. */
  readonly id: string;
  /** Sorted. */
  readonly readers: readonly string[];
}

/** Votes for one paper within this time are close. Milliseconds. */
export const CLOSE_MS = 15 * 60_000;
/** Accounts made within this time of each other were made together. Milliseconds. */
export const TOGETHER_MS = 60 * 60_000;
/** A pair is tied when so many of its papers were voted for closely … */
const SHARED = 3;
/** … and those are so much of all that either voted for (Jaccard). */
const ALIKE = 0.6;
/** A ring has so many accounts at least: fewer move little. */
export const SMALLEST = 5;
/** Votes after each one, of the same paper, that it is compared with. It bounds the work: votes × this. */
const COMPARED = 150;

class Groups {
  readonly #above = new Map<string, string>();

  rootOf(one: string): string {
    let root = one;
    for (let next = this.#above.get(root); next !== undefined; next = this.#above.get(root)) root = next;
    for (let at = one; at !== root; ) {
      const next = this.#above.get(at) ?? root;
      this.#above.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: string, b: string): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)].sort();
    if (one !== undefined && other !== undefined && one !== other) this.#above.set(other, one);
  }
}

const inOrder = (a: CastVote, b: CastVote): number => a.at - b.at || (a.reader < b.reader ? -1 : 1);

/** By pair of readers, how many papers both voted for closely. */
const closePairs = (
  byPaper: ReadonlyMap<PaperId, readonly CastVote[]>,
): ReadonlyMap<string, ReadonlyMap<string, number>> => {
  const pairs = new Map<string, Map<string, number>>();
  for (const votes of byPaper.values()) {
    const sorted = [...votes].sort(inOrder);
    for (const [i, vote] of sorted.entries()) {
      for (const other of sorted.slice(i + 1, i + 1 + COMPARED)) {
        if (other.at - vote.at > CLOSE_MS) break;
        if (other.reader === vote.reader) continue;
        const [a, b] = vote.reader < other.reader ? [vote.reader, other.reader] : [other.reader, vote.reader];
        const row = pairs.get(a) ?? new Map<string, number>();
        row.set(b, (row.get(b) ?? 0) + 1);
        pairs.set(a, row);
      }
    }
  }
  return pairs;
};

/**
 * Accounts that vote as one. Two are tied when they voted for at least three papers within a quarter of an hour of each
 * other, and these are at least 60 % of all papers that either voted for; or when they were made within the same hour and
 * that holds of all their papers, be it a single one. Five or more that hang together are a ring. The order of `votes`
 * plays no part; of a reader's votes for one paper the last counts. Work is bounded by 150 comparisons a vote.
 * `bornAt`: when an account was made (ms since 1970), where that is known. `onlyTwins`: only those made together are tied,
 * where others may well vote as one, as a reading group does after its meeting.
 */
export const findRings = (
  votes: readonly CastVote[],
  bornAt: ReadonlyMap<string, number> = new Map(),
  { onlyTwins = false }: { readonly onlyTwins?: boolean } = {},
): readonly VoteRing[] => {
  const last = new Map<string, CastVote>();
  for (const vote of votes) {
    const key = JSON.stringify([vote.reader, vote.paperId]);
    const before = last.get(key);
    if (before === undefined || before.at < vote.at) last.set(key, vote);
  }
  const given = new Map<string, number>();
  for (const { reader } of last.values()) given.set(reader, (given.get(reader) ?? 0) + 1);
  const groups = new Groups();
  const tied = new Set<string>();
  for (const [a, row] of closePairs(Map.groupBy(last.values(), ({ paperId }) => paperId))) {
    for (const [b, shared] of row) {
      const alike = shared / ((given.get(a) ?? 0) + (given.get(b) ?? 0) - shared);
      const [bornA, bornB] = [bornAt.get(a), bornAt.get(b)];
      const twins = bornA !== undefined && bornB !== undefined && Math.abs(bornA - bornB) <= TOGETHER_MS && alike === 1;
      if (!twins && (onlyTwins || shared < SHARED || alike < ALIKE)) continue;
      groups.join(a, b);
      tied.add(a).add(b);
    }
  }
  return [...Map.groupBy(tied, (reader) => groups.rootOf(reader)).values()]
    .filter((members) => members.length >= SMALLEST)
    .map((members) => members.sort())
    .map((readers) => ({ id: hash('sha256', JSON.stringify(readers)).slice(0, 16), readers }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
};

/**
 * Votes as they count where papers are placed: without those of flagged rings. Not even one of them counts: at the foot of
 * a page most papers are level, and there a quarter of a vote moved one by 18 places.
 */
export const withoutRings = (votes: number, ofRings: number): number => Math.max(0, votes - ofRings);
