import { foldSpace } from '../kernel/text.ts';

/** A name in the parts bibliographies take it apart into. */
export interface NameParts {
  readonly given?: string | undefined;
  /** `van der`, where it stands in front of the family name. */
  readonly particle?: string | undefined;
  readonly family?: string | undefined;
  /** `Jr.` */
  readonly suffix?: string | undefined;
}

const SUFFIX = /^(?:jr|sr|i{2,3}|iv|v|ph\.?\s?d|m\.?\s?d)\.?$/i;

/** The parts in the order they are spoken: `Laurens van der Maaten`, `Charles L. Webber Jr.`. */
export const nameFrom = ({ given = '', particle = '', family = '', suffix = '' }: NameParts): string =>
  foldSpace(`${given} ${particle} ${family} ${suffix}`);

/** Splits where `mark` stands outside braces; braces that do not pair up hide nothing after them. */
const outsideBraces = (text: string, mark: RegExp): string[] => {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  const pattern = new RegExp(`[{}]|${mark.source}`, 'gi');
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (found === '{') depth += 1;
    else if (found === '}') depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      parts.push(text.slice(start, index));
      start = index + found.length;
    }
  }
  parts.push(text.slice(start));
  return parts;
};

/**
 * One name as it stands in a bibliography, in the order it is spoken: `van der Maaten, Laurens` → `Laurens van der
 * Maaten`; `Webber, Jr., Charles L.` and `Webber, Charles L., Jr.` → `Charles L. Webber Jr.`. A name without a comma, or
 * in braces, stays as it is. The parts are still TeX where they were.
 */
export const nameInOrder = (written: string): string => {
  const [family = '', second = '', third] = outsideBraces(written, /,/).map((part) => part.trim());
  if (third === undefined) return nameFrom({ given: second, family });
  const [given, suffix] = SUFFIX.test(third) && !SUFFIX.test(second) ? [second, third] : [third, second];
  return nameFrom({ given, family, suffix });
};

/** The names of a BibTeX `author` field, as written; `and others` names nobody. */
export const namesIn = (field: string): readonly string[] =>
  outsideBraces(foldSpace(field), / and /)
    .map((name) => name.trim())
    .filter((name) => name !== '' && name.toLowerCase() !== 'others');
