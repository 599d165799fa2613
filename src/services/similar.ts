import type { SimilarPage } from '../model/pages.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { plainQuery } from '../model/query.ts';
import type { Query } from '../model/search-page.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';

/** How alike two papers must be in meaning to be called similar: below, neighbours are only the least far. Cosines. */
const NEAR = { coarse: 0.35, fine: 0.3 };

/** Neighbours by static vectors that are compared by the model's. */
const COMPARED = 100;

const middleOf = (vectors: readonly Float32Array[]): Float32Array | null => {
  const [first] = vectors;
  if (first === undefined) return null;
  const middle = new Float32Array(first.length);
  for (const vector of vectors) for (let i = 0; i < middle.length; i++) middle[i] = (middle[i] ?? 0) + (vector[i] ?? 0);
  const norm = Math.hypot(...middle);
  return norm === 0 ? null : middle.map((x) => x / norm);
};

/** A paper near others. */
export interface Neighbour {
  readonly id: PaperId;
  /** Days since 1970. */
  readonly day: number | null;
  /** Cosine of the model's vectors, else of static ones. */
  readonly cosine: number;
}

/**
 * Papers nearest in meaning to one or several, best first, never those themselves: neighbours by static vectors, in the
 * order of the model's where both have one. Only papers that pass the filters of `within`.
 */
export const similarTo = async (
  { index }: { index: Pick<SearchIndex, 'near' | 'fine' | 'vectorsOf'> },
  ids: readonly PaperId[],
  limit: number,
  within: Query = plainQuery(''),
): Promise<readonly Neighbour[]> => {
  const near = await index.near(ids, within, COMPARED);
  const own = await index.vectorsOf(ids);
  const middle = own.size < ids.length ? null : middleOf([...own.values()]);
  const fine: ReadonlyMap<PaperId, number> =
    middle === null
      ? new Map()
      : await index.fine(
          near.map(({ id }) => id),
          middle,
        );
  return near
    .map(({ id, coarse, day }) => ({ id, day, coarse: coarse ?? 0, fine: fine.get(id) ?? null }))
    .filter((one) => (one.fine === null ? one.coarse >= NEAR.coarse : one.fine >= NEAR.fine))
    .sort((a, b) => (b.fine ?? b.coarse) - (a.fine ?? a.coarse) || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map((one) => ({ id: one.id, day: one.day, cosine: one.fine ?? one.coarse }));
};

/** Papers similar to one, for its page. */
export const similarPapers = async (
  { store, index }: { store: Pick<Store, 'papers'>; index: Pick<SearchIndex, 'near' | 'fine' | 'vectorsOf'> },
  id: PaperId,
  limit: number,
  reader: string,
): Promise<readonly PaperCard[]> => {
  const similar = await similarTo({ index }, [id], limit);
  return store.papers.cards(
    similar.map((paper) => paper.id),
    reader,
  );
};

/** Papers similar to several at once, and those themselves; ids that are not here are left out. */
export const readSimilar = async (
  { store, index }: { store: Pick<Store, 'papers'>; index: Pick<SearchIndex, 'near' | 'fine' | 'vectorsOf'> },
  ids: readonly PaperId[],
  { limit, reader }: { readonly limit: number; readonly reader: string },
): Promise<SimilarPage> => {
  const to = await store.papers.cards(ids, reader);
  const near =
    to.length === 0
      ? []
      : await similarTo(
          { index },
          to.map(({ paper }) => paper.id),
          limit,
        );
  return {
    to,
    similar: await store.papers.cards(
      near.map(({ id }) => id),
      reader,
    ),
  };
};
