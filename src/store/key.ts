import { hash } from 'node:crypto';

/** PostgreSQL keeps an index entry below 2,704 bytes; three bytes a unit and several columns must fit. */
const LONGEST = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL refuses NUL in text
const UNKEEPABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text as a key column of either engine can hold it: NUL and lone surrogates are written `\uXXXX`, and what is too long to
 * be indexed ends in a hash. The document and the raw record beside it keep the text as it came.
 */
export const keyText = (text: string): string => {
  if (text.length <= LONGEST && text.isWellFormed() && !text.includes('\0')) return text;
  const kept = text.replace(UNKEEPABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return kept.length <= LONGEST ? kept : `${kept.slice(0, 160).toWellFormed()}~${digest(kept)}`;
};

/** Text as a column that is no key can hold it. */
export const bodyText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** 128 bits of SHA-256 as hex. */
export const digest = (text: string): string => hash('sha256', text).slice(0, 32);
