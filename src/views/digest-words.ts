import type { ChangeKind, Digest, DigestChange, DigestEntry, DigestPart, PaperPart } from '../model/digest.ts';
import { fullDate } from './dates.ts';
import { plain, standfirst } from './story.ts';

/** What a digest says, the same in its HTML, its plain text and its copy on the web. */

const HEADINGS: Readonly<Record<PaperPart, string>> = {
  trending: 'Trending',
  personal: 'For you',
  followed: 'By those you follow',
  searches: 'In your saved searches',
  groups: 'In your groups',
};

export const CHANGES_HEADING = 'Changed in your library';
export const REPLIES_HEADING = 'Replies to your letters';

export const headingOf = ({ search }: Pick<Digest, 'search'>, { part }: Pick<DigestPart, 'part'>): string =>
  search !== null && part === 'searches' ? `New in “${search.name}”` : HEADINGS[part];

/** `New by those you follow · By 4 votes` */
export const reasonText = ({ reasons }: Pick<DigestEntry, 'reasons'>): string =>
  reasons.map((one) => plain(one).replace(/[.\s]+$/, '')).join(' · ');

const CHANGES: Readonly<Record<ChangeKind, (version: number) => string>> = {
  version: (version) => (version > 1 ? `Version ${version} is out.` : 'There is a new version.'),
  withdrawn: () => 'It was withdrawn.',
  code: () => 'Its code is out.',
};

export const changeText = ({ what, version }: Pick<DigestChange, 'what' | 'version'>): string =>
  what.map((kind) => CHANGES[kind](version)).join(' ');

/** The line under the masthead: what stands on its left and on its right. */
export const folioOf = ({ localDay, edition, rhythm, kind }: Digest): readonly [left: string, right: string] => [
  fullDate(localDay),
  kind === 'alert' ? 'Alert' : rhythm === 'weekly' ? 'The week' : edition === null ? '' : `No. ${edition.number}`,
];

export const isEmpty = ({ parts, changes, replies }: Pick<Digest, 'parts' | 'changes' | 'replies'>): boolean =>
  parts.length === 0 && changes.length === 0 && replies.length === 0;

export const emptyText = ({ rhythm }: Pick<Digest, 'rhythm'>): string =>
  rhythm === 'weekly' ? 'There is nothing new for you this week.' : 'There is nothing new for you today.';

/** Characters of the first abstract and of each further one, from the most to the least. */
export const ROOMS = [
  [560, 240],
  [400, 150],
  [150, 0],
  [0, 0],
] as const;
/** An index into `ROOMS`. */
export type Room = number;

const MANY = 15;

export const roomFor = ({ parts }: Pick<Digest, 'parts'>): Room =>
  parts.reduce((sum, { entries }) => sum + entries.length, 0) > MANY ? 1 : 0;

/** How much of an abstract stands in the mail: the first paper has more. */
export const summaryOf = ({ card }: DigestEntry, at: number, room: Room): string => {
  const limit = ROOMS[room]?.[at === 0 ? 0 : 1] ?? 0;
  return limit === 0 ? '' : standfirst(plain(card.paper.abstract), limit);
};

/** Titles of the first papers, for the line that mail programs show beside the subject. */
export const preheaderOf = (digest: Digest): string => {
  const titles = [
    ...digest.parts.flatMap(({ entries }) => entries.map(({ card }) => card.paper.title)),
    ...digest.changes.map(({ card }) => card.paper.title),
    ...digest.replies.map(({ by, title }) => `${by} answers on ${title}`),
  ];
  return titles.length === 0 ? emptyText(digest) : standfirst(titles.slice(0, 3).map(plain).join(' · '), 160);
};
