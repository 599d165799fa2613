import { addDays, dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { DigestPlan, PaperPart, Subscription } from '../model/digest.ts';
import { type Candidate, changesOf, stateOf } from '../model/digest-select.ts';
import type { Edition } from '../model/edition.ts';
import { reasonText } from '../model/follow.ts';
import { rankInGroup } from '../model/group.ts';
import { EVERYTHING } from '../model/library.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { parseQuery } from '../model/query.ts';
import { byTalk } from '../model/ranking.ts';
import { wayToTell } from '../model/saved-search.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import type { DigestDeps } from './digest.ts';
import { newFor } from './follow.ts';
import { newMatches } from './saved-search.ts';
import { similarTo } from './similar.ts';

const DAY_MS = 86_400_000;
/** What came in before is no news; what was not told of for want of room still is, so this is more than one rhythm. Days. */
const NEWS_DAYS = { daily: 7, weekly: 14 } as const;
/** Of what a reader saved and voted for last, so much says what they like now. */
const LIKED = 24;
const NEIGHBOURS = 30;
/** Saved papers that are watched for changes: those saved last. */
const WATCHED = 500;
const OF_A_GROUP = 8;

interface For {
  readonly subscription: Subscription;
  readonly reader: string;
  readonly now: number;
}

/** The latest edition, and how many of its papers, or of its week's, were placed. */
export interface Leading {
  readonly edition: DigestPlan['edition'];
  readonly daily: readonly Candidate[];
  readonly weekly: readonly Candidate[];
}

/** The latest edition and those of the six days before it: all that can lead. */
const leadingWeek = async ({
  store,
}: {
  readonly store: Pick<Store, 'editions'>;
}): Promise<{ readonly latest: Edition; readonly ids: readonly PaperId[] } | null> => {
  const latest = await store.editions.latest();
  if (latest === null) return null;
  const week = await store.editions.between(addDays(latest.date, -6), latest.date);
  return { latest, ids: [...new Set(week.flatMap(({ placements }) => placements))] };
};

/** What an edition placed is placed by no later one, but for a list brought in late. */
const SENT_KEPT_MS = 60 * DAY_MS;

/**
 * Forgets what was sent so long ago that it cannot lead again, to those who are told of nothing else: of an address alone. A
 * reader's groups may choose a paper of any age, so what readers were sent is kept. Returns how many papers were forgotten.
 */
export const sweepSent = async (
  { store }: { readonly store: Pick<Store, 'editions' | 'outbox'> },
  now: number,
): Promise<number> =>
  store.outbox.sweepSent({ before: now - SENT_KEPT_MS, keep: (await leadingWeek({ store }))?.ids ?? [] });

/** What leads: the same for all readers, so read once for many of them. */
export const readLeading = async (
  { store }: { readonly store: Pick<Store, 'editions' | 'papers'> },
  limit: number,
): Promise<Leading> => {
  const week = await leadingWeek({ store });
  if (week === null) return { edition: null, daily: [], weekly: [] };
  const { latest, ids } = week;
  const cards = await store.papers.cards(ids, '');
  const standing = new Map(cards.filter(({ paper }) => !paper.withdrawn).map((card) => [card.paper.id, card]));
  const placed = latest.placements.filter((id) => standing.has(id)).slice(0, limit);
  const all = [...standing.values()];
  return {
    edition: { date: latest.date, number: latest.number },
    daily: placed.map((paperId, i) => ({ paperId, reason: `Number ${i + 1} in the edition of the day` })),
    weekly: byTalk(all, latest.date)
      .slice(0, limit)
      .flatMap((index) => all[index] ?? [])
      .map(({ paper }) => ({ paperId: paper.id, reason: 'Among the most talked-about papers of the week' })),
  };
};

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

/** Of those one likes, the one nearest to each; none where the model's vectors are not there. */
const nearestLiked = async (
  index: SearchIndex,
  ids: readonly PaperId[],
  liked: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, PaperId>> => {
  const vectors = await index.vectorsOf([...ids, ...liked]);
  const nearest = new Map<PaperId, PaperId>();
  for (const id of ids) {
    const own = vectors.get(id);
    if (own === undefined) continue;
    let best = Number.NEGATIVE_INFINITY;
    for (const other of liked) {
      const vector = vectors.get(other);
      const cosine = vector === undefined ? Number.NEGATIVE_INFINITY : dot(own, vector);
      if (cosine <= best) continue;
      best = cosine;
      nearest.set(id, other);
    }
  }
  return nearest;
};

const personal = async (
  { store, index }: DigestDeps,
  { reader, now, subscription }: For,
): Promise<readonly Candidate[]> => {
  const [votes, saved] = await Promise.all([store.votes.of(reader), store.library.list(reader, EVERYTHING)]);
  const liked = [
    ...votes.map(({ paperId, at }) => ({ paperId, at })),
    ...saved.map(({ paperId, savedAt }) => ({ paperId, at: savedAt })),
  ]
    .sort((a, b) => b.at - a.at || (a.paperId < b.paperId ? -1 : 1))
    .map(({ paperId }) => paperId);
  const known = new Set(liked);
  const last = [...known].slice(0, LIKED);
  if (last.length === 0) return [];
  const after = addDays(dayOf(now), -NEWS_DAYS[subscription.rhythm]);
  const near = (await similarTo({ index }, last, NEIGHBOURS, parseQuery(`after:${after}`))).filter(
    ({ id }) => !known.has(id),
  );
  const nearest = await nearestLiked(
    index,
    near.map(({ id }) => id),
    last,
  );
  const cards = await store.papers.cards([...new Set(nearest.values())], '');
  const titles = new Map(cards.map(({ paper }) => [paper.id, paper.title]));
  return near.map(({ id }) => {
    const title = titles.get(nearest.get(id) ?? '');
    return {
      paperId: id,
      reason: title === undefined ? 'Near what you saved and voted for' : `Near “${title}”, which you chose`,
    };
  });
};

const followed = async (deps: DigestDeps, { reader, now, subscription }: For) => {
  const since = now - NEWS_DAYS[subscription.rhythm] * DAY_MS;
  const { papers } = await newFor(deps, { reader, since });
  const [byFollow, bySearch]: [Candidate[], Candidate[]] = [[], []];
  for (const { card, reasons } of papers)
    for (const reason of reasons)
      (reason.kind === 'search' ? bySearch : byFollow).push({ paperId: card.paper.id, reason: reasonText(reason) });
  return { byFollow, bySearch };
};

const searches = async (deps: DigestDeps, { reader, now, subscription }: For): Promise<readonly Candidate[]> => {
  const alerts = new Map((await deps.store.searchAlerts.of(reader)).map(({ searchId, way }) => [searchId, way]));
  // What devices are told of is told here where there are none left.
  const devices = (await deps.store.pushDevices.of(reader)).length > 0;
  const found: Candidate[] = [];
  for (const search of await deps.store.savedSearches.of(reader)) {
    if (wayToTell(alerts.get(search.id), { mail: true, devices }) !== 'digest') continue;
    const since = Math.max(search.createdAt, now - NEWS_DAYS[subscription.rhythm] * DAY_MS);
    for (const { paper } of await newMatches(deps, search, since))
      found.push({ paperId: paper.id, reason: reasonText({ kind: 'search', name: search.name }) });
  }
  return found;
};

const groups = async ({ store }: DigestDeps, { reader, now }: For): Promise<readonly Candidate[]> => {
  const found: Candidate[] = [];
  for (const group of await store.groups.of(reader)) {
    const [tallies, pins] = await Promise.all([
      store.groups.tallies({ group: group.handle, reader, since: now - group.windowDays * DAY_MS }),
      store.groups.pins(group.handle),
    ]);
    found.push(...pins.map(({ paperId }) => ({ paperId, reason: `On top in ${group.name}` })));
    for (const { paperId, votes, counted } of rankInGroup(tallies, dayOf(now)).slice(0, OF_A_GROUP))
      if (counted > 0) found.push({ paperId, reason: `${votes} ${votes === 1 ? 'vote' : 'votes'} in ${group.name}` });
  }
  return found;
};

/** What changed in a library since its reader was told, and how its papers are watched from now on. */
export const readChanges = async (
  { store }: Pick<DigestDeps, 'store'>,
  { subscription, reader }: Pick<For, 'subscription' | 'reader'>,
): Promise<Pick<DigestPlan, 'changes' | 'watched'>> => {
  const [saved, before] = await Promise.all([
    store.library.list(reader, EVERYTHING),
    store.outbox.watched(subscription.id),
  ]);
  const cards: readonly PaperCard[] = await store.papers.cards(
    saved.slice(0, WATCHED).map(({ paperId }) => paperId),
    reader,
  );
  const changes: DigestPlan['changes'][number][] = [];
  const watched: DigestPlan['watched'][number][] = [];
  for (const { paper } of cards) {
    const state = stateOf(paper);
    const known = before.get(paper.id);
    const what = changesOf(known, state);
    if (what.length > 0) changes.push({ paperId: paper.id, what, version: state.version });
    if (
      known === undefined ||
      known.version !== state.version ||
      known.withdrawn !== state.withdrawn ||
      known.code !== state.code
    )
      watched.push({ paperId: paper.id, ...state });
  }
  return { changes, watched };
};

/** Without the index a digest has fewer parts; that is no reason to send none. */
const orNothing = async (
  deps: DigestDeps,
  read: () => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'index-unavailable') throw error;
    deps.log.warn({ err: error }, 'a digest goes out without what is searched for');
    return [];
  }
};

/** What each part that a subscriber chose would tell of. */
export const readCandidates = async (
  deps: DigestDeps,
  {
    subscription,
    leading,
    now,
  }: { readonly subscription: Subscription; readonly leading: Leading; readonly now: number },
): Promise<ReadonlyMap<PaperPart, readonly Candidate[]>> => {
  const wants = (part: PaperPart): boolean => subscription.parts.includes(part);
  const found = new Map<PaperPart, readonly Candidate[]>();
  if (wants('trending')) found.set('trending', leading[subscription.rhythm].slice(0, subscription.papers));
  const { reader } = subscription;
  if (reader === null) return found;
  const whose: For = { subscription, reader, now };
  if (wants('personal')) found.set('personal', await orNothing(deps, () => personal(deps, whose)));
  let bySearch: readonly Candidate[] = [];
  if (wants('followed') || wants('searches')) {
    const news = await followed(deps, whose);
    if (wants('followed')) found.set('followed', news.byFollow);
    bySearch = news.bySearch;
  }
  if (wants('searches')) found.set('searches', [...bySearch, ...(await orNothing(deps, () => searches(deps, whose)))]);
  if (wants('groups')) found.set('groups', await groups(deps, whose));
  return found;
};
