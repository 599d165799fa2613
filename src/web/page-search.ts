import type { Context } from 'hono';
import { z } from 'zod';
import { isDay } from '../kernel/day.ts';
import { between } from '../model/filters.ts';
import { jumpTo } from '../model/jump.ts';
import type { PaperId } from '../model/paper.ts';
import { parseQuery } from '../model/query.ts';
import { href } from '../model/urls.ts';
import { savedAs } from '../services/saved-search.ts';
import { searchPapers } from '../services/search.ts';
import { isOfReader } from '../services/search-within.ts';
import { type Keeping, liveSearchView, searchHomeView, searchView } from '../views/search.ts';
import { searchMarkdown } from '../views/search-markdown.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { readerIdOf } from './reader.ts';
import { sendOnce } from './send.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const VARY = 'Accept, Accept-Encoding, Cookie';

const day = z.string().refine((text) => text === '' || isDay(text));

const SearchQuery = z.object({
  q: z.string().catch(''),
  sort: z.enum(['relevance', 'newest', 'votes']).catch('relevance'),
  p: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  live: z.literal('1').optional().catch(undefined),
  after: day.optional().catch(undefined),
  before: day.optional().catch(undefined),
});

const storedJump = async ({ store }: Pick<Edge, 'store'>, q: string): Promise<PaperId | null> => {
  const id = jumpTo(q);
  if (id === null) return null;
  return (await store.papers.get(id)) === null ? store.papers.resolve(id) : id;
};

type Form = 'html' | 'markdown' | 'json';

const formOf = (c: Context<Env>): Form => {
  const accept = c.req.header('accept') ?? '';
  if (c.req.path.endsWith('.md') || /\btext\/markdown\b/.test(accept)) return 'markdown';
  return c.req.path.endsWith('.json') || /\bapplication\/json\b/.test(accept) ? 'json' : 'html';
};

const keepingOf = async (edge: Edge, c: Context<Env>, q: string): Promise<Keeping | null> => {
  const reader = await edge.readerOf(c);
  return reader === null ? null : { id: await savedAs(edge, { reader: reader.id, q }) };
};

/**
 * `/search`, `/search.md`, `/search.json`: an id, DOI or address goes straight to its paper when we have it. `live=1` is
 * asked while one types: only what stands under the box, the last word taken for a beginning. The fields of the form of
 * days are put into the query.
 */
export const searchPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const { q, sort, p, live, after, before } = SearchQuery.parse(c.req.query());
    const form = formOf(c);
    const frame = frameOf(edge, c);
    if (after !== undefined || before !== undefined) {
      const spanned = between(parseQuery(q), after || null, before || null);
      return c.redirect(href.search(spanned, sort === 'relevance' ? {} : { sort }), 302);
    }
    if (form === 'html' && q.trim() === '')
      return sendOnce(c, live ? liveSearchView(null, frame) : searchHomeView(frame), { vary: VARY });
    const jump = await storedJump(edge, q);
    if (jump !== null && live) {
      const [card] = await edge.store.papers.cards([jump], await readerIdOf(edge, c));
      if (card !== undefined) return sendOnce(c, liveSearchView(card, frame), { vary: VARY });
    }
    if (jump !== null && form === 'html') return c.redirect(href.paper(jump), 302);
    if (jump !== null && form === 'markdown') return c.redirect(href.paperMarkdown(jump), 302);
    const page = await searchPapers(edge, {
      q,
      sort,
      page: p,
      reader: await readerIdOf(edge, c),
      typing: live === '1',
    });
    const own = { vary: VARY, ...(isOfReader(page.query) ? { cache: 'private, no-store' } : {}) };
    if (form === 'json') return sendOnce(c, JSON.stringify(page), { type: JSON_TYPE, ...own });
    if (form === 'markdown') return sendOnce(c, searchMarkdown(page, frame), { type: MARKDOWN, ...own });
    const keeping = await keepingOf(edge, c, q);
    return sendOnce(c, (live ? liveSearchView : searchView)(page, frame, keeping), own);
  };
