import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import type { Preferences } from '../views/frame.ts';
import type { Env } from './edge.ts';

const COOKIE = 'broadsheet';
const YEAR_SECONDS = 365 * 24 * 3600;

/** The settings form; what is missing or unknown keeps the default. */
export const PreferencesForm = z.object({
  edition: z.enum(['auto', 'day', 'late']).catch('auto'),
  density: z.enum(['normal', 'compact']).catch('normal'),
  keys: z
    .enum(['on', 'off'])
    .catch('on')
    .transform((value) => value === 'on'),
});

const DEFAULTS: Preferences = PreferencesForm.parse({});

/** As the cookie says, e.g. `late.compact.off`; defaults where it says nothing. */
export const preferencesOf = (c: Context<Env>): Preferences => {
  const kept = getCookie(c, COOKIE);
  if (kept === undefined) return DEFAULTS;
  const [edition, density, keys] = kept.split('.');
  return PreferencesForm.parse({ edition, density, keys });
};

export const keepPreferences = (c: Context<Env>, { edition, density, keys }: Preferences): void =>
  setCookie(c, COOKIE, `${edition}.${density}.${keys ? 'on' : 'off'}`, {
    path: '/',
    maxAge: YEAR_SECONDS,
    sameSite: 'Lax',
    httpOnly: true,
    secure: new URL(c.req.url).protocol === 'https:',
  });
