import type { Context } from 'hono';
import { dayOf } from '../kernel/day.ts';
import { may } from '../model/reader.ts';
import type { Frame } from '../views/frame.ts';
import type { Edge, Env } from './edge.ts';
import { preferencesOf } from './preferences.ts';

const HOST = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:]{2,45}\])(?::\d{1,5})?$/i;

/** The address readers use, as configured, else as the request calls it; a host that is none becomes localhost. */
export const originOf = (edge: Pick<Edge, 'config'>, c: Context<Env>): string => {
  if (edge.config.publicUrl !== '') return edge.config.publicUrl;
  const host = c.req.header('host') ?? '';
  return `http://${HOST.test(host) ? host : 'localhost'}`;
};

/** What every page shares. Who asks has been looked up by the guard. */
export const frameOf = (edge: Edge, c: Context<Env>, notice: string | null = null): Frame => {
  const reader = c.get('reader') ?? null;
  const accounts = edge.config.accounts !== 'off';
  return {
    masthead: edge.config.masthead,
    origin: originOf(edge, c),
    path: c.req.url.slice(c.req.url.indexOf('/', c.req.url.indexOf('//') + 2)),
    preferences: preferencesOf(c),
    version: edge.version,
    today: dayOf(edge.clock.now()),
    sources: edge.sourceTitles,
    assets: edge.assets,
    reader,
    unread: c.get('unread') ?? 0,
    accounts,
    byMail: edge.mailer !== null,
    mayVote: accounts || reader !== null,
    notice,
    banner: edge.alarms.banner(may(reader?.role ?? 'anyone', 'operator')),
  };
};
