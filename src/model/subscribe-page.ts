import type { OutboxRow, Subscription } from './digest.ts';
import type { PaperId } from './paper.ts';

/** Where a reader sees and changes what comes by mail: by the signed link of a mail, or signed in. */
export interface PreferencesPage {
  readonly subscription: Subscription;
  /** Where its forms are sent: the address of the page itself. */
  readonly action: string;
  /** Where what was sent can be read again, under this and its id. */
  readonly copies: string;
  /** Sent lately, latest first. */
  readonly sent: readonly OutboxRow[];
  readonly said: { readonly says: string; readonly wrong: boolean } | null;
}

/** What a link of a mail asks to be done to a paper. */
export interface ActPage {
  readonly verb: 'vote' | 'save';
  readonly title: string;
  readonly paperId: PaperId;
  /** The name the mail has for it. */
  readonly asked: PaperId;
  readonly done: boolean;
  readonly action: string;
}
