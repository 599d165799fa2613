import type { Letter, LetterId, LetterRights, LetterWording } from './letter.ts';
import type { PaperCard } from './paper.ts';

/** A text made ready to be shown. */
export interface Rendered {
  /** Safe to send. */
  readonly html: string;
  /** True where the text is shown as it was written, because it could not be set within the limits. */
  readonly asWritten: boolean;
}

/** A letter as one reader may see it, set. */
export interface ShownLetter {
  readonly letter: Letter;
  readonly rights: LetterRights;
  /** Null where its words are not shown. */
  readonly rendered: Rendered | null;
}

export interface ShownThread extends ShownLetter {
  readonly depth: number;
  readonly answers: readonly ShownThread[];
}

/** The letters of a paper as one reader may see them. */
export interface LettersPage {
  readonly threads: readonly ShownThread[];
  /** Those that are open. */
  readonly count: number;
}

/** A letter with all its wordings, latest first; none where its words are not shown. */
export interface LetterHistory extends ShownLetter {
  readonly wordings: readonly (LetterWording & { readonly rendered: Rendered })[];
}

/** The form a letter is written in. */
export interface LetterForm {
  readonly kind: 'new' | 'answer' | 'edit';
  /** The letter answered or edited. */
  readonly about: { readonly id: LetterId; readonly name: string } | null;
  /** Sent along, so that the same letter sent twice is one. */
  readonly key: string;
  readonly body: string;
  readonly preview: Rendered | null;
  /** Why what was sent was not taken. */
  readonly problem: string | null;
}

/** A page about one letter of a paper. */
export interface OneLetterPage<T extends ShownLetter = ShownLetter> {
  readonly card: PaperCard;
  readonly letter: T;
}
