import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import { may } from '../model/reader.ts';
import type { Edge, Env } from './edge.ts';
import { isSameOrigin } from './guard-origin.ts';
import type { Route } from './routes.ts';

/**
 * The one place where it is decided who may use a route: its role, and for what changes anything, a page of ours that
 * sent it. Throws `Fault('forbidden')`.
 */
export const guardRole = async (edge: Edge, { method, who, bare }: Route, c: Context<Env>): Promise<void> => {
  if (bare) return;
  const reader = await edge.readerOf(c);
  if (method !== 'GET' && !isSameOrigin(c, edge.config.publicUrl))
    throw new Fault('forbidden', 'This form was not sent from a page of this site.');
  if (!may(reader?.role ?? 'anyone', who))
    throw new Fault('forbidden', 'This is open only on the machine that Broadsheet runs on.');
};
