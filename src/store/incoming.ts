import type { Day } from '../kernel/day.ts';
import type { PaperDraft } from '../model/paper.ts';

/** One entry as it goes in: the draft, the source's own bytes of it, and where it stood. */
export interface Incoming {
  readonly source: string;
  readonly draft: PaperDraft;
  readonly raw: string;
  /** True where the source is an archive: see `Source.authority`. */
  readonly primary?: boolean;
  /** The square of the ledger it is counted in; left out, its (updated or published) day and first category. */
  readonly announced?: { readonly day: Day | null; readonly category: string | null };
}
