import type { Context } from 'hono';
import { z } from 'zod';
import { jumpTo } from '../model/jump.ts';
import { OWNER } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { searchPapers, suggest } from '../services/search.ts';
import { searchHomeView, searchView } from '../views/search.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

const LONGEST_PREFIX = 100;

const SearchQuery = z.object({
  q: z.string().catch(''),
  sort: z.enum(['relevance', 'newest', 'votes']).catch('relevance'),
  p: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

const storedJump = async (edge: Edge, q: string): Promise<string | null> => {
  const id = jumpTo(q);
  if (id === null) return null;
  if ((await edge.store.papers.get(id)) !== null) return id;
  return edge.store.papers.resolve(id);
};

/** `/search`: an id, DOI or address goes straight to its paper when we have it. */
export const searchPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const { q, sort, p } = SearchQuery.parse(c.req.query());
    const frame = frameOf(edge, c);
    if (q.trim() === '') return sendOnce(c, searchHomeView(frame));
    const jump = await storedJump(edge, q);
    if (jump !== null) return c.redirect(href.paper(jump), 302);
    return sendOnce(c, searchView(await searchPapers(edge, { q, sort, page: p, reader: OWNER }), frame));
  };

/** `/search/suggest?q=`: what the box offers while one types. */
export const suggestions =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const prefix = (c.req.query('q') ?? '').trim().slice(0, LONGEST_PREFIX);
    const found = prefix === '' ? [] : await suggest(edge, prefix);
    const offered = found.map((one) => ({
      ...one,
      href: one.kind === 'paper' ? href.paper(one.value) : href.search(one.value),
    }));
    return c.json({ suggestions: offered }, 200, { 'cache-control': 'private, max-age=60' });
  };
