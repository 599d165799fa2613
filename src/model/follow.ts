import type { PaperCard, PaperId } from './paper.ts';

export const FOLLOW_KINDS = ['author', 'organisation', 'category', 'reader', 'search'] as const;
export type FollowKind = (typeof FOLLOW_KINDS)[number];

export const isFollowKind = (text: string): text is FollowKind => (FOLLOW_KINDS as readonly string[]).includes(text);

/** What a reader wants to hear of. */
export interface Follow {
  readonly kind: FollowKind;
  /** The key of its page; of a reader the id; of a search the query. */
  readonly key: string;
  /** As it was called when it was first followed. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export const FOLLOW_CAPS = { key: 200, name: 200, follows: 500 } as const;

/** A paper that came in by something followed. */
export interface Arrival {
  readonly paperId: PaperId;
  readonly kind: FollowKind;
  readonly key: string;
  /** When it came in, or was voted for; milliseconds since 1970. */
  readonly at: number;
}

export interface NewPaper {
  readonly card: PaperCard;
  /** When it came in; milliseconds since 1970. */
  readonly at: number;
  /** All follows that bring it, the most telling first. Never empty. */
  readonly reasons: readonly Follow[];
}

/** A person tells more than a house, a house more than a subject. */
const TELLING: readonly FollowKind[] = ['author', 'reader', 'search', 'organisation', 'category'];

/** Reasons in the order in which they are told. */
export const byTelling = (a: Follow, b: Follow): number =>
  TELLING.indexOf(a.kind) - TELLING.indexOf(b.kind) || a.createdAt - b.createdAt || (a.key < b.key ? -1 : 1);

/** Why a paper is shown, e.g. `New by Ada Lovelace, whom you follow`. */
export const reasonText = ({ kind, name }: Pick<Follow, 'kind' | 'name'>): string => {
  switch (kind) {
    case 'author':
      return `New by ${name}, whom you follow`;
    case 'reader':
      return `Chosen by ${name}, whom you follow`;
    case 'organisation':
      return `New from ${name}, which you follow`;
    case 'category':
      return `New in ${name}, which you follow`;
    case 'search':
      return `New in your search “${name}”`;
  }
};

/** What is new for a reader, under the reason that tells most; each paper stands once. */
export interface FollowingPage {
  readonly follows: readonly Follow[];
  readonly groups: readonly { readonly reason: Follow; readonly papers: readonly NewPaper[] }[];
  /** Papers in all groups. */
  readonly total: number;
  /** Searches that could not be made now. */
  readonly missed: readonly string[];
}

/** Arrivals under their papers, newest first, with all that brings each. */
export const gather = (
  arrivals: readonly Arrival[],
  follows: readonly Follow[],
): readonly { readonly paperId: PaperId; readonly at: number; readonly reasons: readonly Follow[] }[] => {
  const named = new Map(follows.map((follow) => [`${follow.kind} ${follow.key}`, follow]));
  const papers = new Map<PaperId, { at: number; reasons: Set<Follow> }>();
  for (const { paperId, kind, key, at } of arrivals) {
    const follow = named.get(`${kind} ${key}`);
    if (follow === undefined) continue;
    const paper = papers.get(paperId) ?? { at, reasons: new Set() };
    paper.at = Math.max(paper.at, at);
    paper.reasons.add(follow);
    papers.set(paperId, paper);
  }
  return [...papers]
    .map(([paperId, { at, reasons }]) => ({ paperId, at, reasons: [...reasons].sort(byTelling) }))
    .sort((a, b) => b.at - a.at || (a.paperId < b.paperId ? -1 : 1));
};
