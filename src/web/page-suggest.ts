import type { Context } from 'hono';
import { z } from 'zod';
import type { Suggestion } from '../model/search-page.ts';
import { href } from '../model/urls.ts';
import { suggest } from '../services/search.ts';
import { openSearchView } from '../views/opensearch.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

const LONGEST_PREFIX = 100;
const MOST = 8;

const SuggestQuery = z.object({
  q: z.string().catch(''),
  limit: z.coerce.number().int().min(1).max(MOST).catch(MOST),
  format: z.enum(['json', 'opensearch']).catch('json'),
});

const CACHE = { 'cache-control': 'private, max-age=60' };

/** Where a suggestion leads, and what is put into a browser's own box for it. */
const leading = (one: Suggestion): { readonly words: string; readonly href: string } =>
  one.kind === 'paper'
    ? { words: one.label, href: href.paper(one.value) }
    : { words: one.value, href: href.search(one.value) };

/** `/search/suggest?q=`: what the box offers while one types; with `format=opensearch`, what a browser's own box does. */
export const suggestions =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const { q, limit, format } = SuggestQuery.parse(c.req.query());
    const prefix = q.trim().slice(0, LONGEST_PREFIX);
    const found = prefix === '' ? [] : await suggest(edge, prefix, limit);
    if (format === 'json')
      return c.json({ suggestions: found.map((one) => ({ ...one, href: leading(one).href })) }, 200, CACHE);
    const { origin } = frameOf(edge, c);
    const completed = [
      q,
      found.map((one) => leading(one).words),
      found.map(({ kind }) => kind),
      found.map((one) => origin + leading(one).href),
    ];
    return c.body(JSON.stringify(completed), 200, { ...CACHE, 'content-type': 'application/x-suggestions+json' });
  };

/** `/opensearch.xml`: how a browser adds this search. */
export const openSearchPage =
  (edge: Edge) =>
  (c: Context<Env>): Promise<Response> =>
    sendOnce(c, openSearchView(frameOf(edge, c)), { type: 'application/opensearchdescription+xml; charset=utf-8' });
