import { textOfHtml } from '../kernel/html-text.ts';
import { foldSpace } from '../kernel/text.ts';
import { nameInOrder } from '../model/name.ts';

const INITIALS = /^(?:\p{Lu}\p{Ll}?\.?(?:[ -]|$)?){1,5}$/u;
const SUFFIX = /^(?:jr|sr|i{2,3}|iv|ph\.?\s?d|m\.?\s?d)\.?$/i;
const MOST = 10_000;
const LONGEST = 200_000;

/** Words that are mail addresses name nobody; `mail@host (Name)` is Name. */
const withoutMail = (text: string): string => {
  if (!text.includes('@')) return text;
  const words = text
    .split(' ')
    .filter((word) => !/^[<(]?(?:mailto:)?[^\s@<>]{1,100}@[^\s@<>]{1,200}[>)]?[,;]?$/.test(word));
  return words.join(' ').replace(/^\(([^()]*)\)$/, '$1');
};

/**
 * The names in what a feed prints as author, in the order they are spoken: `Ann Lee, Bob Ray and Cy Hu`, `Lee, A.;
 * Ray, B.`, `Lee, A., Ray, B.`, `mail@host (Ann Lee)`, and markup around names.
 */
export const namesOf = (printed: string): readonly string[] => {
  const text = foldSpace(withoutMail(foldSpace(textOfHtml(printed.slice(0, LONGEST))))).replace(/^by\s+/i, '');
  if (text === '') return [];
  if (text.includes(';')) {
    return text
      .split(/\s*;\s*(?:and\s+)?/)
      .filter((name) => name !== '')
      .slice(0, MOST)
      .map(nameInOrder);
  }
  const parts = text
    .split(/\s*,\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+/)
    .filter((part) => part !== '' && !/^et\.? al\.?$/i.test(part))
    .slice(0, MOST);
  const [first = '', second = ''] = parts;
  // `Lee, A., Ray, B.`: every second part is nothing but initials.
  if (parts.length % 2 === 0 && parts.every((part, i) => i % 2 === 0 || INITIALS.test(part)))
    return parts.flatMap((part, i) => (i % 2 === 0 ? [nameInOrder(`${part}, ${parts[i + 1]}`)] : []));
  if (parts.length === 2 && text.includes(',') && !/\s(?:and|&)\s/.test(text) && !first.includes(' '))
    return [nameInOrder(`${first}, ${second}`)];
  return parts.reduce<string[]>((names, part) => {
    if (SUFFIX.test(part) && names.length > 0) names.push(`${names.pop()} ${part}`);
    else names.push(part);
    return names;
  }, []);
};
