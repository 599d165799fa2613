import type { Context } from 'hono';
import { webManifest } from '../views/webmanifest.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

/** `/site.webmanifest`: how a telephone puts this site on its home screen. */
export const webManifestPage =
  (edge: Edge) =>
  (c: Context<Env>): Promise<Response> =>
    sendOnce(c, JSON.stringify(webManifest(frameOf(edge, c))), { type: 'application/manifest+json' });
