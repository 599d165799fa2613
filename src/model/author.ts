import { cleanText, slug } from '../kernel/text.ts';
import type { Author, Organisation } from './paper.ts';

/**
 * The key keeps people apart as far as spelling does: initials stay (`Sy D. Friedman` → `sy-d-friedman`), diacritics
 * and letter case are folded.
 */
export const authorKey = (name: string): string => slug(name);

export const authorOf = (raw: string): Author => {
  const name = cleanText(raw);
  return { name, key: authorKey(name) };
};

export const organisationOf = (name: string, handle: string | null): Organisation => ({
  name,
  key: slug(name),
  handle,
});
