import { html as honoHtml, raw as honoRaw } from 'hono/html';

/** Markup that is safe to send: made only by `html` (which escapes what is put into it) or by `raw`. */
export type Html = string & { readonly isEscaped: true };

type Slot = Html | string | number | boolean | null | undefined | readonly Slot[];

/**
 * Tagged template: every value is escaped for text and for quoted attributes, `Html` is passed on as it is,
 * arrays are joined, and `false`, `true`, `null` and `undefined` leave nothing. Quote every attribute; pass every
 * address that comes from data through `safeUrl`.
 */
export const html = honoHtml as unknown as (strings: TemplateStringsArray, ...slots: readonly Slot[]) => Html;

/** Vouches for markup made elsewhere. */
export const raw = honoRaw as unknown as (markup: string) => Html;

export const nothing: Html = raw('');

/** JSON for a `<script type="application/ld+json">` element: nothing in it can end the element or open a comment. */
export const jsonForScript = (value: unknown): Html =>
  raw(
    JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/**
 * An address that may stand in `href` or `src`: a path of our own (`/…`, `#…`, `?…`) or http, https or mailto.
 * Anything else (`javascript:`, `data:`, `//host`, schemes hidden behind control characters) becomes `#`.
 */
export const safeUrl = (address: string): string => {
  const text = address
    .replace(/\p{Cc}+/gu, '')
    .trim()
    .replace(/\s/g, '%20');
  if (/^[#?]/.test(text) || /^\/(?![/\\])/.test(text)) return text;
  try {
    return SCHEMES.has(new URL(text).protocol) ? text : '#';
  } catch {
    return '#';
  }
};
