import type { Clock } from '../kernel/clock.ts';
import type { EmbedProgress } from '../model/ledger-page.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { knownModel } from './catch-up.ts';

const CURSOR = 'embedding';
/** The pace is taken over this long, and written down so often. */
const OVER_MS = 60_000;
const EVERY_MS = 5_000;
/** What was written down longer ago says nothing of now. */
const STALE_MS = 60_000;

type Note = (done: number) => Promise<void>;

/** Takes down how fast papers are read, where every process can see it: call it with how many were read since it was made. */
export const createPaceNote = ({ store, clock }: { store: Pick<Store, 'cursors'>; clock: Clock }): Note => {
  let samples: readonly { readonly at: number; readonly done: number }[] = [{ at: clock.now(), done: 0 }];
  let written = clock.now();
  return async (done) => {
    const at = clock.now();
    samples = [...samples.filter((sample, i) => i === samples.length - 1 || at - sample.at <= OVER_MS), { at, done }];
    if (at - written < EVERY_MS) return;
    written = at;
    const [first] = samples;
    if (first === undefined || at <= first.at) return;
    const perSecond = Math.max(0, done - first.done) / ((at - first.at) / 1000);
    await store.cursors.set({ name: CURSOR, position: at, note: perSecond.toFixed(3) });
  };
};

/** Null where nothing is read for meaning here. */
export const readEmbedProgress = async ({
  store,
  index,
  embedder,
  clock,
}: {
  store: Pick<Store, 'cursors'>;
  index: Pick<SearchIndex, 'stats'>;
  embedder: Embedder | null;
  clock: Clock;
}): Promise<EmbedProgress | null> => {
  if (embedder === null) return null;
  const [{ documents: total, embedded }, noted] = await Promise.all([index.stats(), store.cursors.get(CURSOR)]);
  const left = total - embedded;
  const age = noted === null ? Number.POSITIVE_INFINITY : clock.now() - noted.position;
  const pace = age >= -STALE_MS && age <= STALE_MS ? Number(noted?.note) : 0;
  const perSecond = left > 0 && pace > 0 ? pace : null;
  return {
    model: knownModel(embedder)?.id ?? null,
    embedded,
    total,
    perSecond,
    etaSeconds: perSecond === null ? null : left / perSecond,
  };
};
