import type { Clock } from '../kernel/clock.ts';
import { type Day, dayOf, monthOf, parseMonth, parseWeek, type Span, weekOf } from '../kernel/day.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { type Edition, type FrontPage, OURS } from '../model/edition.ts';
import type { EditionsPage } from '../model/pages.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { byTalk } from '../model/ranking.ts';
import type { Store } from '../store/store.ts';
import { dayIn } from './roll-over.ts';
import { submissionsOf } from './submit-read.ts';
import { weighing } from './vote-rings.ts';

type Editions = Pick<Store, 'editions' | 'papers' | 'submissions' | 'accounts' | 'moderation'>;

interface Deps {
  readonly store: Editions;
  readonly clock: Clock;
  readonly config: { readonly edition: { readonly zone: string } };
}

/** How many editions trending looks back over, and how many papers it shows. */
const TRENDING_EDITIONS = 30;
const TRENDING_PAPERS = 100;
/** Submissions that stand in “Just in”. */
const JUST_IN = 12;

/** Where the papers came in by. An edition of ours is of all the sources its papers were seen in. */
const sourcesOf = (editions: readonly Edition[], cards: readonly PaperCard[]): readonly string[] => [
  ...new Set(
    editions.flatMap(({ source, placements }) => {
      if (source !== OURS) return source;
      const placed = new Set(placements);
      return cards.flatMap(({ paper }) => (placed.has(paper.id) ? paper.sightings.map((seen) => seen.source) : []));
    }),
  ),
];

/** Placements of several editions as one list: newest edition first, each paper once. */
const merged = (editions: readonly Edition[]): readonly PaperId[] => [
  ...new Set([...editions].sort((a, b) => b.date.localeCompare(a.date)).flatMap(({ placements }) => placements)),
];

const empty = (kind: FrontPage['kind'], name: string, span: Pick<Span, 'first' | 'last'>): FrontPage => ({
  kind,
  name,
  first: span.first,
  last: span.last,
  number: null,
  latest: true,
  earlier: null,
  later: null,
  cards: [],
  trending: [],
  sources: [],
  days: [],
  corrections: [],
  justIn: [],
  submissions: new Map(),
});

/** Today's submissions that are not among `placed`, latest first. */
const readJustIn = async (
  { store, clock, config }: Deps,
  placed: readonly PaperId[],
  reader: string,
): Promise<readonly PaperCard[]> => {
  const today = dayIn(config.edition.zone, clock.now());
  const there = new Set(placed);
  const ids = (await store.submissions.between(today, today)).map(({ paperId }) => paperId).reverse();
  const cards = await store.papers.cards([...new Set(ids)].filter((id) => !there.has(id)).slice(0, JUST_IN), reader);
  return cards.filter(({ paper }) => !paper.withdrawn);
};

const notesOn = ({ store }: Pick<Deps, 'store'>, ...cards: readonly (readonly PaperCard[])[]) =>
  submissionsOf(
    store,
    cards.flat().map(({ paper }) => paper.id),
  );

/** The edition of a day, or with null the latest there is, whatever today is. An instance without editions has an empty page. */
export const readDay = async (
  deps: Deps,
  date: Day | null,
  reader: string,
): Promise<Result<FrontPage, 'not-found'>> => {
  const { store, clock } = deps;
  const latest = await store.editions.latest();
  const edition = date === null ? latest : await store.editions.get(date);
  if (edition === null) {
    if (date !== null) return fail('not-found', `There is no edition of ${date}.`);
    const today = dayOf(clock.now());
    const justIn = await readJustIn(deps, [], reader);
    const submissions = await notesOn(deps, justIn);
    return ok({ ...empty('day', today, { first: today, last: today }), justIn, submissions });
  }
  const [cards, neighbours, corrections] = await Promise.all([
    store.papers.cards(edition.placements, reader),
    store.editions.neighbours(edition.date),
    store.editions.corrections(edition.date),
  ]);
  const justIn = edition.date === latest?.date ? await readJustIn(deps, edition.placements, reader) : [];
  return ok({
    kind: 'day',
    name: edition.date,
    first: edition.date,
    last: edition.date,
    number: edition.number,
    latest: edition.date === latest?.date,
    ...neighbours,
    cards,
    trending: byTalk(cards, edition.date, await weighing(store, cards)),
    sources: sourcesOf([edition], cards),
    days: [edition.date],
    corrections,
    justIn,
    submissions: await notesOn(deps, cards, justIn),
  });
};

/** A week (`2026-W17`) or a month (`2026-04`) made of its days' editions, most talked-about first; without editions it is empty. */
export const readSpan = async (
  { store }: { store: Editions },
  kind: 'week' | 'month',
  name: string,
  reader: string,
): Promise<Result<FrontPage, 'bad-request'>> => {
  const span = kind === 'week' ? parseWeek(name) : parseMonth(name);
  if (span === null)
    return fail('bad-request', `${name} is not a ${kind}: write ${kind === 'week' ? '2026-W17' : '2026-04'}.`);
  const nameOf = (day: Day | null): string | null =>
    day === null ? null : (kind === 'week' ? weekOf(day) : monthOf(day)).name;
  const [editions, before, after, latest] = await Promise.all([
    store.editions.between(span.first, span.last),
    store.editions.neighbours(span.first),
    store.editions.neighbours(span.last),
    store.editions.latest(),
  ]);
  const cards = await store.papers.cards(merged(editions), reader);
  const order = byTalk(cards, span.last, await weighing(store, cards));
  return ok({
    ...empty(kind, name, span),
    latest: latest !== null && latest.date <= span.last,
    earlier: nameOf(before.earlier),
    later: nameOf(after.later),
    cards: order.flatMap((index) => cards[index] ?? []),
    trending: order.map((_, index) => index),
    sources: sourcesOf(editions, cards),
    days: editions.map(({ date }) => date).sort(),
  });
};

/** The most talked-about papers of the last editions; ages are counted from the latest edition, so an old instance still has a page. */
export const readTrending = async (
  { store, clock }: { store: Editions; clock: Clock },
  reader: string,
): Promise<FrontPage> => {
  const today = dayOf(clock.now());
  const dates = (await store.editions.dates()).toSorted().slice(-TRENDING_EDITIONS);
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return empty('trending', 'trending', { first: today, last: today });
  const editions = await store.editions.between(first, last);
  const all: readonly PaperCard[] = await store.papers.cards(merged(editions), reader);
  const cards = byTalk(all, last, await weighing(store, all))
    .slice(0, TRENDING_PAPERS)
    .flatMap((index) => all[index] ?? []);
  return {
    ...empty('trending', 'trending', { first, last }),
    cards,
    trending: cards.map((_, index) => index),
    sources: sourcesOf(editions, cards),
    days: dates,
  };
};

/** The archive, newest first. */
export const readEditions = async ({ store }: { store: Pick<Store, 'editions'> }): Promise<EditionsPage> => {
  const dates = (await store.editions.dates()).toSorted();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return { editions: [] };
  const editions = await store.editions.between(first, last);
  return {
    editions: editions
      .map(({ date, number, source, placements }) => ({ date, number, source, papers: placements.length }))
      .sort((a, b) => b.date.localeCompare(a.date)),
  };
};
