import type { Letter } from './letter.ts';
import type { ModerationEntry, PaperHold } from './moderation.ts';
import type { PaperId } from './paper.ts';
import type { Person } from './person.ts';
import type { SpamVerdict } from './spam.ts';
import type { SubmissionShown } from './submission.ts';

/** A letter that waits for a moderator. */
export interface Matter {
  readonly letter: Letter;
  readonly reports: readonly { readonly by: Person | null; readonly reason: string; readonly at: number }[];
  /** Why it looks like spam, where it does. */
  readonly verdict: SpamVerdict | null;
  readonly mayAct: boolean;
}

export interface ModerationQueue {
  readonly matters: readonly Matter[];
  readonly rings: readonly {
    readonly id: string;
    readonly at: number;
    readonly people: readonly (Person & { readonly id: string })[];
  }[];
  /** Taken down, the latest first. */
  readonly papers: readonly (PaperHold & { readonly id: PaperId; readonly title: string })[];
  readonly submissions: readonly SubmissionShown[];
}

export interface LogLine {
  /** Of what a group alone reads, the reason and the target are moderators' to see; to others they are empty. */
  readonly entry: ModerationEntry;
  readonly inGroup: boolean;
  readonly by: Person | null;
  /** Whom it was done to, or who wrote the letter; null for one who left, and for papers and rings. */
  readonly to: Person | null;
  readonly mayUndo: boolean;
}
