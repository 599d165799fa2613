import { dayOf, isDay, monthOf, weekOf } from '../kernel/day.ts';
import { plainMath } from '../kernel/plain-math.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { categoryName } from '../model/category.ts';
import type { FrontPage } from '../model/edition.ts';
import { type Feed, type FeedItem, type FeedView, type FeedWays, NO_WAYS } from '../model/feed.ts';
import { reasonText } from '../model/follow.ts';
import type { ShownThread } from '../model/letter-page.ts';
import type { PaperCard } from '../model/paper.ts';
import { isShowable, type Showable } from '../model/profile.ts';
import { hasWords, parseQuery } from '../model/query.ts';
import type { Reader } from '../model/reader.ts';
import { href, idFromUrl } from '../model/urls.ts';
import type { ListPlace, Store } from '../store/store.ts';
import { letterItem, paperItem } from './feed-items.ts';
import { newFor } from './follow.ts';
import { readDay, readSpan, readTrending } from './front-page.ts';
import { type FrontDeps, readGroupFront } from './group-front.ts';
import { readLetter, readLetters } from './letters.ts';
import { readLibrary } from './library.ts';
import type { MarkdownRenderer } from './markdown.ts';
import { readProfile } from './profile.ts';
import { newMatches } from './saved-search.ts';
import { type SearchDeps, searchPapers } from './search.ts';
import { isOfReader } from './search-within.ts';

type Shelves = Pick<
  Store,
  | 'browse'
  | 'follows'
  | 'seen'
  | 'profiles'
  | 'submissions'
  | 'accounts'
  | 'claims'
  | 'letters'
  | 'library'
  | 'savedSearches'
>;

export type FeedDeps = Omit<SearchDeps, 'store'> &
  Omit<FrontDeps, 'store'> & {
    readonly store: SearchDeps['store'] & FrontDeps['store'] & Shelves;
    readonly config: { readonly edition: { readonly zone: string } };
    readonly markdown: Pick<MarkdownRenderer, 'render'>;
  };

/** What was asked for beside the view: the query of the address, read. */
export interface FeedWish {
  readonly view: FeedView;
  /** Whose feed it is, by a key; null for nobody in particular, as whom public feeds are read. */
  readonly reader: Reader | null;
  readonly q?: string;
  readonly sort?: 'relevance' | 'newest' | 'votes';
  readonly list?: string | null;
  /** 1-based, of feeds that are counted. */
  readonly page?: number;
  /** In long lists: older than, or newer than, a place as it stands in an address. */
  readonly after?: string | null;
  readonly before?: string | null;
  readonly last?: boolean;
}

type Made = Result<Feed, 'not-found' | 'forbidden' | 'unauthorised' | 'bad-request'>;

/** Entries on a page of a feed. */
export const FEED_ITEMS = 50;
/** How far back feeds of news look. Milliseconds. */
const NEWS_MS = 60 * 86_400_000;

const papers = (cards: readonly PaperCard[]): readonly FeedItem[] => cards.map((card) => paperItem(card));

const feed = (made: Pick<Feed, 'title' | 'about' | 'page' | 'items'> & Partial<Feed>): Made =>
  ok({ ways: NO_WAYS, archive: false, private: false, ...made });

const KEY_NEEDED = fail(
  'unauthorised',
  'This feed is its reader’s own: its address needs a key, which is made under “Feeds”.',
);

const withParams = (page: string, params: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(params).toString();
  return text === '' ? page : `${page}${page.includes('?') ? '&' : '?'}${text}`;
};

/** Ways through a feed whose pages are numbered. */
const numbered = (page: string, at: number, pages: number): FeedWays => {
  const to = (n: number): string => withParams(page, n === 1 ? {} : { p: String(n) });
  return {
    ...NO_WAYS,
    first: to(1),
    last: to(Math.max(1, pages)),
    previous: at > 1 ? to(at - 1) : null,
    next: at < pages ? to(at + 1) : null,
  };
};

const frontFeed = (front: FrontPage, page: string, title: string): Made => {
  const isDayOf = front.kind === 'day';
  const dated = (date: string | null): string | null => (date === null ? null : href.day(date));
  return feed({
    title,
    about:
      front.kind === 'trending'
        ? 'What is most talked about.'
        : `The research papers of ${front.first === front.last ? front.first : `${front.first} to ${front.last}`}.`,
    page,
    items: papers([...front.cards, ...front.justIn]),
    archive: isDayOf && !front.latest,
    ways: isDayOf
      ? {
          ...NO_WAYS,
          earlier: dated(front.earlier),
          later: front.latest ? null : dated(front.later),
          current: front.latest ? null : '/papers',
        }
      : NO_WAYS,
  });
};

const readFront = async (deps: FeedDeps, view: FeedView): Promise<Made | null> => {
  switch (view.kind) {
    case 'latest': {
      const front = await readDay(deps, null, '');
      return front.ok ? frontFeed(front.value, href.home, 'Today’s papers') : front;
    }
    case 'day': {
      if (!isDay(view.name)) return fail('not-found', 'That is not a day: write it as 2026-04-20.');
      const front = await readDay(deps, view.name, '');
      return front.ok ? frontFeed(front.value, href.day(view.name), `Papers of ${view.name}`) : front;
    }
    case 'week':
    case 'month': {
      const day = (await deps.store.editions.latest())?.date ?? dayOf(deps.clock.now());
      const name = view.name ?? (view.kind === 'week' ? weekOf(day) : monthOf(day)).name;
      const front = await readSpan(deps, view.kind, name, '');
      if (!front.ok) return front;
      const latest = view.kind === 'week' ? href.latestWeek : href.latestMonth;
      return view.name === null
        ? frontFeed(front.value, latest, `Trending this ${view.kind}`)
        : frontFeed(front.value, href[view.kind](name), `Trending in ${name}`);
    }
    case 'trending':
      return frontFeed(await readTrending(deps, ''), href.trending, 'Trending papers');
    default:
      return null;
  }
};

const placeText = ({ day, id }: ListPlace): string => `${day}~${id}`;
const placeOf = (text: string | null | undefined): ListPlace | null => {
  const at = text?.indexOf('~') ?? -1;
  return text == null || at < 0 ? null : { day: text.slice(0, at), id: text.slice(at + 1) };
};

const ANY = { limit: 1, offset: 0 };

const listName = async ({ store }: FeedDeps, kind: 'author' | 'organisation' | 'category', key: string) => {
  if (kind === 'author') return (await store.browse.author(key, ANY))?.name ?? null;
  if (kind === 'organisation') return (await store.browse.organisation(key, ANY))?.organisation.name ?? null;
  if ((await store.browse.category(key, ANY)).total === 0) return null;
  const name = categoryName(key);
  return name === key ? key : `${name} (${key})`;
};

/** A list of any length, fifty at a time, by where the page before ended. */
const readList = async (
  deps: FeedDeps,
  { kind, key }: { readonly kind: 'author' | 'organisation' | 'category'; readonly key: string },
  { after, before, last = false }: Pick<FeedWish, 'after' | 'before' | 'last'>,
): Promise<Made> => {
  const title = await listName(deps, kind, key);
  if (title === null) return fail('not-found', `There are no papers of this ${kind} here.`);
  const [older, newer] = [placeOf(after), placeOf(before)];
  const towards = last || (newer !== null && older === null) ? 'newer' : 'older';
  const from = last ? null : (older ?? newer);
  const found = await deps.store.browse.stretch({ kind, key }, { from, towards, limit: FEED_ITEMS + 1 });
  const places = towards === 'older' ? found.slice(0, FEED_ITEMS) : found.slice(-FEED_ITEMS);
  const further = found.length > FEED_ITEMS;
  const [first, end] = [places[0], places.at(-1)];
  const page = href[kind](key);
  const hasNewer = first !== undefined && (towards === 'older' ? from !== null : further);
  const hasOlder = end !== undefined && (towards === 'older' ? further : from !== null);
  return feed({
    title,
    about: `New papers: ${title}.`,
    page,
    items: papers(
      await deps.store.papers.cards(
        places.map(({ id }) => id),
        '',
      ),
    ),
    ways: {
      ...NO_WAYS,
      first: page,
      last: `${page}?last=1`,
      previous: hasNewer ? withParams(page, { before: placeText(first) }) : null,
      next: hasOlder ? withParams(page, { after: placeText(end) }) : null,
    },
  });
};

const readSearch = async (deps: FeedDeps, { q = '', sort = 'newest', page = 1, reader }: FeedWish): Promise<Made> => {
  if (q.trim() === '') return fail('bad-request', 'Say what to search for, as /search.atom?q=….');
  const query = parseQuery(q);
  const own = isOfReader(query);
  if (own && reader === null) return KEY_NEEDED;
  // What is only near in meaning is no news, and would come and go.
  const embedder = sort === 'newest' && hasWords(query) ? null : deps.embedder;
  const found = await searchPapers(
    { ...deps, embedder },
    { q, sort, page, limit: FEED_ITEMS, reader: own ? (reader?.id ?? '') : '' },
  );
  const at = href.search(q, sort === 'newest' ? {} : { sort });
  return feed({
    title: `Search: ${q}`,
    about: `Papers found by “${q}”.`,
    page: at,
    items: papers(found.hits.map(({ card }) => card)),
    ways: numbered(at, found.page, found.pages),
    private: own,
  });
};

const flat = (threads: readonly ShownThread[]): readonly ShownThread[] =>
  threads.flatMap((thread) => [thread, ...flat(thread.answers)]);

const readPaperLetters = async (deps: FeedDeps, named: string, page: number): Promise<Made> => {
  const id = idFromUrl(named);
  const [card] = await deps.store.papers.cards([(await deps.store.papers.resolve(id)) ?? id], '');
  if (card === undefined) return fail('not-found', 'There is no such paper here.');
  const { paper } = card;
  const { threads } = await readLetters(deps, { paperId: paper.id, reader: null });
  const all = flat(threads)
    .flatMap((letter) => letterItem(letter, paper.title))
    .sort((a, b) => b.published.localeCompare(a.published) || a.id.localeCompare(b.id));
  const at = href.paperLetters(paper.id);
  return feed({
    title: `Letters on “${plainMath(paper.title)}”`,
    about: 'What readers write about it.',
    page: at,
    items: all.slice((page - 1) * FEED_ITEMS, page * FEED_ITEMS),
    ways: numbered(at, page, Math.ceil(all.length / FEED_ITEMS)),
  });
};

const LISTS: Readonly<Record<Showable, string>> = {
  letters: 'Letters by',
  submissions: 'Submitted by',
  votes: 'Papers voted for by',
  library: 'The library of',
};

/** What a reader shows of theirs, a list at a time; letters where none is named. */
const readReader = async (deps: FeedDeps, handle: string, { list: named, page = 1 }: FeedWish): Promise<Made> => {
  const list = named == null ? 'letters' : named;
  if (!isShowable(list)) return fail('bad-request', `Lists of a reader are ${Object.keys(LISTS).join(', ')}.`);
  const profile = await readProfile(deps, handle, null, { list, page });
  if (!profile.ok) return profile;
  const { person, letters, submissions, votes, library, more } = profile.value;
  const cards = votes ?? library ?? submissions?.map(({ card }) => card) ?? null;
  if (cards === null && letters === null) return fail('not-found', `${person.name} does not show this.`);
  const told = await Promise.all(
    (letters ?? []).map(async ({ id, paperTitle }) => {
      const letter = await readLetter(deps, { id, reader: null });
      return letter.ok ? letterItem(letter.value, paperTitle) : [];
    }),
  );
  const at = href.readerList(handle, list);
  const here = profile.value.page;
  return feed({
    title: `${LISTS[list]} ${person.name}`,
    about: `What ${person.name} shows to everyone.`,
    page: at,
    items: cards === null ? told.flat() : papers(cards),
    ways: { ...numbered(at, here, more.includes(list) ? here + 1 : here), last: null },
  });
};

const readGroup = async (deps: FeedDeps, handle: string, reader: Reader | null): Promise<Made> => {
  const front = await readGroupFront(deps, { handle, reader });
  if (!front.ok) return front;
  const { group, stories } = front.value;
  return feed({
    title: group.name,
    about: `What the members of ${group.name} chose.`,
    page: href.group(handle),
    items: stories.map(({ card }) => paperItem(card, { group: handle })),
    private: group.visibility !== 'public',
  });
};

/** Feeds that are one reader's own. */
const readOwn = async (deps: FeedDeps, reader: Reader, { view, q = '', page = 1 }: FeedWish): Promise<Made> => {
  const since = deps.clock.now() - NEWS_MS;
  if (view.kind === 'following') {
    const { papers: news } = await newFor(deps, { reader: reader.id, since });
    return feed({
      title: 'What I follow',
      about: 'New by what you follow.',
      page: href.following,
      private: true,
      items: news
        .slice(0, FEED_ITEMS)
        .map(({ card, reasons }) => paperItem(card, { reasons: reasons.map((reason) => reasonText(reason)) })),
    });
  }
  if (view.kind === 'saved-search') {
    const search = await deps.store.savedSearches.get(reader.id, view.id);
    if (search === null || search.removedAt !== null) return fail('not-found', 'There is no such saved search.');
    return feed({
      title: search.name,
      about: `What is new in your search “${search.query}”.`,
      page: href.savedSearch(search.id),
      private: true,
      items: papers((await newMatches(deps, search, since)).slice(0, FEED_ITEMS)),
    });
  }
  const shelf = await readLibrary(deps, { reader: reader.id, q, page });
  return feed({
    title: 'My library',
    about: 'Papers you saved.',
    page: href.library(q),
    private: true,
    items: papers(shelf.items.map(({ card }) => card)),
    ways: numbered(href.library(q), shelf.page, shelf.pages),
  });
};

/** A page of a feed. Public feeds are the same for everyone: who asks is of no matter to them. */
export const readFeed = async (deps: FeedDeps, wish: FeedWish): Promise<Made> => {
  const { view, reader, page = 1 } = wish;
  switch (view.kind) {
    case 'author':
    case 'organisation':
    case 'category':
      return readList(deps, view, wish);
    case 'search':
      return readSearch(deps, wish);
    case 'letters':
      return readPaperLetters(deps, view.paper, page);
    case 'reader':
      return readReader(deps, view.handle, wish);
    case 'group':
      return readGroup(deps, view.handle, reader);
    case 'following':
    case 'saved-search':
    case 'library':
      return reader === null ? KEY_NEEDED : readOwn(deps, reader, wish);
    default:
      return (await readFront(deps, view)) ?? fail('not-found', 'There is no such feed.');
  }
};
