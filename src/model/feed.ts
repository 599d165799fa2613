/** The three renderings of a feed, by the ending that is put after the path of its page. */
export const FEED_ENDINGS = { atom: '.atom', rss: '.rss', json: '.feed.json' } as const;
export type FeedForm = keyof typeof FEED_ENDINGS;
export const FEED_FORMS = Object.keys(FEED_ENDINGS) as readonly FeedForm[];

export const FEED_TYPES: Readonly<Record<FeedForm, string>> = {
  atom: 'application/atom+xml',
  rss: 'application/rss+xml',
  json: 'application/feed+json',
};

export interface FeedPerson {
  readonly name: string;
  /** Path of their page; null where they have none. */
  readonly page: string | null;
}

/** One entry. Paths are of this site, from `/`; times are ISO. All texts are plain unless they are said to be HTML. */
export interface FeedItem {
  /** A `urn:uuid:` that stays, whatever else of the entry changes. */
  readonly id: string;
  readonly title: string;
  /** Path of its page. */
  readonly page: string;
  /** Where the work itself is; null where that is not known. */
  readonly elsewhere: string | null;
  readonly published: string;
  readonly updated: string;
  readonly authors: readonly FeedPerson[];
  readonly categories: readonly { readonly code: string; readonly label: string }[];
  /** Plain text, in full. Of a letter empty. */
  readonly abstract: string;
  /** HTML that is safe to send, in place of the abstract: a letter as it is set. */
  readonly html: string | null;
  /** What else is said of it, a sentence or a tally each. */
  readonly notes: readonly string[];
  /** The paper as a file. */
  readonly pdf: string | null;
}

/** Where a page of a feed leads: paths with their query, null where there is nothing (RFC 5005). */
export interface FeedWays {
  readonly first: string | null;
  readonly previous: string | null;
  readonly next: string | null;
  readonly last: string | null;
  /** The feed that what is now an archive came from, and the archives around it. */
  readonly current: string | null;
  readonly earlier: string | null;
  readonly later: string | null;
}

export const NO_WAYS: FeedWays = {
  first: null,
  previous: null,
  next: null,
  last: null,
  current: null,
  earlier: null,
  later: null,
};

/** A page of a feed; the renderings are made from this. Paths are those of pages, without an ending. */
export interface Feed {
  readonly title: string;
  readonly about: string;
  /** Path of the page it is the feed of, with its query. */
  readonly page: string;
  readonly ways: FeedWays;
  /** True for one that no longer changes. */
  readonly archive: boolean;
  /** True where nobody else may see it. */
  readonly private: boolean;
  readonly items: readonly FeedItem[];
}

/** Everything a feed can be of. */
export type FeedView =
  | { readonly kind: 'latest' | 'trending' | 'following' }
  | { readonly kind: 'day'; readonly name: string }
  /** Without a name, of the latest edition. */
  | { readonly kind: 'week' | 'month'; readonly name: string | null }
  | { readonly kind: 'author' | 'organisation' | 'category'; readonly key: string }
  | { readonly kind: 'search' }
  | { readonly kind: 'saved-search'; readonly id: string }
  | { readonly kind: 'group'; readonly handle: string }
  | { readonly kind: 'reader'; readonly handle: string }
  | { readonly kind: 'letters'; readonly paper: string }
  | { readonly kind: 'library' };

/** The address of a page's feed: the ending after its path, its query as it is. */
export const feedOf = (page: string, form: FeedForm): string => {
  const at = page.indexOf('?');
  const path = at < 0 ? page : page.slice(0, at);
  return `${path === '/' ? '/papers' : path}${FEED_ENDINGS[form]}${at < 0 ? '' : page.slice(at)}`;
};

/** An address that opens with a reader's key. */
export const withKey = (path: string, key: string | null): string =>
  key === null ? path : `${path}${path.includes('?') ? '&' : '?'}key=${encodeURIComponent(key)}`;

const ENDING = /^(.*?)(\.atom|\.rss|\.feed\.json)$/s;

/** The path of the page a feed is of, and its form; null for a path that is of no feed. */
export const feedAt = (path: string): { readonly page: string; readonly form: FeedForm } | null => {
  const [, page, ending] = ENDING.exec(path) ?? [];
  const form = FEED_FORMS.find((one) => FEED_ENDINGS[one] === ending);
  return page === undefined || form === undefined ? null : { page, form };
};

const one = (text: string | undefined): string => text ?? '';

const READINGS: readonly (readonly [RegExp, (name: string) => FeedView])[] = [
  [/^papers$/, () => ({ kind: 'latest' })],
  [/^papers\/trending$/, () => ({ kind: 'trending' })],
  [/^papers\/date\/([^/]+)$/, (name) => ({ kind: 'day', name })],
  [/^papers\/week(?:\/([^/]+))?$/, (name) => ({ kind: 'week', name: name === '' ? null : name })],
  [/^papers\/month(?:\/([^/]+))?$/, (name) => ({ kind: 'month', name: name === '' ? null : name })],
  [/^papers\/(.+)\/letters$/s, (paper) => ({ kind: 'letters', paper })],
  [/^authors\/(.+)$/s, (key) => ({ kind: 'author', key })],
  [/^organisations\/(.+)$/s, (key) => ({ kind: 'organisation', key })],
  [/^categories\/(.+)$/s, (key) => ({ kind: 'category', key })],
  [/^search$/, () => ({ kind: 'search' })],
  [/^searches\/([^/]+)$/, (id) => ({ kind: 'saved-search', id })],
  [/^groups\/([^/]+)$/, (handle) => ({ kind: 'group', handle })],
  [/^readers\/([^/]+)$/, (handle) => ({ kind: 'reader', handle: handle.toLowerCase() })],
  [/^following$/, () => ({ kind: 'following' })],
  [/^library$/, () => ({ kind: 'library' })],
];

/** What the page at a (decoded) path shows that can be a feed; null where it cannot. */
export const feedViewOf = (page: string): FeedView | null => {
  const path = page.replace(/^\//, '');
  for (const [shape, read] of READINGS) {
    const found = shape.exec(path);
    if (found !== null) return read(one(found[1]));
  }
  return null;
};

/** Controls (but tab and line ends) and what is no character in any plane: what XML 1.0 cannot say, and what it discourages (2.2). */
const NOT_XML = /[\p{Noncharacter_Code_Point}]|(?![\t\n\r])\p{Cc}/gu;

/** A text with what XML has no way to write taken out; line ends are `\n`. */
export const xmlText = (text: string): string => text.toWellFormed().replace(NOT_XML, '').replace(/\r\n?/g, '\n');
