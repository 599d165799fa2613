import { createHash } from 'node:crypto';

/** The space that Broadsheet's names lie in; it never changes, or every feed would begin anew. */
const SPACE = Buffer.from('5f0c6ed2b0b94f0e9a1c7a4b2f7e6d31', 'hex');

/** The same name has the same UUID, on every machine and for ever. Version 5, SHA-1 (RFC 9562, 5.5). */
export const uuidOf = (name: string): string => {
  const bytes = createHash('sha1').update(SPACE).update(name, 'utf8').digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
