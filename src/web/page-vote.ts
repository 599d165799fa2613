import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { href } from '../model/urls.ts';
import { castVote } from '../services/vote.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, pageSentFrom } from './form.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';

export { formOf };

const VoteForm = z.object({ vote: z.enum(['0', '1']) });

/** `POST /papers/{id}/vote`: a tally for the island, the page again for the form. */
export const votePage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const address = (c.req.param('id') ?? '').replace(/\/vote$/, '');
    const { vote } = await formOf(edge, c, VoteForm);
    const id = await paperAt(edge, address);
    const reader = await edge.readerOf(c);
    if (reader === null) throw new Fault('forbidden', 'Sign in to vote.');
    const tally = unwrap(await castVote(edge, { paperId: id, reader, wish: vote === '1' }));
    if ((c.req.header('accept') ?? '').includes('application/json')) return c.json(tally);
    return c.redirect(pageSentFrom(edge, c, href.paper(id)), 303);
  };
