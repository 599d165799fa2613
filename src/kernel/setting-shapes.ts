import { z } from 'zod';
import { type EmbedAddress, embedAddress } from './embed-address.ts';
import { type SignInSite, signInSites } from './sign-in-sites.ts';

/** `name=value,name=value` as a record. */
export const pairs = (value: z.ZodType<string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .transform((parts, at) => {
      const record: Record<string, string> = {};
      for (const part of parts) {
        const [, name, text] = /^([a-z][a-z0-9-]*)\s*=\s*(.+)$/.exec(part) ?? [];
        const parsed = value.safeParse(text);
        if (name !== undefined && parsed.success) record[name] = parsed.data;
        else
          at.addIssue(
            `“${part}” is not written source=value${parsed.success ? '' : `: ${parsed.error.issues[0]?.message}`}`,
          );
      }
      return Object.freeze(record);
    });

/** `host:port,host:port` */
export const hostAndPort = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .refine(
    (parts) => parts.every((part) => /^(?:[\w.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(part)),
    'each is written host:port, e.g. 127.0.0.1:8080',
  );

/** A name of the time zone database. */
export const timeZone = z
  .string()
  .trim()
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
    } catch {
      return false;
    }
  }, 'not a time zone: write e.g. Europe/Berlin');

/** What stands between commas. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** `gmail.com=60,*=600` → numbers by domain, in lower case. */
export const perMinute = z.string().transform((text, at): Readonly<Record<string, number>> => {
  const record: Record<string, number> = {};
  for (const part of text.split(',').map((part) => part.trim())) {
    const [, domain, most] = /^(\*|[a-z0-9-]+(?:\.[a-z0-9-]+)+)\s*=\s*([1-9]\d{0,5})$/i.exec(part) ?? [];
    if (domain !== undefined) record[domain.toLowerCase()] = Number(most);
    else if (part !== '') at.addIssue(`“${part}” is not written example.org=60`);
  }
  return Object.freeze(record);
});

/** What letters are signed with. */
export interface Dkim {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly key: string;
}

export const signedAs = z
  .string()
  .trim()
  .regex(/^(?:[a-z0-9._-]{1,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)+)?$/i, 'not written selector@example.org');

export const privateKey = z.string().regex(/^$|-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'not a private key in PEM');

/** `selector@example.org` and its key; null where both are empty. */
export const dkimOf = (as: string, key: string): Dkim | null => {
  const [selector = '', domain = ''] = as.split('@');
  return as === '' ? null : Object.freeze({ domain, selector, key });
};

export const port = z
  .string()
  .trim()
  .regex(/^\d{1,5}$/, 'not a port number')
  .transform(Number)
  .refine((n) => n <= 65535, 'a port is at most 65535');

export const embed = z
  .string()
  .trim()
  .transform((text, at): 'auto' | 'off' | EmbedAddress => {
    if (text === 'auto' || text === 'off') return text;
    const address = embedAddress(text);
    if (typeof address !== 'string') return Object.freeze(address);
    at.addIssue(address);
    return z.NEVER;
  });

export const oidc = z.string().transform((text, at): readonly SignInSite[] => {
  const sites = signInSites(text);
  if (sites !== null) return sites;
  // Not the part itself: it has a secret in it.
  at.addIssue('one of its parts is not written name=https://issuer|client id|client secret');
  return z.NEVER;
});

/** A secret that others present to us; empty for none. */
export const longSecret = z
  .string()
  .trim()
  .regex(/^(?:|[\x21-\x7e]{16,})$/, 'at least 16 plain characters');

const PLAIN = 'only plain characters fit in a header';

/** What stands in a header by itself. */
export const headerWord = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]*$/, PLAIN);

export const headerText = z
  .string()
  .trim()
  .max(200)
  .regex(/^[\x20-\x7e]*$/, PLAIN);

/** An address that a hub is asked at; empty for none. */
export const hub = z
  .string()
  .trim()
  .refine((text) => text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'not a web address')
  .transform((text) => (text === '' ? '' : new URL(text).href));

/** A value for people to see: without passwords and keys. `name` is the setting’s. */
export const masked = (name: string, text: string): string => {
  if (name.endsWith('_KEY')) return text === '' ? '' : '…';
  if (name === 'BROADSHEET_OIDC') return text.replace(/\|[^;]*/g, '|…');
  if (name.endsWith('_KEYS')) return text.replace(/=[^,]*/g, '=…');
  return text
    .replace(/(:\/\/[^:/@\s]*):\S*@/, '$1:…@')
    .replace(/([?&](?:password|pass|secret|token|key)=)[^&\s]*/gi, '$1…');
};
