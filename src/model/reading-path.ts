import { type Day, daysBetween } from '../kernel/day.ts';
import { plainMath } from '../kernel/plain-math.ts';
import type { Author, Paper, PaperId } from './paper.ts';
import { isStopWord, stem } from './stem.ts';

/** A paper that could come next on a path. */
export interface Candidate {
  readonly id: PaperId;
  /** Published, in days since 1970. */
  readonly day: number | null;
  /** How near it is to the step before, as a cosine. */
  readonly cosine: number;
}

/** A step of half a year or more is worth so much more than one of a day: a path should lead through time. */
const STRIDE = 0.15;
const FULL_STRIDE = 182;

const worthOf = ({ cosine }: Candidate, days: number): number =>
  cosine * (1 - STRIDE + STRIDE * Math.min(1, days / FULL_STRIDE));

/**
 * The next step of a path that has come to a paper of day `from` and goes back (-1) or on (1) in time: the nearest paper
 * strictly older or newer that is not on the path yet, a little for greater distances in time. Null where there is none. Whatever the order of
 * the candidates, the same is chosen.
 */
export const nextStep = (
  candidates: readonly Candidate[],
  { from, way, taken }: { readonly from: number; readonly way: -1 | 1; readonly taken: ReadonlySet<PaperId> },
): Candidate | null => {
  let best: { candidate: Candidate; worth: number } | null = null;
  for (const candidate of candidates) {
    const days = candidate.day === null ? 0 : way * (candidate.day - from);
    if (days <= 0 || taken.has(candidate.id)) continue;
    const worth = worthOf(candidate, days);
    if (best === null || worth > best.worth || (worth === best.worth && candidate.id < best.candidate.id))
      best = { candidate, worth };
  }
  return best?.candidate ?? null;
};

/** What two papers have in common, as far as their records say. */
export interface Shared {
  /** From the earlier to the later; null where a date is not known. */
  readonly days: number | null;
  readonly authors: readonly Author[];
  readonly categories: readonly string[];
  /** Telling words of both, as the later one writes them; those of titles first. */
  readonly words: readonly string[];
}

const WORDS = 4;
const AUTHORS = 3;
const SHORTEST = 4;
const WORD = /[\p{L}][\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)*/gu;

/** Words that every second paper has. */
const COMMON = new Set(
  `method methods model models paper result results approach approaches show shows propose proposed problem problems based
  using novel existing performance framework work works task tasks learning training trained data dataset datasets large
  different across both demonstrate achieve achieves state-of-the-art state the-art experiments extensive introduce
  present presents while however these their which where when such each many more most than with without from into over
  through between under high low better improve improves improved improving significantly effective efficient efficiently
  first second three multiple single various general new time also only even further well known study studies analysis
  system systems code available research investigation integrate integrating incorporate incorporating ability
  capability capabilities generalist domain review survey towards toward understand understanding recent recently important provide provides used uses make makes made enable enables`
    .split(/\s+/)
    .map(stem),
);

/** Telling words of a text by their stems, as first written, and how often each stands there. */
const tellingIn = (text: string): Map<string, { readonly word: string; count: number }> => {
  const words = new Map<string, { readonly word: string; count: number }>();
  for (const [word] of plainMath(text).matchAll(WORD)) {
    if (word.length < SHORTEST || isStopWord(word)) continue;
    const root = stem(word);
    const known = words.get(root);
    if (known !== undefined) known.count++;
    // A capital inside a word belongs to it; one in front may be a title's.
    else if (!COMMON.has(root)) words.set(root, { word: /.\p{Lu}/u.test(word) ? word : word.toLowerCase(), count: 1 });
  }
  return words;
};

const days = (earlier: Day | null, later: Day | null): number | null =>
  earlier === null || later === null ? null : daysBetween(earlier, later);

type Compared = Pick<Paper, 'title' | 'abstract' | 'authors' | 'categories' | 'published'>;

/** What a paper has in common with an earlier one. */
export const sharedBetween = (earlier: Compared, later: Compared): Shared => {
  const theirs = tellingIn(`${earlier.title} ${earlier.abstract}`);
  const ours = tellingIn(`${later.title} ${later.abstract}`);
  const titles = [tellingIn(earlier.title), tellingIn(later.title)];
  const rank = (root: string): number => titles.filter((title) => title.has(root)).length;
  const often = (root: string): number => Math.min(theirs.get(root)?.count ?? 0, ours.get(root)?.count ?? 0);
  // What only the abstracts say tells something where both say it again. Titles come first, then what is said most often.
  const words = [...ours]
    .filter(([root]) => theirs.has(root) && (rank(root) > 0 || often(root) > 1))
    .sort(([a, x], [b, y]) => rank(b) - rank(a) || often(b) - often(a) || (x.word < y.word ? -1 : 1))
    .slice(0, WORDS)
    .map(([, { word }]) => word);
  const keys = new Set(earlier.authors.map(({ key }) => key));
  return {
    days: days(earlier.published, later.published),
    authors: later.authors.filter(({ key }) => keys.has(key)).slice(0, AUTHORS),
    categories: later.categories.filter((code) => earlier.categories.includes(code)),
    words,
  };
};
