import type { Clock } from '../kernel/clock.ts';
import { addDays, dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { foldSpace } from '../kernel/text.ts';
import { categoryName } from '../model/category.ts';
import {
  type Arrival,
  FOLLOW_CAPS,
  type Follow,
  type FollowingPage,
  type FollowKind,
  gather,
  type NewPaper,
} from '../model/follow.ts';
import type { PaperId } from '../model/paper.ts';
import { formatQuery, parseQuery } from '../model/query.ts';
import type { Store } from '../store/store.ts';
import { newMatches } from './saved-search.ts';
import type { SearchDeps } from './search.ts';

/** How far back the page of what is new looks. Milliseconds. */
const NEWS_MS = 21 * 86_400_000;
/** What is dated longer before that is no news, though it came in only now. */
const LATE_DAYS = 14;
/** Of one follow. */
const MOST = 60;
/** A paper shown stays on the page for the rest of one's visit, then it is not shown again. */
const VISIT_MS = 6 * 3_600_000;
const PLACE = 'following';

type Shelf = Pick<Store, 'follows' | 'seen' | 'papers' | 'profiles' | 'submissions'>;
type Deps = Omit<SearchDeps, 'store'> & { readonly store: SearchDeps['store'] & Shelf; readonly clock: Clock };

interface Which {
  readonly kind: FollowKind;
  readonly key: string;
}

const QUERY = (q: string): string => formatQuery(parseQuery(q));

/** The name of what there is to follow; null where there is no such thing. */
const nameOf = async (
  { store }: { readonly store: Pick<Store, 'browse'> },
  { kind, key }: Which,
  said: string,
): Promise<string | null> => {
  const page = { limit: 1, offset: 0 };
  switch (kind) {
    case 'author':
      return (await store.browse.author(key, page))?.name ?? null;
    case 'organisation':
      return (await store.browse.organisation(key, page))?.organisation.name ?? null;
    case 'category': {
      const name = categoryName(key);
      if ((await store.browse.category(key, page)).total === 0) return null;
      return name === key ? key : `${name} (${key})`;
    }
    case 'search':
      return key === '' ? null : said || key;
    case 'reader':
      return said === '' ? null : said;
  }
};

/**
 * Follows an author, an organisation or a category by the key of its page, a reader by id, or a search by its query.
 * Followed twice it is once. `name` is what a reader or a search is called; of a reader the caller has made sure.
 */
export const follow = async (
  { store, clock }: { readonly store: Pick<Store, 'follows' | 'browse'>; readonly clock: Clock },
  { reader, kind, key: said, name = '' }: Which & { readonly reader: string; readonly name?: string },
): Promise<Result<Follow, 'not-found' | 'bad-input'>> => {
  const key = kind === 'search' ? QUERY(said) : said;
  if (key.length > FOLLOW_CAPS.key) return fail('bad-input', 'That is too long to be followed.');
  if (kind === 'reader' && key === reader) return fail('bad-input', 'You cannot follow yourself.');
  const called = await nameOf({ store }, { kind, key }, foldSpace(name.toWellFormed().slice(0, FOLLOW_CAPS.name)));
  if (called === null) return fail('not-found', 'There is nothing of that name to follow.');
  const all = await store.follows.of(reader);
  const there = all.find((one) => one.kind === kind && one.key === key);
  if (there !== undefined) return ok(there);
  if (all.length >= FOLLOW_CAPS.follows) return fail('bad-input', `At most ${FOLLOW_CAPS.follows} can be followed.`);
  const made: Follow = { kind, key, name: called, createdAt: clock.now() };
  await store.follows.put(reader, made);
  return ok(made);
};

/** Ends a follow; harmless where there is none. */
export const unfollow = (
  { store }: { readonly store: Pick<Store, 'follows'> },
  { reader, kind, key }: Which & { readonly reader: string },
): Promise<void> => store.follows.delete(reader, { kind, key });

/** Whether a reader follows something; false for nobody. */
export const isFollowed = async (
  { store }: { readonly store: Pick<Store, 'follows'> },
  { reader, kind, key }: Which & { readonly reader: string },
): Promise<boolean> => reader !== '' && store.follows.has(reader, { kind, key });

/** What a reader voted for or submitted since, as far as they show it. */
const chosenBy = async (
  { store }: { readonly store: Pick<Store, 'follows' | 'profiles' | 'submissions'> },
  key: string,
  of: { readonly since: number; readonly firstDay: string; readonly limit: number },
): Promise<readonly Arrival[]> => {
  const { shown } = await store.profiles.get(key);
  const votes = shown.includes('votes') ? await store.follows.arrivals({ kind: 'reader', key }, of) : [];
  const sent = shown.includes('submissions') ? await store.submissions.by(key, of.limit) : [];
  const open = await store.submissions.of(sent.map(({ paperId }) => paperId));
  const recent = sent
    .filter(({ at, paperId }) => at > of.since && open.get(paperId)?.some(({ reader }) => reader === key))
    .map(({ paperId, at }) => ({ paperId, kind: 'reader', key, at }) as const);
  return [...votes, ...recent];
};

interface News {
  readonly papers: readonly NewPaper[];
  /** Names of searches that could not be made now. */
  readonly missed: readonly string[];
}

/**
 * Papers that came in since (ms since 1970) by what a reader follows, newest first, each once with all its reasons.
 * Nothing is left out for having been seen. What is dated more than fourteen days before `since` is no news.
 */
export const newFor = async (
  deps: Deps,
  { reader, since }: { readonly reader: string; readonly since: number },
): Promise<News> => {
  const { store } = deps;
  const follows = await store.follows.of(reader);
  const of = { since, firstDay: addDays(dayOf(since), -LATE_DAYS), limit: MOST };
  const arrivals: Arrival[] = [];
  const missed: string[] = [];
  for (const { kind, key, name } of follows) {
    if (kind !== 'search') {
      arrivals.push(
        ...(await (kind === 'reader' ? chosenBy(deps, key, of) : store.follows.arrivals({ kind, key }, of))),
      );
      continue;
    }
    try {
      for (const { paper } of (await newMatches(deps, { query: key, reader }, since)).slice(0, MOST)) {
        const first = paper.sightings.map(({ seenAt }) => seenAt).sort()[0] ?? '';
        arrivals.push({ paperId: paper.id, kind, key, at: Date.parse(first) });
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      missed.push(name);
    }
  }
  const gathered = gather(arrivals, follows);
  const cards = await store.papers.cards(
    gathered.map(({ paperId }) => paperId),
    reader,
  );
  const byId = new Map(cards.map((card) => [card.paper.id, card]));
  const papers = gathered.flatMap(({ paperId, at, reasons }) => {
    const card = byId.get(paperId);
    return card === undefined || card.paper.withdrawn ? [] : [{ card, at, reasons }];
  });
  return { papers, missed };
};

/** What is new for a reader and has not been shown on an earlier visit, under the reasons that tell most. */
export const readFollowing = async (deps: Deps, { reader }: { readonly reader: string }): Promise<FollowingPage> => {
  const now = deps.clock.now();
  const [follows, { papers, missed }] = await Promise.all([
    deps.store.follows.of(reader),
    newFor(deps, { reader, since: now - NEWS_MS }),
  ]);
  const seen = await deps.store.seen.of(
    reader,
    papers.map(({ card }) => card.paper.id),
  );
  const fresh = papers.filter(({ card }) => {
    const shown = seen.get(card.paper.id);
    return shown === undefined || (!shown.done && now - shown.at < VISIT_MS);
  });
  const groups = [...Map.groupBy(fresh, ({ reasons }) => reasons[0] as Follow)].map(([reason, grouped]) => ({
    reason,
    papers: grouped,
  }));
  return { follows, groups, total: fresh.length, missed };
};

/** Remembers that papers were shown to a reader on a page of their own; writes only what is not known yet. */
export const rememberShown = async (
  { store, clock }: { readonly store: Pick<Store, 'seen'>; readonly clock: Clock },
  {
    reader,
    ids,
    place = PLACE,
  }: { readonly reader: string; readonly ids: readonly PaperId[]; readonly place?: string },
): Promise<void> => {
  const known = await store.seen.of(reader, ids);
  const fresh = ids.filter((id) => !known.has(id));
  if (fresh.length > 0) await store.seen.add({ reader, ids: fresh, at: clock.now(), place });
};

/** Puts papers aside: they are not shown again as new. */
export const putAside = (
  { store, clock }: { readonly store: Pick<Store, 'seen'>; readonly clock: Clock },
  { reader, ids }: { readonly reader: string; readonly ids: readonly PaperId[] },
): Promise<void> => store.seen.add({ reader, ids, at: clock.now(), place: PLACE, done: true });
