import type { Context } from 'hono';
import { z } from 'zod';
import { describeConfig } from '../config.ts';
import { Fault } from '../kernel/errors.ts';
import { readAdmin } from '../services/admin.ts';
import { adminView } from '../views/admin.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

const Asked = z.object({
  q: z.string().max(200).catch(''),
  p: z.coerce.number().int().min(1).max(100_000).catch(1),
});

/** `/admin` and `/admin.json` */
export const adminPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const reader = await edge.readerOf(c);
    if (reader === null) throw new Fault('forbidden', 'This is open to operators only.');
    const { q, p } = Asked.parse({ q: c.req.query('q') ?? '', p: c.req.query('p') ?? 1 });
    const page = await readAdmin(edge, { reader, q, page: p, settings: describeConfig() });
    if (c.req.path.endsWith('.json')) return c.json(page, 200, { 'cache-control': 'private, no-store' });
    return sendOnce(c, adminView(page, frameOf(edge, c)), { cache: 'private, no-store' });
  };
