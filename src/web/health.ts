import type { Context } from 'hono';
import type { Edge, Env } from './edge.ts';

const NO_STORE = { 'cache-control': 'no-store' };

/** `/healthz`: the process answers. */
export const healthz = (c: Context<Env>): Response => c.json({ status: 'ok' }, 200, NO_STORE);

const indexState = async (
  edge: Edge,
): Promise<{ readonly state: 'ready' | 'catching up' | 'unavailable'; readonly behind: number | null }> => {
  try {
    const behind = (await edge.store.changes.last()) - (await edge.index.position());
    return { state: behind === 0 ? 'ready' : 'catching up', behind: Math.abs(behind) };
  } catch {
    return { state: 'unavailable', behind: null };
  }
};

/** `/readyz`: the database answers, so pages can be served; the index is reported, but pages do without it. */
export const readyz =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const database = await edge.store.ping().then(
      () => true,
      () => false,
    );
    if (!database) return c.json({ status: 'unavailable', database }, 503, NO_STORE);
    return c.json({ status: 'ok', database, index: await indexState(edge) }, 200, NO_STORE);
  };
