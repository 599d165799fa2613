import type { MiddlewareHandler } from 'hono';
import type { Env } from './edge.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Sent with every answer, errors included. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

const ENTRIES = Object.entries(SECURITY_HEADERS);

/** Adds them to every answer that `send` has not given them already: touching a finished answer costs the fast path of the server. */
export const guardHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  if (c.get('guarded')) return;
  for (const [name, value] of ENTRIES) c.res.headers.set(name, value);
};

const TWO_YEARS = 'max-age=63072000';

/** Tells browsers to come by https only, on every answer, where that is how readers come. */
export const guardTransport =
  (publicUrl: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    if (publicUrl.startsWith('https:')) c.res.headers.set('strict-transport-security', TWO_YEARS);
  };
