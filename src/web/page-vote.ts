import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { href } from '../model/urls.ts';
import { castVote } from '../services/vote.ts';
import type { Edge, Env } from './edge.ts';
import { isSameOrigin } from './guard-origin.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';

const VoteForm = z.object({ vote: z.enum(['0', '1']) });
const FORM = 'application/x-www-form-urlencoded';

/** The parsed form of a page of ours; throws `Fault` for a foreign origin, another content type or wrong fields. */
export const formOf = async <T>(edge: Edge, c: Context<Env>, schema: z.ZodType<T>): Promise<T> => {
  if (!isSameOrigin(c, edge.config.publicUrl))
    throw new Fault('forbidden', 'This form was not sent from a page of this site.');
  if (!(c.req.header('content-type') ?? '').startsWith(FORM))
    throw new Fault('bad-request', `Send the form as ${FORM}.`);
  const form = schema.safeParse(Object.fromEntries(new URLSearchParams(await c.req.text())));
  if (!form.success) throw new Fault('bad-request', 'The form has a field missing or wrong.');
  return form.data;
};

/** The page a form was sent from, if it is one of ours, else `fallback`. */
const back = (c: Context<Env>, fallback: string): string => {
  const referer = c.req.header('referer') ?? '';
  if (!URL.canParse(referer)) return fallback;
  const { host, pathname, search } = new URL(referer);
  return host === c.req.header('host') ? pathname.replace(/^\/+/, '/') + search : fallback;
};

/** `POST /papers/{id}/vote`: a tally for the island, the page again for the form. */
export const votePage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const address = (c.req.param('id') ?? '').replace(/\/vote$/, '');
    const { vote } = await formOf(edge, c, VoteForm);
    const id = await paperAt(edge, address);
    const reader = (await edge.readerOf(c))?.id ?? '';
    const tally = unwrap(await castVote(edge, { paperId: id, reader, wish: vote === '1' }));
    if ((c.req.header('accept') ?? '').includes('application/json')) return c.json(tally);
    return c.redirect(back(c, href.paper(id)), 303);
  };
