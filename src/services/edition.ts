import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { addDays, type Day, isDay } from '../kernel/day.ts';
import type { Log } from '../kernel/log.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Correction } from '../model/correction.ts';
import { type Edition, OURS } from '../model/edition.ts';
import type { Paper, PaperCard, PaperId } from '../model/paper.ts';
import { CANDIDATE_DAYS, type Candidate, isWeekend, isWished, placePapers, RANKING } from '../model/placing.ts';
import type { Weigh } from '../model/ranking.ts';
import type { Store } from '../store/store.ts';
import { dayIn } from './roll-over.ts';
import { flagRings, weighing } from './vote-rings.ts';

/** The newest papers of the last days that are looked at: some three weeks of all of arXiv. */
const CANDIDATES_MOST = 20_000;
const BATCH = 200;
/** Editions whose papers are watched for being withdrawn. */
const WATCHED_EDITIONS = 60;
const NO_READER = '';

export interface EditionRules {
  readonly zone: string;
  readonly weekends: 'place' | 'skip';
  readonly size: number;
  readonly categories: readonly string[];
}

interface Deps {
  readonly store: Pick<Store, 'editions' | 'papers' | 'submissions' | 'moderation' | 'accounts'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Slices, with a turn for everyone else between them: SQLite answers at once, and readers are waiting. */
const batches = async function* <T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let i = 0; i < all.length; i += BATCH) {
    yield all.slice(i, i + BATCH);
    await nextTurn();
  }
};

/** By paper, what the talk elsewhere comes to. The same talk may be told by several sources: the one that counts most is taken. */
const talkElsewhere = async (
  store: Deps['store'],
  ids: readonly PaperId[],
): Promise<(id: PaperId, name: 'upvotes' | 'comments') => number> => {
  const most = new Map<string, number>();
  for (const { paperId, name, value } of await store.papers.signals(ids)) {
    const key = `${name} ${paperId}`;
    most.set(key, Math.max(most.get(key) ?? 0, value));
  }
  return (id, name) => most.get(`${name} ${id}`) ?? 0;
};

const candidateOf = (
  card: PaperCard,
  submitted: Day | null,
  elsewhere: (id: PaperId, name: 'upvotes' | 'comments') => number,
  weigh: Weigh,
): Candidate => {
  const { paper } = card;
  return {
    id: paper.id,
    category: paper.categories[0] ?? null,
    published: paper.published,
    votes: weigh(card),
    upvotes: elsewhere(paper.id, 'upvotes'),
    comments: elsewhere(paper.id, 'comments'),
    code: paper.links.some((link) => link.rel === 'code'),
    submitted,
  };
};

/** The day each paper was first submitted on, of those that no edition has placed. */
const submittedIn = async (store: Deps['store'], first: Day, last: Day): Promise<ReadonlyMap<PaperId, Day>> => {
  const days = new Map<PaperId, Day>();
  for (const { paperId, day } of await store.submissions.between(first, last)) {
    if (days.has(paperId) || (await store.editions.placing(paperId)).length > 0) continue;
    days.set(paperId, day);
  }
  return days;
};

const candidatesOf = async (
  store: Deps['store'],
  { categories }: Pick<EditionRules, 'categories'>,
  day: Day,
): Promise<readonly Candidate[]> => {
  const span = { first: addDays(day, -CANDIDATE_DAYS), last: day, limit: CANDIDATES_MOST };
  const candidates: Candidate[] = [];
  const submitted = await submittedIn(store, span.first, day);
  const unplaced = await store.papers.unplaced(span);
  for await (const ids of batches([...new Set([...submitted.keys(), ...unplaced])])) {
    const [cards, elsewhere] = await Promise.all([store.papers.cards(ids, NO_READER), talkElsewhere(store, ids)]);
    const weigh = await weighing(store, cards);
    for (const card of cards) {
      const since = submitted.get(card.paper.id) ?? null;
      // What a reader submits may be of any category: they wished for it.
      if (card.paper.withdrawn || (since === null && !isWished(card.paper.categories, categories))) continue;
      candidates.push(candidateOf(card, since, elsewhere, weigh));
    }
  }
  return candidates;
};

/**
 * Sets the edition of a day from the papers published or submitted in the ten days before that no edition has placed; from then on it stays as
 * it is. Where the day has an edition already, that one. Null where there is nothing to set: no paper, or a weekend that
 * is skipped. Fails with `bad-usage` for what is no day or a day that has not begun in the edition's time zone.
 */
export const setEdition = async (
  { store, clock, log }: Deps,
  rules: EditionRules,
  day: Day,
): Promise<Result<Edition | null, 'bad-usage'>> => {
  if (!isDay(day)) return fail('bad-usage', `“${day}” is not a day: write 2026-04-20.`);
  const there = await store.editions.get(day);
  if (there !== null) return ok(there);
  const today = dayIn(rules.zone, clock.now());
  if (day > today) return fail('bad-usage', `The edition of ${day} cannot be set before that day: today is ${today}.`);
  if (rules.weekends === 'skip' && isWeekend(day)) return ok(null);
  // What was voted up since rings were last looked for must not be placed by it.
  await flagRings({ store, clock });
  const candidates = await candidatesOf(store, rules, day);
  if (candidates.length === 0) return ok(null);
  const { placements, whys } = placePapers(candidates, { size: rules.size, today: day });
  const edition = await store.editions.save({ date: day, source: OURS, placements, whys });
  log.info(
    {
      date: edition.date,
      number: edition.number,
      papers: edition.placements.length,
      candidates: candidates.length,
      ranking: RANKING,
    },
    'edition set',
  );
  return ok(edition);
};

const WITHDRAWN = 'This paper was withdrawn after it was placed.';

/**
 * Records a correction for every withdrawn paper of the latest editions that has none yet; returns those recorded. To be
 * called whenever papers may have changed; twice is once.
 */
export const recordWithdrawals = async ({ store, clock, log }: Deps): Promise<readonly Correction[]> => {
  const dates = (await store.editions.dates()).slice(-WATCHED_EDITIONS);
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const editions = await store.editions.between(first, last);
  const withdrawn = new Set<PaperId>();
  for await (const ids of batches([...new Set(editions.flatMap(({ placements }) => placements))])) {
    for (const { paper } of await store.papers.cards(ids, NO_READER)) if (paper.withdrawn) withdrawn.add(paper.id);
  }
  const recorded: Correction[] = [];
  for (const { date, placements } of editions) {
    const gone = placements.filter((id) => withdrawn.has(id));
    if (gone.length === 0) continue;
    const before = await store.editions.corrections(date);
    for (const paperId of gone) {
      if (before.some((one) => one.kind === 'withdrawn' && one.paperId === paperId)) continue;
      const correction: Correction = { date, paperId, kind: 'withdrawn', says: WITHDRAWN, at: clock.now() };
      await store.editions.correct(correction);
      recorded.push(correction);
      log.info({ date, paper: paperId }, 'a placed paper was withdrawn');
    }
  }
  return recorded;
};

/** Longer corrections are another article. */
const SAYS_MOST = 1_000;

const paperOf = async (store: Deps['store'], name: string): Promise<Paper | null> => {
  const id = (await store.papers.get(name))?.id ?? (await store.papers.resolve(name));
  return id === null ? null : store.papers.get(id);
};

/** Records what an editor has to say of an edition, or of one paper of it, which may be named by any of its ids. */
export const correctEdition = async (
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  { date, says, paper: name }: { readonly date: Day; readonly says: string; readonly paper: string | null },
): Promise<Result<Correction, 'bad-usage' | 'not-found'>> => {
  const sentence = says.replace(/\s+/g, ' ').trim();
  if (sentence === '') return fail('bad-usage', 'A correction says something: write --says "…".');
  if (sentence.length > SAYS_MOST) return fail('bad-usage', `A correction has at most ${SAYS_MOST} characters.`);
  const edition = await store.editions.get(date);
  if (edition === null) return fail('not-found', `There is no edition of ${date}.`);
  const paper = name === null ? null : await paperOf(store, name);
  if (name !== null && (paper === null || !edition.placements.includes(paper.id)))
    return fail('not-found', `The edition of ${date} has no paper “${name}”.`);
  const correction: Correction = {
    date,
    paperId: paper?.id ?? null,
    kind: 'note',
    says: sentence,
    at: clock.now(),
  };
  await store.editions.correct(correction);
  return ok(correction);
};
