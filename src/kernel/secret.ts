import { hash, randomBytes } from 'node:crypto';

/** A new secret of 256 bits, fit for addresses and cookies. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret: its SHA-256 as hex. */
export const hashSecret = (secret: string): string => hash('sha256', secret);

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** `length` characters that nobody mistakes for others, for names that only must differ. */
export const newName = (length: number): string =>
  Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');
