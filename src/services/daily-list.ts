import type { Day, Span } from '../kernel/day.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';

/** The papers of some day editions in the order of their placement, newest edition first, each once. */
export interface DailyList {
  readonly cards: readonly PaperCard[];
  /** The day each paper was last placed. */
  readonly placedOn: ReadonlyMap<PaperId, Day>;
  /** The last day looked at; empty where there is no edition at all. */
  readonly last: Day;
}

/** The editions of a span, or with null the latest edition. A span without editions is an empty list. */
export const readDailyList = async (
  { store }: { store: Pick<Store, 'editions' | 'papers'> },
  span: Span | null,
  reader: string,
): Promise<DailyList> => {
  const latest = span === null ? await store.editions.latest() : null;
  const editions =
    span === null ? (latest === null ? [] : [latest]) : await store.editions.between(span.first, span.last);
  const placedOn = new Map<PaperId, Day>();
  for (const { date, placements } of editions.toSorted((a, b) => b.date.localeCompare(a.date))) {
    for (const id of placements) if (!placedOn.has(id)) placedOn.set(id, date);
  }
  const cards = await store.papers.cards([...placedOn.keys()], reader);
  return { cards, placedOn, last: span?.last ?? latest?.date ?? '' };
};
