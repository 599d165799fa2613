import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { href } from '../model/urls.ts';
import { claimPaper, withdrawClaim } from '../services/claim.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const ClaimForm = z.object({
  do: z.enum(['claim', 'withdraw']),
  author: z.string().max(200).default(''),
  evidence: z.string().max(20_000).default(''),
});

/** `POST /papers/{id}/claim`: “I wrote this”, or no longer. */
export const claimPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await edge.readerOf(c);
    if (reader === null) throw new Fault('forbidden', 'Papers are claimed by readers who are signed in.');
    const { do: wish, author, evidence } = await formOf(edge, c, ClaimForm);
    const paperId = await paperAt(edge, (c.req.param('id') ?? '').replace(/\/claim$/, ''));
    if (wish === 'withdraw') await withdrawClaim(edge, { paperId, reader });
    else unwrap(await claimPaper(edge, { paperId, reader, authorKey: author, evidence }));
    return c.redirect(`${href.paper(paperId)}#authors`, 303);
  };
