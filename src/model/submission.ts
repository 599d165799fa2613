import type { Day } from '../kernel/day.ts';
import { foldSpace } from '../kernel/text.ts';
import type { PaperCard, PaperDraft, PaperId } from './paper.ts';
import type { Person } from './person.ts';
import { may, type Role } from './reader.ts';

/** Characters of a submitter's note. */
export const NOTE_CAP = 1_000;
/** Papers in one submission. */
export const MOST_AT_ONCE = 20;
/** Bytes of a bibliography that is handed in. */
export const FILE_CAP = 1024 * 1024;
/** The source of papers that were read off a page of another site. */
export const WEB_PAGE = 'web-page';

/** A paper that a reader put before the others. */
export interface Submission {
  readonly paperId: PaperId;
  /** The reader's id. */
  readonly reader: string;
  /** The edition's day, in its time zone. */
  readonly day: Day;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Markdown; empty for none. */
  readonly note: string;
}

/** What was found for somebody and waits: `open` for the reader's word, `waiting` for a moderator's. */
export interface SubmissionDraft {
  readonly id: string;
  readonly reader: string;
  readonly at: number;
  readonly state: 'open' | 'waiting' | 'done' | 'refused';
  readonly note: string;
  /** JSON of what was found: see `services/submit`. */
  readonly body: string;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
}

/** A submission with who made it; null where that account is gone. */
export interface SubmissionShown {
  readonly submission: Submission;
  readonly by: Person | null;
  /** The note as clean markup, where it has been set: see `services/markdown`. */
  readonly html?: string;
}

/** Submissions a day by role, as the operator has set them. */
export type PerDay = Readonly<Partial<Record<Role, number>>>;

const STEPS: readonly Role[] = ['reader', 'trusted', 'moderator', 'operator'];

/**
 * How many papers somebody of a role may submit a day: the figure of the role, else that of the next role below which has
 * one; null for any number. Moderators and operators may submit any number unless they are named themselves.
 */
export const allowedPerDay = (perDay: PerDay, role: Role): number | null => {
  const own = perDay[role];
  if (own !== undefined) return own;
  if (may(role, 'moderator')) return null;
  return (
    STEPS.slice(0, STEPS.indexOf(role))
      .reverse()
      .map((step) => perDay[step])
      .find((n) => n !== undefined) ?? null
  );
};

/** A note as it is kept: at most 1,000 characters, no white space around it. */
export const noteOf = (text: string): string =>
  text.toWellFormed().replaceAll('\0', '').replaceAll('\r\n', '\n').trim().slice(0, NOTE_CAP).toWellFormed();

/** One of the papers found, as it is shown before it is confirmed. */
export interface FoundShown {
  /** Null where it would be new here. */
  readonly card: PaperCard | null;
  readonly paper: Pick<
    PaperDraft,
    'title' | 'abstract' | 'authors' | 'authorCount' | 'published' | 'journalRef' | 'links'
  >;
  readonly submissions: readonly SubmissionShown[];
}

export interface SubmitPreview {
  readonly draft: Pick<SubmissionDraft, 'id' | 'state' | 'note'>;
  /** Why a moderator refused it; null where none did. */
  readonly refusal: string | null;
  readonly found: readonly FoundShown[];
  readonly missing: readonly PaperId[];
  readonly failures: readonly string[];
  /** How many more may be submitted today; null for any number. */
  readonly left: number | null;
}

/** A submission that waits for a moderator, or was refused. */
export interface SubmissionWaiting {
  readonly draft: Pick<SubmissionDraft, 'id' | 'state' | 'note' | 'at'>;
  readonly by: Person | null;
  readonly titles: readonly string[];
}

/** A note in a line, without the marks of Markdown; its mathematics stays as TeX. */
export const noteInLine = (note: string): string =>
  foldSpace(
    note
      .replace(/!?\[([^[\]]{0,200})\]\([^()\s]{0,500}\)/g, '$1')
      .replace(/^[ \t]{0,8}(?:>|#{1,6}|[-+*]|\d{1,9}[.)])[ \t]+/gm, '')
      .replace(/(?<![\w*])(\*{1,3}|`)(?=\S)([^*`$\n]{1,300}?)(?<=\S)\1(?![\w*])/g, '$2'),
  );
