import type { PaperDraft } from '../../src/model/paper.ts';
import type { Incoming } from '../../src/store/store.ts';

/** A draft with every field filled, for the tests to vary. */
export const draftOf = (externalId: string, rest: Partial<PaperDraft> = {}): PaperDraft => ({
  id: `arxiv:${externalId}`,
  externalId,
  title: `On ${externalId}`,
  titleRaw: `On {${externalId}}`,
  abstract: 'We show that $x^2$ is never negative.',
  abstractRaw: 'We show that $x^2$ is never negative.',
  abstractCut: false,
  authors: [
    { name: 'Ada Lovelace', key: 'ada-lovelace' },
    { name: 'Emmy Noether', key: 'emmy-noether' },
  ],
  authorCount: 2,
  organisation: { name: 'Analytical Society', key: 'analytical-society', handle: 'AnSoc' },
  byline: '2 authors',
  categories: ['math.RA', 'cs.LG'],
  published: '2026-04-17',
  updated: null,
  versions: [{ n: 1, date: '2026-04-17' }],
  withdrawn: false,
  doi: `10.1000/${externalId}`,
  journalRef: null,
  note: null,
  license: null,
  links: [{ rel: 'abstract', label: 'arXiv', url: `https://arxiv.org/abs/${externalId}` }],
  signals: { comments: 3 },
  ...rest,
});

export const incomingOf = (externalId: string, rest: Partial<PaperDraft> = {}, source = 'arxiv-snapshot'): Incoming => {
  const draft = draftOf(externalId, rest);
  return { source, draft, raw: JSON.stringify(draft) };
};

/** A batch of papers `2604.00000`, `2604.00001`, …. */
export const batchOf = (first: number, n: number): Incoming[] =>
  Array.from({ length: n }, (_, i) => incomingOf(`2604.${String(first + i).padStart(5, '0')}`));
