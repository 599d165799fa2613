import { foldLetters } from '../kernel/text.ts';
import type { Author, PaperId } from './paper.ts';

/** What the rule of titles and authors looks at. */
export interface Likeness {
  readonly title: string;
  readonly authors: readonly Author[];
  readonly authorCount: number | null;
  readonly published: string | null;
}

/** Letters and digits only, folded: two titles are the same where this is. */
export const titleKey = (title: string): string => foldLetters(title).replace(/[^\p{L}\p{N}]+/gu, '');

const RANK: readonly string[] = ['arxiv:', 'doi:', 'openreview:'];

/** The identifier a paper is known by when it has several: arXiv, DOI, OpenReview, another scheme, our own slug. */
export const bestId = (ids: readonly PaperId[]): PaperId | undefined => {
  const rank = (id: PaperId): number => {
    const at = RANK.findIndex((scheme) => id.startsWith(scheme));
    return at >= 0 ? at : id.includes(':') ? RANK.length : RANK.length + 1;
  };
  return [...ids].sort((a, b) => rank(a) - rank(b))[0];
};
