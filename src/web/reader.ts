import type { Context } from 'hono';
import type { Account, Scope, Session } from '../model/account.ts';
import { OWNER, type Reader } from '../model/reader.ts';
import { readToken } from '../services/api-token.ts';
import { readSession } from '../services/session.ts';
import type { Edge, Env, WebDeps } from './edge.ts';
import { isLocal } from './guard-origin.ts';
import { readCookie } from './session-cookie.ts';

/** Who asks, and by what: a session of a browser, or a token with its scopes. */
export interface Visit {
  readonly reader: Reader | null;
  readonly session: Session | null;
  /** Null without a token. */
  readonly scopes: readonly Scope[] | null;
  /** A token was sent that is none. */
  readonly badToken: boolean;
}

const THE_OWNER: Reader = { id: OWNER, handle: 'owner', name: 'The owner', role: 'operator', createdAt: 0 };
const NOBODY: Visit = { reader: null, session: null, scopes: null, badToken: false };

export const readerFrom = ({ id, handle, name, role, createdAt }: Account): Reader => ({
  id,
  handle,
  name,
  role,
  createdAt,
});

const BEARER = /^Bearer\s+(\S+)$/i;

const look = async (deps: WebDeps, c: Context<Env>): Promise<Visit> => {
  if (deps.config.accounts === 'off') return isLocal(c) ? { ...NOBODY, reader: THE_OWNER } : NOBODY;
  const authorization = c.req.header('authorization');
  // Where there is a token the cookie does not count: a page elsewhere can send neither header nor answer for it.
  if (authorization !== undefined) {
    const found = await readToken(deps, BEARER.exec(authorization)?.[1] ?? '');
    if (found === null) return { ...NOBODY, badToken: true };
    return { ...NOBODY, reader: readerFrom(found.account), scopes: found.token.scopes };
  }
  const cookie = readCookie(deps, c, 'session');
  const found = cookie === '' ? null : await readSession(deps, cookie);
  return found === null ? NOBODY : { ...NOBODY, reader: readerFrom(found.account), session: found.session };
};

/** Looked up once a request. */
export const visitOf = async (deps: WebDeps, c: Context<Env>): Promise<Visit> => {
  const known = c.get('visit');
  if (known !== undefined) return known;
  const visit = await look(deps, c);
  c.set('visit', visit);
  c.set('reader', visit.reader);
  // Only pages say it, and only browsers have sessions: nobody else waits for the count.
  if (visit.session !== null && visit.reader !== null && c.req.method === 'GET')
    c.set('unread', await deps.store.notifications.unread(visit.reader.id));
  return visit;
};

/** Who asks. Without accounts it is the owner, who sits at this machine, or nobody. */
export const readerOf =
  (deps: WebDeps): Edge['readerOf'] =>
  async (c) =>
    (await visitOf(deps, c)).reader;

/** The id that votes and lists are kept under; empty for nobody. */
export const readerIdOf = async (edge: Edge, c: Context<Env>): Promise<string> => (await edge.readerOf(c))?.id ?? '';
