import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import type { Edge, Env } from './edge.ts';
import { type Rendered, rendered } from './page-cache.ts';
import { send } from './send.ts';

const FOREVER = 'public, max-age=31536000, immutable';
const DAY = 'public, max-age=86400';
const PACKED = /^(?:font|image\/(?!svg))/;

/** Styles, islands, fonts and pictures, from memory. What is packed already is not compressed again. */
export const assetPage = (edge: Edge) => {
  const ready = new Map<string, Rendered>();
  return (c: Context<Env>): Promise<Response> | Response => {
    const asset = edge.assets.files.get(c.req.path);
    if (asset === undefined) throw new Fault('not-found', 'There is no such file.');
    const cache = asset.immutable ? FOREVER : DAY;
    if (PACKED.test(asset.type))
      return new Response(asset.body, { headers: { 'content-type': asset.type, 'cache-control': cache } });
    const file = ready.get(c.req.path) ?? rendered(new TextDecoder().decode(asset.body));
    ready.set(c.req.path, file);
    return send(c, file, { type: asset.type, cache, vary: 'Accept-Encoding' });
  };
};
