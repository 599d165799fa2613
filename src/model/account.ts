import type { Reader } from './reader.ts';

/** A reader's account. Times in milliseconds since 1970. */
export interface Account extends Reader {
  /** As written by its reader; null for one who signs in otherwise, or left. */
  readonly email: string | null;
  /** Since when it cannot be used, and why. */
  readonly disabledAt: number | null;
  readonly disabledWhy: string | null;
  /** When its reader asked to have it deleted: it is emptied a week later, unless they take that back. */
  readonly leavingAt: number | null;
  /** When it was emptied. */
  readonly leftAt: number | null;
}

export const WAYS = ['mail', 'passkey', 'site', 'setup'] as const;

/** A browser that is signed in. */
export interface Session {
  /** SHA-256 of the token in its cookie. */
  readonly hash: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly seenAt: number;
  /** When it ends, however much it is used. */
  readonly expiresAt: number;
  readonly way: (typeof WAYS)[number];
  /** What the browser calls itself, shortened. */
  readonly agent: string;
}

/** What a link in a letter stands for, once. */
export interface MailLink {
  /** SHA-256 of its token. */
  readonly hash: string;
  readonly purpose: 'sign-in' | 'new-address';
  readonly email: string;
  /** Whose address is to change. */
  readonly accountId: string | null;
  /** Path to go to afterwards. */
  readonly onward: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Passkey {
  /** Base64url. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly createdAt: number;
  readonly usedAt: number | null;
}

/** An account of another site that signs one in here. */
export interface LinkedSignIn {
  readonly issuer: string;
  readonly subject: string;
  readonly accountId: string;
  /** Name of the site in the settings. */
  readonly site: string;
  /** What the reader is called there. */
  readonly label: string;
  readonly linkedAt: number;
}

/**
 * What a token may be used for: to read as its reader, to vote, to write and change all else; and to read nothing but feeds,
 * which is the one that may stand in an address.
 */
export const SCOPES = ['read', 'vote', 'write', 'feed'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiToken {
  readonly hash: string;
  readonly accountId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly usedAt: number | null;
}

export interface Invitation {
  readonly email: string;
  /** Id of a reader. */
  readonly by: string;
  readonly at: number;
}

/** The address as it is compared: hosts know no case, and mail boxes that differ only by it are nobody's wish. */
export const foldEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase();

const HANDLE = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])$/;
const RESERVED = new Set(['owner', 'admin', 'operator', 'moderator', 'broadsheet', 'anonymous', 'nobody', 'root']);

export const isHandle = (text: string): boolean => HANDLE.test(text) && !text.includes('--') && !RESERVED.has(text);

/** Whether somebody has said no name yet: see `createAccount`. */
export const isUnnamed = ({ handle, name }: Pick<Account, 'handle' | 'name'>): boolean =>
  name === handle && handle.startsWith('reader-');

/** A handle made of a name, fit to be tried first; `reader` where nothing of the name fits. */
export const handleFrom = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24)
    .replace(/-+$/, '');
  return isHandle(plain) ? plain : 'reader';
};

/** Longest name of an account, a passkey or a token. UTF-16 units. */
export const ACCOUNT_NAME_CAP = 80;

/** A name as it is kept: one line, no control characters, not too long. */
export const nameOf = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, ACCOUNT_NAME_CAP)
    .toWellFormed()
    .trim();
