import { setImmediate as breathe } from 'node:timers/promises';
import type { Rejection } from '../model/ledger.ts';
import type { Extra } from '../model/paper.ts';
import type { Entry, Source } from '../ports/source.ts';
import type { Gone, Incoming } from '../store/store.ts';

/** What a source said, sorted as `store.papers.save` takes it. */
export interface Batch {
  readonly incoming: readonly Incoming[];
  readonly gone: readonly Gone[];
  readonly extras: readonly { readonly source: string; readonly extra: Extra; readonly raw: string }[];
  readonly rejections: readonly Rejection[];
}

const SLICE = 250;

/**
 * Sorts entries for the store, letting others have the event loop now and then. Editions are left out: whoever sets
 * front pages from a document sees to them.
 */
export const batchOf = async (
  { id: source, authority }: Pick<Source, 'id' | 'authority'>,
  entries: readonly Entry[],
): Promise<Batch> => {
  const incoming: Incoming[] = [];
  const gone: Gone[] = [];
  const extras: { source: string; extra: Extra; raw: string }[] = [];
  const rejections: Rejection[] = [];
  const primary = authority === 'archive';
  for (const [i, entry] of entries.entries()) {
    if (i % SLICE === SLICE - 1) await breathe();
    if (entry.kind === 'edition') continue;
    const { raw } = entry;
    if (entry.kind === 'extra') {
      extras.push({ source, extra: entry.extra, raw });
      continue;
    }
    const announced = entry.announced === undefined ? {} : { announced: entry.announced };
    if (entry.kind === 'paper') incoming.push({ source, draft: entry.draft, raw, primary, ...announced });
    else if (entry.kind === 'gone')
      gone.push({ source, id: entry.id, externalId: entry.externalId, raw, ...announced });
    else {
      const { day = null, category = null } = entry.announced ?? {};
      rejections.push({ source, day, category, reason: entry.reason, raw });
    }
  }
  return { incoming, gone, extras, rejections };
};
