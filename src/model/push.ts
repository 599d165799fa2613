import { plainMath } from '../kernel/plain-math.ts';
import { foldSpace } from '../kernel/text.ts';
import type { Paper } from './paper.ts';
import type { SavedSearch } from './saved-search.ts';
import { href } from './urls.ts';

/** A browser that shows notifications of ours. Times in milliseconds since 1970. */
export interface PushDevice {
  /** SHA-256 of the endpoint, as hex: a browser can tell which one it is. */
  readonly id: string;
  readonly reader: string;
  /** Hash of the session it is told under; empty for the owner of an instance without accounts. */
  readonly session: string;
  /** Where messages to it are handed in; whoever knows it can send there. */
  readonly endpoint: string;
  /** Its public key (P-256, uncompressed) and the secret it shares with us, as base64url: RFC 8291. */
  readonly p256dh: string;
  readonly auth: string;
  /** What it is, for people: “Firefox on Linux”. */
  readonly name: string;
  readonly createdAt: number;
  /** When its push service last took a message. */
  readonly toldAt: number | null;
  /** What was wrong the last time; null when all was well. */
  readonly trouble: string | null;
}

/** What a notification says, and where it leads. */
export interface PushNote {
  readonly title: string;
  readonly body: string;
  /** A path of ours. */
  readonly path: string;
  /** A notification takes the place of one with the same tag, so what comes twice is seen once. At most 32 characters of base64url. */
  readonly tag: string;
}

export type PushState = 'waiting' | 'sent' | 'failed';

/** A message to one device. */
export interface PushRow {
  readonly id: string;
  readonly note: PushNote;
  readonly attempts: number;
  readonly madeAt: number;
}

/** By which push services know who sends (RFC 8292): P-256, base64url. */
export interface PushKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Of a reader. */
export const MOST_DEVICES = 10;
/** News of a day ago are none: what could not be handed over until then is given up, and push services keep it no longer. */
export const PUSH_KEPT_MS = 24 * 3_600_000;
/** Longest that is handed over, UTF-8; RFC 8030 lets push services refuse more than 4,096 bytes, and encrypting adds 103. */
export const PUSH_BYTES = 3_000;

const TITLE_CAP = 90;
const BODY_CAP = 300;
const PATH_CAP = 300;
const NAMED = 3;

const clip = (text: string, most: number): string => {
  const all = [...foldSpace(text.toWellFormed())];
  return all.length <= most
    ? all.join('')
    : `${all
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
};

const listOf = (titles: readonly string[]): string => {
  const more = titles.length - NAMED;
  const named = titles.slice(0, NAMED).map((title) => clip(title, Math.floor(BODY_CAP / NAMED) - 10));
  return `${titles.length} papers: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
};

/** What is new in a saved search, as a notification: one paper leads to itself, several to the search. */
export const searchNote = (
  search: Pick<SavedSearch, 'id' | 'name'>,
  papers: readonly Pick<Paper, 'id' | 'title'>[],
  tag: string,
): PushNote => {
  const [first] = papers;
  const titles = papers.map(({ title }) => plainMath(title));
  const paper = papers.length === 1 && first !== undefined ? href.paper(first.id) : '';
  return {
    title: `New in “${clip(search.name, TITLE_CAP)}”`,
    body: papers.length === 1 ? clip(titles[0] ?? '', BODY_CAP) : listOf(titles),
    path: paper === '' || paper.length > PATH_CAP ? `${href.searches}#s-${search.id}` : paper,
    tag,
  };
};

/** What a reader who tries it out sees. */
export const trialNote = (masthead: string, tag: string): PushNote => ({
  title: clip(masthead, TITLE_CAP),
  body: 'This is how you will be told of what is new in your saved searches.',
  path: href.searches,
  tag,
});
