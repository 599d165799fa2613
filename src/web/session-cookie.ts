import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { ABSOLUTE_MS } from '../services/session.ts';
import type { Edge, Env } from './edge.ts';

type Deps = Pick<Edge, 'config'>;

/** Cookies of sign-in, by what they are for, with how long they last in seconds. */
const COOKIES = {
  session: ABSOLUTE_MS / 1000,
  /** What another site sends one back with has to meet this. */
  flow: 600,
  /** A vote pressed before signing in. */
  intent: 900,
} as const;
type Name = keyof typeof COOKIES;

/** Everywhere but on http://localhost, whose browsers do not all keep secure cookies. */
const isSecure = ({ config }: Deps): boolean =>
  !/^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(config.publicUrl);

/** `__Host-` keeps other hosts of the same domain from setting it; browsers take that only of secure cookies. */
const nameOf = (deps: Deps, name: Name): string => `${isSecure(deps) ? '__Host-' : ''}broadsheet-${name}`;

export const readCookie = (deps: Deps, c: Context<Env>, name: Name): string => getCookie(c, nameOf(deps, name)) ?? '';

export const writeCookie = (deps: Deps, c: Context<Env>, name: Name, value: string): void =>
  setCookie(c, nameOf(deps, name), value, {
    path: '/',
    httpOnly: true,
    secure: isSecure(deps),
    sameSite: 'Lax',
    maxAge: COOKIES[name],
  });

export const dropCookie = (deps: Deps, c: Context<Env>, name: Name): void => {
  deleteCookie(c, nameOf(deps, name), { path: '/', secure: isSecure(deps), httpOnly: true, sameSite: 'Lax' });
};
