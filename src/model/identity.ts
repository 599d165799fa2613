import { foldLetters, isAscii } from '../kernel/text.ts';
import type { Author, PaperId } from './paper.ts';

/** What the rule of titles and authors looks at. */
export interface Likeness {
  readonly title: string;
  readonly authors: readonly Author[];
  readonly authorCount: number | null;
  readonly published: string | null;
}

/** Letters and digits only, folded: two titles are the same where this is. */
export const titleKey = (title: string): string => {
  const folded = foldLetters(title);
  return folded.replace(isAscii(folded) ? /[^a-z0-9]+/g : /[^\p{L}\p{N}]+/gu, '');
};

/** Best first; then come other schemes, and our own slugs. */
const RANK: readonly string[] = ['arxiv:', 'doi:', 'openreview:'];

/** 0 is the best kind of identifier. */
export const rankOf = (id: PaperId): number => {
  const at = RANK.findIndex((scheme) => id.startsWith(scheme));
  return at >= 0 ? at : id.includes(':') ? RANK.length : RANK.length + 1;
};

/** The identifier a paper is known by when it has several: arXiv, DOI, OpenReview, another scheme, our own slug. */
export const bestId = (ids: readonly PaperId[]): PaperId | undefined =>
  [...ids].sort((a, b) => rankOf(a) - rankOf(b))[0];

const ARXIV_DOI = /^doi:10\.48550\/arxiv\.(.+)$/;
const ARXIV_VERSION = /^(arxiv:(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7}))v\d{1,3}$/;

/** One spelling of an identifier: DOIs in lower case, arXiv's own DOIs as arXiv ids, arXiv ids without a version. */
export const plainId = (id: PaperId): PaperId => {
  const colon = id.indexOf(':');
  if (colon === 3 && /^doi:/i.test(id)) {
    const doi = id.toLowerCase();
    const arxiv = ARXIV_DOI.exec(doi)?.[1];
    return arxiv === undefined ? doi : plainId(`arxiv:${arxiv}`);
  }
  return colon === 5 ? (ARXIV_VERSION.exec(id)?.[1] ?? id) : id;
};

const schemeOf = (id: PaperId): string | null => (id.includes(':') ? id.slice(0, id.indexOf(':')) : null);

/** Two different ids of one scheme name two papers, as far as titles can tell. Slugs are no scheme. */
export const areRivals = (a: PaperId, b: PaperId): boolean => {
  const scheme = schemeOf(a);
  return a !== b && scheme !== null && scheme === schemeOf(b);
};

const KEY_LENGTH = 20;
const WORDS = 4;
const DAYS = 400;
/** Words of a title that are enough where there is nothing else to go by. */
const MANY_WORDS = 8;

const countWords = (title: string): number =>
  title.match(isAscii(title) ? /[a-zA-Z0-9]+/g : /[\p{L}\p{N}]+/gu)?.length ?? 0;

/** Whether a title says enough to be looked for: at least four words and twenty letters. */
export const isTelling = (title: string, key = titleKey(title)): boolean =>
  key.length >= KEY_LENGTH && countWords(title) >= WORDS;

const SUFFIX = /^(?:jr|sr|ii|iii|iv)$/;

const wordsOf = (name: string): string[] => foldLetters(name).match(/[\p{L}\p{N}]+/gu) ?? [];

const familyOf = (name: string): string => {
  const words = wordsOf(name);
  return words.findLast((word, i) => i === 0 || !SUFFIX.test(word)) ?? '';
};

/** `Wang Wei` is `Wei Wang`: some sources turn names round. */
const isSameName = (a: string, b: string): boolean =>
  familyOf(a) === familyOf(b) || wordsOf(a).sort().join(' ') === wordsOf(b).sort().join(' ');

const agreeOnAuthors = (a: readonly Author[], b: readonly Author[]): boolean => {
  const [first, other] = [a[0]?.name ?? '', b[0]?.name ?? ''];
  if (!isSameName(first, other)) return false;
  const [ours, theirs] = [a, b].map((authors) => new Set(authors.map((author) => familyOf(author.name)))) as [
    Set<string>,
    Set<string>,
  ];
  // The first authors are the same, in whichever order their names are written.
  const firsts = new Set([familyOf(first), familyOf(other)]);
  const shared = (some: Set<string>, all: Set<string>): number => some.intersection(all.union(firsts)).size;
  return 2 * Math.max(shared(ours, theirs), shared(theirs, ours)) >= Math.min(ours.size, theirs.size);
};

const daysApart = (a: string, b: string): number => Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000;

/**
 * The rule of titles and authors, the same both ways round: one title, and it is telling; and where both name authors,
 * the first is the same and so are at least half of the shorter list (by family names); where one only counts them, the
 * counts are the same; where one says nothing of them, they are dated within 400 days of each other; where one says nothing
 * but the title, that has at least eight words.
 */
export const sameWork = (a: Likeness, b: Likeness): boolean => {
  const key = titleKey(a.title);
  if (key !== titleKey(b.title) || !isTelling(a.title, key) || !isTelling(b.title, key)) return false;
  if (a.authors.length > 0 && b.authors.length > 0) return agreeOnAuthors(a.authors, b.authors);
  const [m, n] = [a, b].map(({ authors, authorCount }) => (authors.length > 0 ? authors.length : authorCount));
  if (m != null && n != null) return m === n;
  if (a.published !== null && b.published !== null) return daysApart(a.published, b.published) <= DAYS;
  const saysNothing = (m == null && a.published === null) || (n == null && b.published === null);
  return saysNothing && Math.min(countWords(a.title), countWords(b.title)) >= MANY_WORDS;
};
