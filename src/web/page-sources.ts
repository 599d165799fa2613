import type { Context } from 'hono';
import { z } from 'zod';
import { href } from '../model/urls.ts';
import { pauseSource, readSources } from '../services/sources.ts';
import { progressLine, sourcesView } from '../views/sources.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { pageOrJson } from './page-ledger.ts';
import { unwrap } from './problem.ts';

const PauseForm = z.object({ paused: z.enum(['0', '1']) });

/** `/sources` and `/sources.json`; each running run says in a line how far it is. */
export const sourcesPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const page = await readSources(edge);
    const running = page.running.map((run) => ({ ...run, says: progressLine(run, page.now) }));
    return pageOrJson(edge, c, { ...page, running }, sourcesView);
  };

/** `POST /sources/{source}`: pauses it or lets it go on. */
export const pausePage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const { paused } = await formOf(edge, c, PauseForm);
    unwrap(await pauseSource(edge, { source: c.req.param('source') ?? '', paused: paused === '1' }));
    return c.redirect(href.sources, 303);
  };
