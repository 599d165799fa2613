import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { bibtexOf } from '../model/cite.ts';
import type { PaperPage } from '../model/pages.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { whyOf } from '../model/placing.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { similarPapers } from './similar.ts';
import { anchorsOf } from './versions.ts';

const SIMILAR = 6;

interface Deps {
  readonly store: Pick<Store, 'papers' | 'editions'>;
  readonly index: Pick<SearchIndex, 'near' | 'fine' | 'vectorsOf'>;
}

const similarOrNote = async (
  deps: Deps,
  id: PaperId,
  reader: string,
): Promise<Pick<PaperPage, 'similar' | 'similarNote'>> => {
  try {
    const similar: readonly PaperCard[] = await similarPapers(deps, id, SIMILAR, reader);
    return { similar, similarNote: null };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { similar: [], similarNote: 'Similar papers are being worked out; look again in a minute.' };
  }
};

/** Editions whose reasons are looked up: a paper stands in one, seldom in two. */
const REASONS = 3;

const placedOf = async ({ store }: Deps, id: PaperId): Promise<PaperPage['placed']> => {
  const placed = await store.editions.placing(id);
  return Promise.all(
    placed.map(async (at, n) => ({
      ...at,
      why: n < REASONS ? whyOf((await store.editions.whys(at.date)).get(id)) : null,
    })),
  );
};

/** A paper's page. An index that does not answer costs the similar papers, not the page. */
export const readPaper = async (deps: Deps, id: PaperId, reader: string): Promise<Result<PaperPage, 'not-found'>> => {
  const [card] = await deps.store.papers.cards([id], reader);
  if (card === undefined) return fail('not-found', 'There is no such paper here.');
  const [alike, placed, signals, history] = await Promise.all([
    similarOrNote(deps, id, reader),
    placedOf(deps, id),
    deps.store.papers.signals([id]),
    deps.store.papers.history(id),
  ]);
  return ok({
    card,
    ...alike,
    bibtex: bibtexOf(card.paper),
    placed,
    signals: signals.map(({ source, name, value }) => ({ source, name, value })),
    reworded: anchorsOf(card.paper, history),
  });
};
