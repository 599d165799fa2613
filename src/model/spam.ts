/** What is known of a letter and its author when it is judged. */
export interface Suspect {
  readonly body: string;
  /** Milliseconds since the account was made. */
  readonly accountAge: number;
  /** Other letters lately written, by anyone. */
  readonly others: readonly string[];
}

export interface SpamVerdict {
  /** 0 … 1. */
  readonly score: number;
  /** Each a few words for a moderator, worst first; empty where nothing speaks against it. */
  readonly reasons: readonly string[];
}

/** From here on a moderator should look. */
export const SUSPICIOUS = 0.5;

const DAY_MS = 86_400_000;
const LINK = /\bhttps?:\/\/[^\s<>)\]]+|\bwww\.[^\s<>)\]]+/gi;
/** Where papers and what belongs to them live: links there speak for a letter. */
const AT_HOME =
  /^(?:https?:\/\/)?(?:www\.)?(?:[\w-]+\.)*(?:arxiv\.org|doi\.org|openreview\.net|github\.com|gitlab\.com|huggingface\.co|biorxiv\.org|medrxiv\.org|aclanthology\.org|wikipedia\.org)(?:[/:?#]|$)/i;
/** Longest text that is looked at. UTF-16 units. */
const MOST = 10_000;
const PIECE = 5;

const wordsOf = (text: string): readonly string[] =>
  text
    .slice(0, MOST)
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

const piecesOf = (text: string): ReadonlySet<string> => {
  const words = wordsOf(text);
  if (words.length < PIECE) return new Set(words.length === 0 ? [] : [words.join(' ')]);
  return new Set(words.slice(PIECE - 1).map((_, i) => words.slice(i, i + PIECE).join(' ')));
};

/** How alike two texts are by runs of five words (Jaccard), 0 … 1; texts without words are alike to none. */
export const likeness = (a: string, b: string): number => {
  const [one, other] = [piecesOf(a), piecesOf(b)];
  if (one.size === 0 || other.size === 0) return 0;
  const both = one.intersection(other).size;
  return both / (one.size + other.size - both);
};

const linkShare = (body: string): number => {
  const text = body.slice(0, MOST);
  const strange = (text.match(LINK) ?? []).filter((link) => !AT_HOME.test(link));
  const letters = text.replace(/\s+/g, '').length;
  return letters === 0 ? 0 : Math.min(1, strange.join('').length / letters);
};

const repeatShare = (body: string): number => {
  const words = wordsOf(body);
  return words.length < 12 ? 0 : 1 - new Set(words).size / words.length;
};

/**
 * How much a letter looks like spam: much of it links to places without papers, it says what other letters say, it says
 * one thing over and over, its account is of the last day (which alone is never suspicious). Pure and bounded: the first
 * 10,000 characters, the first 100 others.
 */
export const judgeLetter = ({ body, accountAge, others }: Suspect): SpamVerdict => {
  const links = linkShare(body);
  const copies = others.slice(0, 100).filter((other) => likeness(body, other) >= 0.8).length;
  const repeats = repeatShare(body);
  const found: readonly (readonly [number, string])[] = [
    [links >= 0.5 ? 0.3 + 0.3 * links : 0, 'mostly links elsewhere'],
    [
      copies === 0 ? 0 : Math.min(0.7, 0.4 + 0.1 * copies),
      copies === 1 ? 'the same as another letter' : `the same as ${copies} other letters`,
    ],
    [repeats >= 0.7 ? 0.4 : 0, 'says the same over and over'],
    [accountAge < DAY_MS ? 0.2 : 0, 'a new account'],
  ];
  const against = found.filter(([weight]) => weight > 0).sort(([a], [b]) => b - a);
  return {
    score: Math.min(
      1,
      against.reduce((sum, [weight]) => sum + weight, 0),
    ),
    reasons: against.map(([, reason]) => reason),
  };
};
