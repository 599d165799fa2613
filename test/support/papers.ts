import type { Paper, PaperCard } from '../../src/model/paper.ts';
import type { Frame } from '../../src/views/frame.ts';

/** A small paper with every field filled; `change` overrides. */
export const samplePaper = (change: Partial<Paper> = {}): Paper => ({
  id: 'arxiv:2507.08772',
  title: 'Parts & wholes: latents of order $n^2$',
  titleRaw: 'Parts & wholes: latents of order $n^2$',
  abstract: 'We show that $x<y$ holds. Nothing else is claimed.',
  abstractRaw: 'We show that $x<y$ holds. Nothing else is claimed.',
  abstractCut: false,
  authors: [
    { name: 'Ada Example', key: 'ada-example' },
    { name: 'Bo O’Sample', key: 'bo-o-sample' },
  ],
  authorCount: 2,
  organisation: null,
  byline: 'Ada Example, Bo O’Sample',
  categories: ['cs.LG', 'stat.ML'],
  published: '2025-07-11',
  updated: '2026-01-04',
  versions: [
    { n: 1, date: '2025-07-11' },
    { n: 2, date: '2026-01-04' },
  ],
  withdrawn: false,
  doi: '10.1000/182',
  journalRef: null,
  note: '9 pages',
  license: null,
  links: [
    { rel: 'abstract', label: 'arXiv', url: 'https://arxiv.org/abs/2507.08772' },
    { rel: 'pdf', label: 'PDF', url: 'https://arxiv.org/pdf/2507.08772' },
  ],
  sightings: [{ source: 'daily-page', externalId: 'x', seenAt: '2026-04-20T00:00:00Z' }],
  ...change,
});

export const sampleCard = (change: Partial<Paper> = {}, rest: Partial<Omit<PaperCard, 'paper'>> = {}): PaperCard => ({
  paper: samplePaper(change),
  votes: 12,
  voted: false,
  letters: 0,
  comments: 3,
  ...rest,
});

export const sampleFrame = (change: Partial<Frame> = {}): Frame => ({
  masthead: 'Broadsheet',
  origin: 'http://localhost:3000',
  path: '/',
  preferences: { edition: 'auto', density: 'normal', keys: true },
  version: '0.1.0',
  today: '2026-11-22',
  assets: {
    css: '/assets/broadsheet-A.css',
    islands: { keys: '/assets/keys-A.js', vote: '/assets/vote-A.js' },
    fonts: ['/assets/head-A.woff2'],
  },
  sources: { 'daily-page': 'A saved daily page' },
  reader: { id: 'owner', handle: 'owner', name: 'The owner', role: 'operator', createdAt: 0 },
  accounts: false,
  mayVote: true,
  notice: null,
  banner: null,
  ...change,
});
