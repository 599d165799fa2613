import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { FEED_TYPES, type FeedForm, type FeedView, feedAt, feedOf, feedViewOf } from '../model/feed.ts';
import { parseQuery } from '../model/query.ts';
import type { Reader } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { readToken } from '../services/api-token.ts';
import { type FeedWish, readFeed } from '../services/feed.ts';
import { feedId } from '../services/feed-items.ts';
import { feedsOf } from '../services/opml.ts';
import { dayIn } from '../services/roll-over.ts';
import { isOfReader } from '../services/search-within.ts';
import { isAnnounced } from '../services/websub.ts';
import { feedDocument } from '../views/feed.ts';
import { opmlDocument } from '../views/opml.ts';
import type { Edge, Env } from './edge.ts';
import { originOf } from './frame.ts';
import { unwrap } from './problem.ts';
import { readerFrom } from './reader.ts';
import { sendFeed, sendOnce } from './send.ts';

const TEXT = z.string().max(2_000).optional().catch(undefined);
const FeedQuery = z.object({
  q: TEXT,
  sort: z.enum(['relevance', 'newest', 'votes']).optional().catch(undefined),
  list: TEXT,
  p: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  after: TEXT,
  before: TEXT,
  last: z.literal('1').optional().catch(undefined),
});

const NOT_KEPT = { cache: 'private, no-store', vary: 'Accept-Encoding, Authorization' } as const;
const BEARER = /^Bearer\s+(\S+)$/i;

/** Who a key is of, for feeds alone: `?key=…` in the address, or a token in the header. No cookie is ever looked at. */
const keyHolder = async (
  edge: Edge,
  c: Context<Env>,
): Promise<{ readonly reader: Reader; readonly key: string | null } | null> => {
  if (edge.config.accounts === 'off') {
    const owner = await edge.readerOf(c);
    return owner === null ? null : { reader: owner, key: null };
  }
  const inAddress = c.req.query('key');
  const token = inAddress ?? BEARER.exec(c.req.header('authorization') ?? '')?.[1];
  if (token === undefined) return null;
  const found = await readToken(edge, token);
  const scopes = found?.token.scopes ?? [];
  // What stands in an address is seen by others: a token that opens more than feeds is none there.
  const opens =
    inAddress === undefined
      ? scopes.includes('feed') || scopes.includes('read')
      : scopes.length === 1 && scopes.includes('feed');
  if (found === null || !opens)
    throw new Fault('unauthorised', 'The key of this feed is not known, or it was removed: make a new one.');
  return { reader: readerFrom(found.account), key: inAddress ?? null };
};

const OWN: ReadonlySet<FeedView['kind']> = new Set(['following', 'saved-search', 'library']);

interface Asked {
  readonly form: FeedForm;
  readonly page: string;
  readonly view: FeedView;
  readonly wish: Omit<FeedWish, 'reader'>;
  /** What of the query says which feed it is, and which page of it. */
  readonly query: string;
}

const askedOf = (c: Context<Env>): Asked => {
  const at = feedAt(c.req.path);
  const view = at === null ? null : feedViewOf(decodeURIComponent(at.page));
  if (at === null || view === null) throw new Fault('not-found', 'There is no feed at this address.');
  const { q, sort, list, p, after, before, last } = FeedQuery.parse(c.req.query());
  const given = new URL(c.req.url).searchParams;
  const params = new URLSearchParams([...given].filter(([name]) => name in FeedQuery.shape));
  const query = params.toString();
  return {
    ...at,
    view,
    query: query === '' ? '' : `?${query}`,
    wish: {
      view,
      page: p,
      last: last !== undefined,
      ...(q === undefined ? {} : { q }),
      ...(sort === undefined ? {} : { sort }),
      list: list ?? null,
      after: after ?? null,
      before: before ?? null,
    },
  };
};

/** Whether an answer can be anybody's alone, before it is made. */
const mayBePrivate = async (edge: Edge, { view, wish }: Asked): Promise<boolean> => {
  if (OWN.has(view.kind)) return true;
  if (view.kind === 'search') return isOfReader(parseQuery(wish.q ?? ''));
  if (view.kind !== 'group') return false;
  return (await edge.store.groups.get(view.handle))?.visibility !== 'public';
};

const PLACES = ['p', 'after', 'before', 'last'];

const withoutPlace = (query: string): string => {
  const params = new URLSearchParams(query);
  for (const name of PLACES) params.delete(name);
  return params.size === 0 ? '' : `?${params}`;
};

/** `/following.opml?key=…`: what its reader follows, as a list for feed readers. */
const sendOpml = async (edge: Edge, c: Context<Env>): Promise<Response> => {
  const holder = await keyHolder(edge, c);
  if (holder === null) throw new Fault('unauthorised', 'This list is its reader’s own: its address needs a key.');
  const { reader, key } = holder;
  const document = opmlDocument(await feedsOf(edge, reader.id), {
    title: `${reader.name}: ${edge.config.masthead}`,
    origin: originOf(edge, c),
    key,
    at: edge.clock.now(),
  });
  return sendOnce(c, document, { ...NOT_KEPT, type: 'text/x-opml; charset=utf-8' });
};

/** Every page's feed, at the page's address with an ending: `.atom`, `.rss` or `.feed.json`. */
export const feedPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    if (c.req.path === href.followingOpml) return sendOpml(edge, c);
    const asked = askedOf(c);
    const { form, page, wish, query } = asked;
    const origin = originOf(edge, c);
    const type = `${FEED_TYPES[form]}; charset=utf-8`;
    const self = feedOf(page, form) + query;
    const frame = {
      masthead: edge.config.masthead,
      version: edge.version,
      origin,
      self,
      // The pages of a feed are one feed, and so are its forms.
      id: feedId(origin, page + (query === '' ? '' : withoutPlace(query))),
      hub: isAnnounced(asked.view) ? edge.config.websubHub : '',
    };
    if (await mayBePrivate(edge, asked)) {
      const holder = await keyHolder(edge, c);
      const feed = unwrap(await readFeed(edge, { ...wish, reader: holder?.reader ?? null }));
      return sendOnce(c, feedDocument(feed, { ...frame, key: holder?.key ?? null }, form), {
        type,
        ...NOT_KEPT,
      });
    }
    const today = dayIn(edge.config.edition.zone, edge.clock.now());
    // What a search finds moves with the index, which follows the database.
    const indexed = asked.view.kind === 'search' ? await edge.index.position() : 0;
    return sendFeed(edge, c, `feed ${origin}${self} ${today} ${indexed}`, {
      type,
      links: frame.hub === '' ? [] : [`<${frame.hub}>; rel="hub"`, `<${origin}${self}>; rel="self"`],
      make: async () =>
        feedDocument(unwrap(await readFeed(edge, { ...wish, reader: null })), { ...frame, key: null }, form),
    });
  };
