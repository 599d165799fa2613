import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Fetcher } from '../ports/fetcher.ts';
import type { Source, Wire, Wish } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { type Ending, harvestPages } from './harvest-run.ts';
import {
  cursorOf,
  harvestCursor,
  type Kept,
  keptOf,
  movesSince,
  NOTHING,
  recordsOf,
  sinceCursor,
  wishInWords,
} from './harvest-state.ts';
import { withLease } from './lease.ts';

export interface HarvestDeps {
  readonly store: {
    readonly papers: Pick<Store['papers'], 'save'>;
    readonly cursors: Pick<Store['cursors'], 'get' | 'set'>;
    readonly jobs: Store['jobs'];
    readonly runs: Pick<Store['runs'], 'put'>;
    readonly standings: Store['standings'];
  };
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  readonly log: Log;
  /** Addresses that replace the sources' own, by source id. */
  readonly bases: Readonly<Record<string, string>>;
  /** The operator's keys, by source id. */
  readonly keys: Readonly<Record<string, string>>;
  /** Waits, unless aborted; tests need not. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface HarvestRequest {
  readonly source: Source;
  readonly wish: Wish;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HarvestProgress) => void;
  /** The longest single wait for a source that does not answer: before its first answer, and after. Milliseconds. */
  readonly patience?: { readonly first: number; readonly later: number };
}

export interface HarvestProgress {
  readonly pages: number;
  /** Of all runs of this harvest. */
  readonly records: number;
  readonly total: number | null;
  /** Records a second, in this run. */
  readonly rate: number;
  readonly etaSeconds: number | null;
  /** Set while it waits. */
  readonly waiting: { readonly ms: number; readonly reason: string } | null;
}

export interface HarvestReport {
  readonly source: string;
  readonly pages: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly rejected: number;
  readonly gone: number;
  /** The first twenty of this run. */
  readonly rejections: readonly { readonly line: number; readonly reason: string }[];
  /** Pages that an earlier run had taken in already. */
  readonly resumedAt: number;
  /** Another process had it in hand and has finished it. */
  readonly byAnother: boolean;
  readonly seconds: number;
}

export type HarvestFailure = 'bad-usage' | 'source-refused' | 'interrupted';

/** A list the source refuses to go on with is begun again after so many tries. */
const REFUSALS = 5;
const TRY_EVERY_MS = 500;
const PATIENCE = { first: 10 * 60_000, later: 60 * 60_000 };

const WORDS: Readonly<Record<keyof Wish, string>> = {
  from: 'a first day',
  until: 'a last day',
  set: 'a set',
  format: 'a format',
};

const pauseUnlessAborted = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

/** The wire of a source and what it must be asked first, or why it cannot be. */
const wireFor = ({ id, wire }: Source, wish: Wish): Result<Wire, 'bad-usage'> => {
  if (!wire) return fail('bad-usage', `${id} cannot be harvested: bring its files in with broadsheet import.`);
  for (const name of Object.keys(WORDS) as (keyof Wish)[]) {
    if (wish[name] !== null && wire.wishes[name] === undefined)
      return fail('bad-usage', `${id} cannot be asked for ${WORDS[name]}: leave out --${name}.`);
  }
  if (wish.from !== null && wish.until !== null && wish.from > wish.until)
    return fail('bad-usage', `Nothing lies between ${wish.from} and ${wish.until}: put the earlier day first.`);
  return ok(wire);
};

/** Hands `through` of a complete harvest on to the next one of what is new; at once, or at the next start after a kill in between. */
const settle = async ({ store }: HarvestDeps, source: string, wish: Wish, kept: Kept): Promise<void> => {
  if (kept.state !== null || kept.settled) return;
  const name = sinceCursor(source, wish);
  const since = (await store.cursors.get(name))?.note ?? null;
  if (kept.through !== null && movesSince(wish, since))
    await store.cursors.set({ name, position: 0, note: kept.through });
  await store.cursors.set(cursorOf(harvestCursor(source, wish), { ...kept, settled: true }));
};

const beginning = async ({ store, clock }: HarvestDeps, source: string, wire: Wire, wish: Wish) => {
  const since = wish.from === null ? ((await store.cursors.get(sinceCursor(source, wish)))?.note ?? null) : null;
  return wire.begin(wish, since, dayOf(clock.now()));
};

/** Where an earlier harvest of the same wish stopped; the beginning where there is none or it was complete. */
const startOf = async (
  deps: HarvestDeps,
  source: Source,
  wire: Wire,
  wish: Wish,
): Promise<Result<Kept, 'bad-usage'>> => {
  const { store, clock } = deps;
  const before = keptOf(await store.cursors.get(harvestCursor(source.id, wish)));
  const going = before !== null && before.state !== null;
  if (going && before.pages > 0 && before.refusals < REFUSALS) return ok(before);
  if (before !== null) await settle(deps, source.id, wish, before);
  const begun = await beginning(deps, source.id, wire, wish);
  if (!begun.ok) return begun;
  const kept: Kept = {
    run: going ? before.run : randomUUID(),
    startedAt: going ? before.startedAt : clock.now(),
    state: begun.value,
    pages: 0,
    total: null,
    counts: NOTHING,
    through: null,
    refusals: 0,
    settled: false,
  };
  await store.cursors.set(cursorOf(harvestCursor(source.id, wish), kept));
  return ok(kept);
};

const placeOf = (kept: Kept): string =>
  ` after page ${kept.pages} (${recordsOf(kept)} ${recordsOf(kept) === 1 ? 'entry' : 'entries'})`;

const reportOf = (source: string, kept: Kept, began: number, of: Partial<HarvestReport> = {}): HarvestReport => ({
  source,
  pages: kept.pages,
  ...kept.counts,
  rejections: [],
  resumedAt: 0,
  byAnother: false,
  seconds: (performance.now() - began) / 1000,
  ...of,
});

/**
 * Harvests a source to the end of its list, a page at a time; each page and the place reached are one transaction, so a
 * killed harvest goes on where it stopped and asks for at most one page twice. One process at a time works on the same
 * wish: another waits, and goes on where that one died or says that it has finished. Expected failures: `bad-usage` (a
 * wish the source does not understand), `source-refused` (it reports an error), `interrupted` (by `signal`; the same call
 * goes on). Throws `Fault('source-unavailable')` and whatever else the fetcher and the store throw, after noting it.
 */
export const harvest = async (
  deps: HarvestDeps,
  { source, wish, signal, onProgress, patience = PATIENCE }: HarvestRequest,
): Promise<Result<HarvestReport, HarvestFailure>> => {
  const began = performance.now();
  const found = wireFor(source, wish);
  if (!found.ok) return found;
  const wire = found.value;
  const known = keptOf(await deps.store.cursors.get(harvestCursor(source.id, wish)));
  if (known === null || known.state === null) {
    // A wish that cannot be fulfilled is told before anything is waited for.
    const begun = await beginning(deps, source.id, wire, wish);
    if (!begun.ok) return begun;
  }
  const name = harvestCursor(source.id, wish);
  const pause = deps.pause ?? pauseUnlessAborted;
  const patiently = signal ?? new AbortController().signal;
  const stopped = (kept: Kept | null): Result<never, 'interrupted'> =>
    fail('interrupted', `Stopped${kept === null ? '' : placeOf(kept)}. The same command goes on from there.`);

  for (let waited = 0; ; waited += TRY_EVERY_MS) {
    if (patiently.aborted) return stopped(known?.state ? known : null);
    const ending: { value: Ending | null } = { value: null };
    let another: Kept | null = null;
    await withLease(deps, { name, owner: `harvest:${randomUUID()}` }, async (lost) => {
      const now = keptOf(await deps.store.cursors.get(name));
      if (waited > 0 && now?.state === null && now.run !== (known?.state === null ? known.run : null)) {
        another = now;
        return;
      }
      const start = await startOf(deps, source, wire, wish);
      if (!start.ok) throw new Fault(start.code, start.message);
      const either = AbortSignal.any([patiently, lost]);
      ending.value = await harvestPages(
        { ...deps, pause },
        {
          source,
          wire,
          cursor: name,
          wish: wishInWords(wish),
          kept: start.value,
          signal: either,
          onProgress,
          patience,
        },
      );
      if (ending.value.kind === 'complete') await settle(deps, source.id, wish, ending.value.kept);
    });
    if (another !== null) return ok(reportOf(source.id, another, began, { byAnother: true }));
    const end = ending.value;
    if (end?.kind === 'complete')
      return ok(reportOf(source.id, end.kept, began, { rejections: end.rejections, resumedAt: end.resumedAt }));
    if (end?.kind === 'refused') return fail('source-refused', end.reason);
    if (end?.kind === 'stopped' && patiently.aborted) return stopped(end.kept);
    // Another process has the lease, or has taken ours: it is waited for.
    onProgress?.({
      pages: known?.pages ?? 0,
      records: known === null ? 0 : recordsOf(known),
      total: known?.total ?? null,
      rate: 0,
      etaSeconds: null,
      waiting: { ms: TRY_EVERY_MS, reason: 'another process harvests this' },
    });
    await pause(TRY_EVERY_MS, patiently);
  }
};
