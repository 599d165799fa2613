import type { Day } from '../kernel/day.ts';
import type { Reader } from '../model/reader.ts';

/** How this reader wants the page; kept in a cookie, read by the server, so nothing flashes. */
export interface Preferences {
  readonly edition: 'auto' | 'day' | 'late';
  readonly density: 'normal' | 'compact';
  /** Whether j/k/o/v//? are live. */
  readonly keys: boolean;
}

/** What every page shares: handed to each view beside its own value. */
export interface Frame {
  readonly masthead: string;
  /** On the pages of a group its name stands in the masthead's place. */
  readonly group?: { readonly name: string; readonly href: string };
  /** Origin without trailing slash, e.g. `http://localhost:3000`. */
  readonly origin: string;
  /** Path and query of this page. */
  readonly path: string;
  readonly preferences: Preferences;
  readonly version: string;
  /** Today in UTC, so that a page can say how old an edition is without reading a clock. */
  readonly today: Day;
  /** Titles of the sources by id. */
  readonly sources: Readonly<Record<string, string>>;
  /** Fingerprinted addresses, e.g. `/assets/broadsheet.3f2a.css`; an island's is absent when it could not be built. */
  readonly assets: {
    readonly css: string;
    readonly islands: Readonly<Record<string, string>>;
    readonly fonts: readonly string[];
  };
  /** Who is signed in; null for nobody. Without accounts, the owner at the machine. */
  readonly reader: Reader | null;
  /** Letters to the reader that are unread; 0 for nobody. */
  readonly unread?: number;
  /** Whether there are accounts to sign in to. */
  readonly accounts: boolean;
  /** False where there is no way to vote: without accounts, beyond this machine. */
  readonly mayVote: boolean;
  /** Whether the instance sends mail. */
  readonly byMail?: boolean;
  /** A banner across the page, e.g. that search is by words only; null for none. */
  readonly notice: string | null;
  /** What is wrong with the wires, across every page; `grave` for the operator, quiet for readers. Null when all is well. */
  readonly banner: { readonly says: string; readonly grave: boolean } | null;
}
