import { addDays, dayOf, daysBetween } from '../kernel/day.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PathPage } from '../model/pages.ts';
import type { PaperId } from '../model/paper.ts';
import { plainQuery } from '../model/query.ts';
import { nextStep, sharedBetween } from '../model/reading-path.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { similarTo } from './similar.ts';

/** Steps at most each way. */
const STEPS = 5;
/** Neighbours of a step among which the next is chosen. */
const NEIGHBOURS = 24;
const EPOCH = '1970-01-01';

interface Deps {
  readonly store: Pick<Store, 'papers'>;
  readonly index: Pick<SearchIndex, 'near' | 'fine' | 'vectorsOf'>;
}

const follow = async ({ index }: Deps, start: PaperId, day: number, way: -1 | 1): Promise<readonly PaperId[]> => {
  const path: PaperId[] = [];
  const taken = new Set([start]);
  let [at, from] = [start, day];
  while (path.length < STEPS) {
    const edge = addDays(dayOf(0), from + way);
    const span = way < 0 ? { before: edge } : { after: edge };
    const near = await similarTo({ index }, [at], NEIGHBOURS, { ...plainQuery(''), ...span });
    const step = nextStep(near, { from, way, taken });
    if (step === null || step.day === null) break;
    path.push(step.id);
    taken.add(step.id);
    [at, from] = [step.id, step.day];
  }
  return path;
};

/**
 * A way to read into a paper and on from it: backwards from neighbour to older neighbour, forwards from neighbour to newer,
 * at most five each way, with what each step has in common with the one before it. A paper without a date has no path but itself.
 */
export const readPath = async (deps: Deps, id: PaperId, reader: string): Promise<Result<PathPage, 'not-found'>> => {
  const paper = await deps.store.papers.get(id);
  if (paper === null) return fail('not-found', 'There is no such paper here.');
  const day = paper.published === null ? null : daysBetween(EPOCH, paper.published);
  const older = day === null ? [] : await follow(deps, id, day, -1);
  const newer = day === null ? [] : await follow(deps, id, day, 1);
  const cards = await deps.store.papers.cards([...older.toReversed(), id, ...newer], reader);
  return ok({
    steps: cards.map((card, i) => {
      const before = cards[i - 1];
      return { card, link: before === undefined ? null : sharedBetween(before.paper, card.paper) };
    }),
    at: cards.findIndex((card) => card.paper.id === id),
  });
};
