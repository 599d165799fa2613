import type { Context } from 'hono';
import type { Env } from './edge.ts';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOCAL_NAME = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Whether the request comes from this machine and calls it by a local name (so that no foreign name can be rebound to it). */
export const isLocal = (c: Context<Env>): boolean =>
  LOOPBACK.test(c.env?.incoming?.socket.remoteAddress ?? '') && LOCAL_NAME.test(c.req.header('host') ?? '');

/** Whether the page that sent this form is one of ours: the browser says so by `Origin`, and nothing contradicts it. */
export const isSameOrigin = (c: Context<Env>, publicUrl: string): boolean => {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return origin === publicUrl || new URL(origin).host === c.req.header('host');
};
