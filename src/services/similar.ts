import type { PaperCard, PaperId } from '../model/paper.ts';
import { plainQuery } from '../model/query.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';

/** How alike two papers must be in meaning to be called similar: below, neighbours are only the least far. Cosine. */
const NEAR = 0.25;

/**
 * Papers nearest in meaning, best first, never the paper itself. One that has not been embedded yet gets those that
 * share the words of its title.
 */
export const similarPapers = async (
  { store, index }: { store: Pick<Store, 'papers'>; index: Pick<SearchIndex, 'vectorOf' | 'meaning' | 'words'> },
  id: PaperId,
  limit: number,
  reader: string,
): Promise<readonly PaperCard[]> => {
  const vector = await index.vectorOf(id);
  const near =
    vector === null
      ? await index.words(plainQuery((await store.papers.get(id))?.title ?? ''), limit + 1)
      : (await index.meaning(vector, null, limit + 1)).filter(({ score }) => score >= NEAR);
  const others = near.map((candidate) => candidate.id).filter((other) => other !== id);
  return store.papers.cards(others.slice(0, limit), reader);
};
