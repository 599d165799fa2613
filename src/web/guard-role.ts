import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import type { Scope } from '../model/account.ts';
import { may } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import type { Edge, Env } from './edge.ts';
import { pageSentFrom } from './form.ts';
import { isSameOrigin } from './guard-origin.ts';
import { problem } from './problem.ts';
import { visitOf } from './reader.ts';
import type { Route } from './routes.ts';
import { writeCookie } from './session-cookie.ts';

/** The scope a token needs for a route; null where no token opens it. */
export const scopeOf = ({ method, who, token }: Pick<Route, 'method' | 'who' | 'token'>): Scope | null => {
  if (token !== undefined) return token;
  if (who === 'moderator' || who === 'operator') return null;
  return method === 'GET' ? 'read' : 'write';
};

const guardToken = (route: Route, scopes: readonly Scope[]): void => {
  const scope = scopeOf(route);
  if (scope === null) throw new Fault('forbidden', 'No token opens this: sign in with a browser.');
  if (!scopes.includes(scope)) throw new Fault('forbidden', `This takes a token with the scope “${scope}”.`);
};

const wantsJson = (c: Context<Env>): boolean =>
  c.req.path.startsWith('/api/') ||
  c.req.path.endsWith('.json') ||
  /\bapplication\/json\b/.test(c.req.header('accept') ?? '') ||
  (c.req.header('content-type') ?? '').startsWith('application/json');

/** Keeps a vote that was pressed by one not signed in, so that signing in takes it up: only this browser can have pressed it. */
const keepIntent = async (edge: Edge, route: Route, c: Context<Env>): Promise<void> => {
  if (route.token !== 'vote') return;
  const form = new URLSearchParams(await c.req.text());
  const paper = decodeURIComponent(c.req.path).replace(/^\/papers\/|\/vote$/g, '');
  if (form.get('vote') === '1') writeCookie(edge, c, 'intent', paper);
};

/** To the page for signing in, and back again; programs are told in a line. */
const toSignIn = async (edge: Edge, route: Route, c: Context<Env>): Promise<Response> => {
  const from = route.method === 'GET' ? c.req.path + new URL(c.req.url).search : pageSentFrom(edge, c, '/');
  await keepIntent(edge, route, c);
  const address = href.signIn(from);
  if (!wantsJson(c)) return c.redirect(address, 303);
  c.header('www-authenticate', 'Bearer');
  return c.json({ error: 'Sign in first.', signIn: address }, 401, { 'cache-control': 'no-store' });
};

/** What a form of ours and an island can send. */
const TYPES = /^(?:application\/(?:x-www-form-urlencoded|json)|multipart\/form-data)(?:;|$)/i;

/**
 * The one place where it is decided who may use a route: by its role, by a token's scope, and, for what changes
 * anything, by a page of ours having sent it, but for the few routes marked `elsewhere`. A response where it ends here;
 * throws `Fault('forbidden')`.
 */
export const guardRole = async (edge: Edge, route: Route, c: Context<Env>): Promise<Response | null> => {
  if (route.bare || route.elsewhere) return null;
  const { method, who } = route;
  const { reader, scopes, badToken } = await visitOf(edge, c);
  if (badToken) {
    const answer = await problem(edge, c, 'unauthorised', 'This token is not known, or its account is closed.');
    answer.headers.set('www-authenticate', 'Bearer error="invalid_token"');
    return answer;
  }
  if (scopes !== null) guardToken(route, scopes);
  else if (method !== 'GET' && !isSameOrigin(c, edge.config.publicUrl))
    throw new Fault('forbidden', 'This form was not sent from a page of this site.');
  if (method !== 'GET' && !TYPES.test(c.req.header('content-type') ?? ''))
    throw new Fault('bad-request', 'Send it as a form, or as JSON.');
  if (may(reader?.role ?? 'anyone', who)) return null;
  if (edge.config.accounts === 'off')
    throw new Fault('forbidden', 'This is open only on the machine that Broadsheet runs on.');
  if (reader === null) return toSignIn(edge, route, c);
  throw new Fault('forbidden', `This is open to ${who}s only.`);
};
