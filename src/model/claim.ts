import { foldLetters } from '../kernel/text.ts';
import type { Author, PaperId } from './paper.ts';
import type { Person } from './person.ts';

/** Characters of the evidence somebody gives. */
export const EVIDENCE_CAP = 1_000;

export type ClaimState = 'requested' | 'granted' | 'refused';

/** That a reader is one of a paper's authors. */
export interface Claim {
  readonly paperId: PaperId;
  readonly reader: string;
  /** Which of the authors. */
  readonly authorKey: string;
  /** What speaks for it, in the reader's words or ours. */
  readonly evidence: string;
  readonly state: ClaimState;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
  /** The id of who decided; `orcid` where a sign-in there did. Null while it is requested. */
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
}

/** What a paper's page says of its claims. */
export interface ClaimsShown {
  /** Who is known to be which author, by the author's key. */
  readonly authors: ReadonlyMap<string, Person>;
  /** The claim of who asks; null where there is none. */
  readonly own: Claim | null;
  /** Why a moderator refused it; null where none did. */
  readonly refusal: string | null;
  /** The author whose name agrees with who asks, to be offered first; null where none does. */
  readonly suggested: string | null;
}

/** A claim as a moderator sees it. */
export interface ClaimWaiting {
  readonly claim: Claim;
  readonly by: Person | null;
  readonly title: string;
  readonly authorName: string;
}

/** Decides by itself where names agree. */
export const BY_ORCID = 'orcid';

const SUFFIX = /^(?:jr|sr|ii|iii|iv)$/;
const wordsOf = (name: string): readonly string[] =>
  (foldLetters(name).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word, i) => i === 0 || !SUFFIX.test(word));

/** One given name may stand for the other: they are equal, or one is the other's initial. */
const stands = (a: string, b: string): boolean => a === b || ((a.length === 1 || b.length === 1) && a[0] === b[0]);

const agreeInOrder = (a: readonly string[], b: readonly string[]): boolean => {
  const [family, other] = [a.at(-1), b.at(-1)];
  if (family === undefined || family !== other || family.length === 1) return false;
  const [short, long] = a.length <= b.length ? [a.slice(0, -1), b.slice(0, -1)] : [b.slice(0, -1), a.slice(0, -1)];
  const [first, ...middle] = short;
  if (first === undefined || !stands(first, long[0] ?? '')) return false;
  // Middle names may be left out, but not contradict each other.
  let at = 1;
  for (const name of middle) {
    while (at < long.length && !stands(name, long[at] ?? '')) at += 1;
    if (at === long.length) return false;
    at += 1;
  }
  return true;
};

/**
 * Whether two names may be one person's: the same family name, and given names that are equal or initials of each other
 * (`Ada M. Lovelace`, `A. Lovelace`); middle names may be missing. Letters are folded; `Wang Wei` is `Wei Wang` where
 * every word is the same. A family name alone agrees with nobody.
 */
export const namesAgree = (a: string, b: string): boolean => {
  const [one, two] = [wordsOf(a), wordsOf(b)];
  if (one.length < 2 || two.length < 2) return false;
  return agreeInOrder(one, two) || one.toSorted().join(' ') === two.toSorted().join(' ');
};

/** The one author a name agrees with; null for none, and where it might be several. */
export const authorNamed = (authors: readonly Author[], name: string): Author | null => {
  const agreeing = authors.filter((author) => namesAgree(author.name, name));
  return agreeing.length === 1 ? (agreeing[0] ?? null) : null;
};
