import type { Context } from 'hono';
import { dayOf } from '../kernel/day.ts';
import type { Frame } from '../views/frame.ts';
import type { Edge, Env } from './edge.ts';
import { isLocal } from './guard-origin.ts';
import { preferencesOf } from './preferences.ts';

const HOST = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])(?::\d{1,5})?$/i;

/** The address readers use, as configured, else as the request calls it; a host that is none becomes localhost. */
export const originOf = (edge: Pick<Edge, 'config'>, c: Context<Env>): string => {
  if (edge.config.publicUrl !== '') return edge.config.publicUrl;
  const host = c.req.header('host') ?? '';
  return `http://${HOST.test(host) ? host : 'localhost'}`;
};

export const frameOf = (edge: Edge, c: Context<Env>, notice: string | null = null): Frame => {
  return {
    masthead: edge.config.masthead,
    origin: originOf(edge, c),
    path: c.req.url.slice(c.req.url.indexOf('/', c.req.url.indexOf('//') + 2)),
    preferences: preferencesOf(c),
    version: edge.version,
    today: dayOf(edge.clock.now()),
    sources: edge.sourceTitles,
    assets: edge.assets,
    mayVote: isLocal(c),
    notice,
    banner: edge.alarms.banner(isLocal(c)),
  };
};
