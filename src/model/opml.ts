import { feedAt, feedViewOf } from './feed.ts';
import type { FollowKind } from './follow.ts';

/** A feed in a list for feed readers. */
export interface ListedFeed {
  readonly title: string;
  /** Path of the page it is the feed of. */
  readonly page: string;
  /** Whether it opens only with its reader's key. */
  readonly private: boolean;
}

/** What became of one feed of a list that was brought in. */
export interface OpmlLine {
  readonly title: string;
  readonly url: string;
  /** `outside`: nothing here matches it. `refused`: it would, and why not. */
  readonly outcome: 'followed' | 'known' | 'outside' | 'refused';
  readonly says: string;
}

export interface OpmlReport {
  readonly lines: readonly OpmlLine[];
  /** Feeds beyond those that are taken from one list. */
  readonly left: number;
}

/** The page about feeds. */
export interface FeedsPage {
  /** Null for nobody. */
  readonly own: {
    readonly feeds: readonly ListedFeed[];
    /** A key made just now, shown this once. */
    readonly key: string | null;
    /** False where private feeds open without: at the machine of the only reader. */
    readonly needsKey: boolean;
    readonly keys: number;
  } | null;
  readonly report: OpmlReport | null;
  readonly problem: string | null;
}

/** What can be followed in place of a feed. Of a reader the handle. */
export interface Followable {
  readonly kind: FollowKind;
  readonly key: string;
}

const ARXIV_HOSTS = new Set(['rss.arxiv.org', 'export.arxiv.org', 'arxiv.org', 'www.arxiv.org']);
const ARXIV_PATH = /^\/(?:rss|atom)\/([\w.+-]+?)(?:\/recent|\?.*)?$/;
const CATEGORY = /^cat:([\w-]+(?:\.[\w-]+)?)$/;

const ofArxiv = (url: URL): readonly Followable[] => {
  const codes = ARXIV_PATH.exec(url.pathname)?.[1]?.split('+') ?? [];
  const queried = url.pathname === '/api/query' ? (url.searchParams.get('search_query') ?? '').split(/\s+OR\s+/) : [];
  const cats = queried.map((part) => CATEGORY.exec(part.trim())?.[1]);
  // A query that says more than categories would be followed for more than it asked.
  const whole = cats.every((one) => one !== undefined) ? cats.filter((one) => one !== undefined) : [];
  return [...codes, ...whole].filter((code) => code !== '').map((key) => ({ kind: 'category', key }));
};

const ofOurs = (url: URL): readonly Followable[] => {
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return [];
  }
  const view = feedViewOf(feedAt(path)?.page ?? '');
  switch (view?.kind) {
    case 'author':
    case 'organisation':
    case 'category':
      return [{ kind: view.kind, key: view.key }];
    case 'reader':
      return [{ kind: 'reader', key: view.handle }];
    case 'search': {
      const q = url.searchParams.get('q') ?? '';
      return q.trim() === '' ? [] : [{ kind: 'search', key: q }];
    }
    default:
      return [];
  }
};

/** What a feed can be followed as: one of ours at `origin`, or arXiv's of some categories. Empty for all others. */
export const followableOf = (address: string, origin: string): readonly Followable[] => {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  if (url.origin === origin) return ofOurs(url);
  return ARXIV_HOSTS.has(url.hostname) ? ofArxiv(url) : [];
};
