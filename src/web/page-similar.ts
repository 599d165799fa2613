import type { Context } from 'hono';
import { jumpTo } from '../model/jump.ts';
import type { PaperId } from '../model/paper.ts';
import { href, idFromUrl } from '../model/urls.ts';
import { readPath } from '../services/reading-path.ts';
import { readSimilar } from '../services/similar.ts';
import { readingPathView } from '../views/reading-path.ts';
import { similarView } from '../views/similar.ts';
import type { Edge, Env } from './edge.ts';
import { pageOrJson } from './page-ledger.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';

/** Papers that others can be like at once. */
const MOST = 12;
const LIMIT = 24;

type Handler = (c: Context<Env>) => Promise<Response>;

const stored = async ({ store }: Edge, named: string): Promise<PaperId | null> => {
  for (const id of [named, idFromUrl(named), jumpTo(named)]) {
    if (id === null || id === '') continue;
    const found = (await store.papers.get(id)) === null ? await store.papers.resolve(id) : id;
    if (found !== null) return found;
  }
  return null;
};

/** `/similar?to=…&to=…` and `/similar.json`: papers like one or several; what names none here is left out. */
export const similarPage =
  (edge: Edge): Handler =>
  async (c) => {
    const named = (c.req.queries('to') ?? []).slice(0, MOST);
    const ids = new Set((await Promise.all(named.map((one) => stored(edge, one)))).filter((id) => id !== null));
    return pageOrJson(
      edge,
      c,
      await readSimilar(edge, [...ids], { limit: LIMIT, reader: await readerIdOf(edge, c) }),
      similarView,
    );
  };

/** `/papers/{id}/path`: what came before a paper, and what followed. */
export const readingPathPage =
  (edge: Edge): Handler =>
  async (c) => {
    const address = (c.req.param('id') ?? '').replace(/\/path$/, '');
    const id = await paperAt(edge, address);
    if (id !== idFromUrl(address)) return c.redirect(href.paperPath(id), 301);
    return pageOrJson(edge, c, unwrap(await readPath(edge, id, await readerIdOf(edge, c))), readingPathView);
  };
