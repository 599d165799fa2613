import { foldSpace } from '../kernel/text.ts';
import type { Claim } from './claim.ts';
import type { PaperCard } from './paper.ts';
import type { Person } from './person.ts';
import type { Submission } from './submission.ts';

export const ABOUT_CAP = 1_000;
export const LINKS_MOST = 5;
const LINK_CAP = 300;

/** What of a reader's may be shown to everyone. */
export const SHOWABLE = ['letters', 'submissions', 'votes', 'library'] as const;
export type Showable = (typeof SHOWABLE)[number];

export const isShowable = (text: string): text is Showable => SHOWABLE.some((one) => one === text);

export interface Profile {
  readonly reader: string;
  /** Plain text. */
  readonly about: string;
  /** Web addresses. */
  readonly links: readonly string[];
  readonly shown: readonly Showable[];
  /** Milliseconds since 1970; 0 for one that was never written. */
  readonly changedAt: number;
}

/** Letters and submissions stand on public pages under one's name anyway; votes and library are one's own. */
export const emptyProfile = (reader: string): Profile => ({
  reader,
  about: '',
  links: [],
  shown: ['letters', 'submissions'],
  changedAt: 0,
});

/** As it is kept: at most 1,000 characters, lines kept. */
export const aboutText = (text: string): string =>
  text.toWellFormed().replaceAll('\0', '').replaceAll('\r\n', '\n').trim().slice(0, ABOUT_CAP).toWellFormed();

/** The web addresses of a text, one a line, at most five; null where a line is none. */
export const profileLinks = (text: string): readonly string[] | null => {
  const lines = [...new Set(text.split('\n').map(foldSpace))].filter((line) => line !== '');
  const links = lines.map((line) => URL.parse(/^https?:\/\//i.test(line) ? line : `https://${line}`));
  if (lines.length > LINKS_MOST) return null;
  const good = links.filter(
    (link): link is URL =>
      link !== null &&
      /^https?:$/.test(link.protocol) &&
      link.hostname.includes('.') &&
      link.username === '' &&
      link.href.length <= LINK_CAP,
  );
  return good.length === lines.length ? good.map(({ href }) => href) : null;
};

/** A reader's page. What is not shown is null, and empty where there is nothing. */
export interface ProfilePage {
  readonly person: Person;
  readonly about: string;
  readonly links: readonly string[];
  /** Papers that are theirs, newest first. */
  readonly papers: readonly { readonly card: PaperCard; readonly claim: Claim }[];
  readonly submissions: readonly { readonly card: PaperCard; readonly submission: Submission }[] | null;
  readonly votes: readonly PaperCard[] | null;
  readonly library: readonly PaperCard[] | null;
  readonly letters: readonly ProfileLetter[] | null;
  /** Whether it is the page of who asks. */
  readonly own: boolean;
  /** The one list that is shown; null for the newest of each. */
  readonly list: Showable | null;
  /** Of that list, from 1. */
  readonly page: number;
  /** Lists that go on after what is shown. */
  readonly more: readonly Showable[];
}

export interface ProfileLetter {
  readonly id: string;
  readonly paperId: string;
  readonly paperTitle: string;
  readonly at: number;
  /** The beginning of what it says, as plain text. */
  readonly says: string;
}
