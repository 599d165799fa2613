import type { Day } from '../kernel/day.ts';
import type { PaperDraft } from '../model/paper.ts';

/** One thing a source says, in the order it says it. `position` resumes after this entry when handed to `parse` again. */
export type Entry =
  | {
      readonly kind: 'paper';
      readonly line: number;
      readonly position: number;
      readonly raw: string;
      readonly draft: PaperDraft;
    }
  | {
      readonly kind: 'rejected';
      readonly line: number;
      readonly position: number;
      readonly raw: string;
      readonly reason: string;
    }
  /** Says that the papers of this document are, in their order, the front page of a day. Comes before them. */
  | { readonly kind: 'edition'; readonly line: number; readonly position: number; readonly date: Day };

/** An outside service or file format that papers come from. Parsing is pure: bytes in, entries out; no clock, no network. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly homepage: string;
  /** Guesses from a file's name and its first bytes (decompressed) whether this source wrote it. */
  recognises(file: { readonly name: string; readonly head: string }): boolean;
  /** `resume` skips entries up to and including that position without parsing them. */
  parse(bytes: AsyncIterable<Uint8Array>, options?: { readonly resume?: number }): AsyncIterable<Entry>;
}
