import { cleanText, slug } from '../kernel/text.ts';
import type { Author, Organisation } from './paper.ts';

/**
 * The key keeps people apart as far as spelling does: initials stay (`Sy D. Friedman` → `sy-d-friedman`), diacritics
 * and letter case are folded.
 */
export const authorKey = (name: string): string => slug(name);

export const authorOf = (raw: string): Author => {
  // Braces have no place in a name: what is left of them is TeX that a source lost (`K{ae}nemann`).
  const name = cleanText(raw.replace(/\\[{}]/g, '')).replace(/[{}]/g, '');
  return { name, key: authorKey(name) };
};

export const organisationOf = (name: string, handle: string | null): Organisation => ({
  name,
  key: slug(name),
  handle,
});
