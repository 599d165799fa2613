import type { Run } from '../model/ledger.ts';
import type { HarvestState, Wish } from '../ports/source.ts';
import type { Cursor } from '../store/store.ts';

/** What the cursor of a harvest holds, written in the same transaction as the papers of each page. */
export interface Kept {
  readonly run: string;
  readonly startedAt: number;
  /** What the next request is made of; null when the list is complete. */
  readonly state: HarvestState | null;
  readonly pages: number;
  readonly total: number | null;
  readonly counts: Run['counts'];
  readonly through: string | null;
  /** Times in a row that the source refused this very request. */
  readonly refusals: number;
  /** True once `through` has been handed on to the next harvest of what is new. */
  readonly settled: boolean;
}

export const EVERYTHING_NEW: Wish = { from: null, until: null, set: null, format: null };

export const NOTHING: Run['counts'] = { new: 0, changed: 0, same: 0, rejected: 0, gone: 0 };

/** Entries taken in or passed over. */
export const recordsOf = ({ counts }: Pick<Kept, 'counts'>): number =>
  counts.new + counts.changed + counts.same + counts.rejected + counts.gone;

const wishKey = ({ from, until, set, format }: Wish): string =>
  [from, until, set, format].map((x) => x ?? '').join(',');

/** The cursor one harvest goes on from; also the name of its lease: one process at a time. */
export const harvestCursor = (source: string, wish: Wish): string => `harvest:${source}:${wishKey(wish)}`;

/** The cursor that says where the next harvest of what is new begins. */
export const sinceCursor = (source: string, { set, format }: Wish): string =>
  `since:${source}:${[set ?? '', ...(format === null ? [] : [format])].join(',')}`;

export const keptOf = (cursor: Cursor | null): Kept | null => {
  if (cursor?.note == null) return null;
  try {
    return JSON.parse(cursor.note) as Kept;
  } catch {
    return null;
  }
};

export const cursorOf = (name: string, kept: Kept): Cursor => ({
  name,
  position: kept.pages,
  note: JSON.stringify(kept),
});

/**
 * Whether a complete harvest moves the place from which "what is new" goes on: not when it ended before today's end of
 * the list, nor when it began after that place, for what lies between would never be asked for.
 */
export const movesSince = (wish: Wish, since: string | null): boolean =>
  wish.until === null && (wish.from === null || since === null || wish.from <= since);

/** `from 2026-11-20, set cs`; empty for "what is new". */
export const wishInWords = (wish: Wish): string =>
  (['from', 'until', 'set', 'format'] as const)
    .flatMap((name) => (wish[name] === null ? [] : [`${name} ${wish[name]}`]))
    .join(', ');
