import { withCorrections } from '../model/corrections.ts';
import { fuse, type Ranked } from '../model/fusion.ts';
import type { PaperId } from '../model/paper.ts';
import type { Query } from '../model/search-page.ts';
import type { Evidence, FindRequest, Found, SearchIndex } from '../ports/search-index.ts';

/** Papers found by static vectors. */
export const NEIGHBOURS = 200;

/** Of what was found, the best so many are weighed by the model's vectors too. */
export const RESCORED = 100;

/** A query as the vector of a model (its id), or in a sentence why there is none. */
export type Embedded = { readonly vector: Float32Array; readonly model: string } | { readonly reason: string };

export interface RankDeps extends Pick<SearchIndex, 'find' | 'fine'> {
  /** Never throws, and takes no longer than a reader would wait. */
  readonly embed: (text: string) => Promise<Embedded>;
}

export interface RankWish extends Pick<FindRequest, 'prefix'> {
  readonly query: Query;
  /** How many papers are found by words. */
  readonly words: number;
  /** Whether papers are found by static vectors too. */
  readonly near: boolean;
}

export type RankedPaper = Ranked<Evidence & { readonly fine: number | null }>;

export interface RankedPapers extends Pick<Found, 'facets' | 'corrected'> {
  /** Best first. */
  readonly ranked: readonly RankedPaper[];
  /** The same before the model's vectors were looked at. */
  readonly instant: readonly RankedPaper[];
  /** Why the model's vectors were not looked at; null when they were. */
  readonly reason: string | null;
}

const textOf = ({ text, phrases }: Query): string => [text, ...phrases].join(' ').trim();

/** The default ranking: words and static vectors at once, then the best of what they find by the model's vectors too. */
export const rankPapers = async (
  { find, fine, embed }: RankDeps,
  { query, words, near, prefix = false }: RankWish,
): Promise<RankedPapers> => {
  const text = textOf(query);
  const embedding = embed(text);
  const found = await find({ query, text, words, near: near ? NEIGHBOURS : 0, prefix });
  const { facets, corrected } = found;
  const instant = fuse(found.evidence.map((one) => ({ ...one, fine: null })));
  // Words are mistyped seldom: only then is there a second text to embed.
  const embedded = await (corrected.length === 0 ? embedding : embed(withCorrections(text, corrected)));
  if (!('vector' in embedded)) return { ranked: instant, instant, facets, corrected, reason: embedded.reason };
  const head = instant.slice(0, RESCORED);
  const ids: readonly PaperId[] = head.map(({ id }) => id);
  const cosines = await fine(ids, embedded.vector, embedded.model);
  const rescored = fuse(head.map((one) => ({ ...one, fine: cosines.get(one.id) ?? null })));
  const last = rescored.at(-1)?.score ?? 0;
  const rest = instant.slice(RESCORED).map((one) => ({ ...one, score: Math.min(one.score, last) }));
  return { ranked: [...rescored, ...rest], instant, facets, corrected, reason: null };
};
