import type { Letter } from './letter.ts';
import type { ModerationEntry } from './moderation.ts';
import type { Person } from './person.ts';
import type { SpamVerdict } from './spam.ts';

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
}

export interface LogLine {
  readonly entry: ModerationEntry;
  readonly by: Person | null;
  /** Whom it was done to, or who wrote the letter; null for one who left. */
  readonly to: Person | null;
  readonly mayUndo: boolean;
}
