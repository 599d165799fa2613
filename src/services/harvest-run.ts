import { Fault } from '../kernel/errors.ts';
import type { Run } from '../model/ledger.ts';
import type { Entry, HarvestState, Source, Turn, Wire } from '../ports/source.ts';
import type { HarvestDeps, HarvestRequest } from './harvest.ts';
import { batchOf } from './harvest-batch.ts';
import { cursorOf, type Kept, recordsOf } from './harvest-state.ts';

type Rejected = Pick<Extract<Entry, { kind: 'rejected' }>, 'line' | 'reason'>;

export type Ending =
  | {
      readonly kind: 'complete';
      readonly kept: Kept;
      readonly rejections: readonly Rejected[];
      readonly resumedAt: number;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly kept: Kept };

interface Work extends Required<Pick<HarvestRequest, 'signal' | 'patience'>> {
  readonly source: Source;
  readonly wire: Wire;
  readonly cursor: string;
  /** For people. */
  readonly wish: string;
  readonly kept: Kept;
  readonly onProgress: HarvestRequest['onProgress'] | undefined;
}

const TELL_EVERY_MS = 1_000;
const SHORTEST_WAIT_MS = 3_000;
const TRIES = 8;
const REJECTIONS = 20;

/** Told once: what a person reads of a failure. */
const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The pages of one list, one after the other, until it ends, the source refuses, or `signal` aborts. */
export const harvestPages = async (
  { store, fetcher, clock, log, bases, keys, pause }: HarvestDeps & Required<Pick<HarvestDeps, 'pause'>>,
  { source, wire, cursor, wish, kept: start, signal, onProgress, patience }: Work,
): Promise<Ending> => {
  const began = performance.now();
  const base = bases[source.id] ?? wire.base;
  const key = keys[source.id];
  const rejections: Rejected[] = [];
  let kept = start;
  let answered = false;
  /** Answers in a row that said to ask again; returns in a row to the same place. */
  let repeats = 0;
  let returns = 0;
  let returnedTo = '';
  let told = 0;

  const run = (outcome: Run['outcome'], note: string | null): Run => ({
    id: kept.run,
    source: source.id,
    wish,
    startedAt: kept.startedAt,
    seenAt: clock.now(),
    endedAt: outcome === 'running' ? null : clock.now(),
    outcome,
    note,
    pages: kept.pages,
    total: kept.total,
    counts: kept.counts,
  });
  const tell = async (waiting: { ms: number; reason: string } | null = null): Promise<void> => {
    const records = recordsOf(kept);
    const rate = (records - recordsOf(start)) / Math.max(0.001, (performance.now() - began) / 1000);
    const left = kept.total === null || rate === 0 ? null : Math.max(0, kept.total - records) / rate;
    onProgress?.({ pages: kept.pages, records, total: kept.total, rate, etaSeconds: left, waiting });
    if (clock.now() - told < TELL_EVERY_MS) return;
    told = clock.now();
    await store.runs.put(run('running', waiting && `waits ${Math.ceil(waiting.ms / 1000)} s: ${waiting.reason}`));
  };
  const unavailable = (reason: string): Fault =>
    new Fault('source-unavailable', `${source.title} gives no more: ${reason}.`, { retryAfter: 3600 });
  const failed = async (reason: string): Promise<void> => {
    await store.runs.put(run('failed', reason));
    await store.standings.put({ source: source.id, lastFailureAt: clock.now(), lastFailure: reason });
  };

  const ask = async (state: HarvestState): Promise<Turn> => {
    const question = wire.ask(state, base);
    const headers =
      key === undefined || wire.keyHeader === undefined
        ? question.headers
        : { ...question.headers, [wire.keyHeader]: key };
    const answer = await fetcher.fetch(headers === undefined ? question : { ...question, headers }, {
      manners: wire.manners,
      signal,
      patienceMs: answered ? patience.later : patience.first,
      onWait: (waiting) => {
        // The pace a source asks for is no news.
        if (waiting.ms > wire.manners.gapMs) void tell(waiting).catch(() => {});
      },
    });
    answered = true;
    return wire.read(state, answer);
  };

  const take = async (turn: Extract<Turn, { kind: 'page' }>): Promise<void> => {
    const { incoming, gone, extras, rejections: passed } = await batchOf(source, turn.entries);
    for (const entry of turn.entries) {
      if (entry.kind !== 'rejected') continue;
      if (rejections.length < REJECTIONS) rejections.push({ line: entry.line, reason: entry.reason });
      log.warn(
        { source: source.id, page: kept.pages + 1, line: entry.line, reason: entry.reason },
        'entry passed over',
      );
    }
    const next: Kept = {
      ...kept,
      state: turn.next,
      pages: kept.pages + 1,
      refusals: 0,
      total: turn.total ?? kept.total,
      through: turn.through ?? kept.through,
    };
    const saved = await store.papers.save(incoming, {
      now: clock.now(),
      cursor: cursorOf(cursor, next),
      gone,
      extras,
      rejections: passed,
    });
    const counts = { ...kept.counts };
    for (const { outcome } of saved) counts[outcome] += 1;
    counts.rejected += passed.length;
    counts.gone += gone.length;
    kept = { ...next, counts };
    // What a page added is known only now: a kill before this loses it from the counts, never from the papers.
    await store.cursors.set(cursorOf(cursor, kept));
  };

  try {
    await tell();
    while (kept.state !== null) {
      if (signal.aborted) break;
      const turn = await ask(kept.state);
      if (turn.kind === 'refused') {
        kept = { ...kept, refusals: kept.refusals + 1 };
        await store.cursors.set(cursorOf(cursor, kept));
        await failed(turn.reason);
        return { kind: 'refused', reason: turn.reason };
      }
      if (turn.kind === 'again') {
        if (repeats === TRIES) throw unavailable(turn.reason);
        const ms = SHORTEST_WAIT_MS * 2 ** repeats;
        repeats += 1;
        await tell({ ms, reason: turn.reason });
        await pause(ms, signal);
        continue;
      }
      if (turn.kind === 'restart') {
        const place = JSON.stringify(turn.next);
        returns = place === returnedTo ? returns + 1 : 1;
        returnedTo = place;
        if (returns > TRIES) throw unavailable(turn.reason);
        log.info({ source: source.id, reason: turn.reason }, 'the list is begun again where it was');
        kept = { ...kept, state: turn.next };
        await store.cursors.set(cursorOf(cursor, kept));
        continue;
      }
      repeats = 0;
      await take(turn);
      await tell();
    }
  } catch (error) {
    if (!signal.aborted) {
      await failed(sentenceOf(error));
      throw error;
    }
  }
  if (kept.state !== null) {
    await store.runs.put(run('stopped', null));
    return { kind: 'stopped', kept };
  }
  await store.runs.put(run('complete', null));
  await store.standings.put({ source: source.id, lastSuccessAt: clock.now() });
  return { kind: 'complete', kept, rejections, resumedAt: start.pages };
};
