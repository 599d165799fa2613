import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Entry, Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { batchOf } from './harvest-batch.ts';
import { withLease } from './lease.ts';

export interface ReplayReport {
  readonly source: string;
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly gone: number;
  /** Records that cannot be read now either. */
  readonly unread: number;
  readonly seconds: number;
}

const BATCH = 500;
const BREATHE_EVERY = 25;
/** Rejected records that are tried again, newest first. */
const REJECTED = 100_000;

async function* once(raw: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(raw);
}

/**
 * What the parser makes of one record; nothing where it cannot read it. A record alone is no whole document: that the
 * parser misses the rest of it, when it comes to the end, is no loss. Front pages are not set again.
 */
const entriesOf = async (source: Source, raw: string): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  try {
    for await (const entry of source.parse(once(raw)))
      if (entry.kind !== 'edition' && entry.kind !== 'rejected') entries.push(entry);
  } catch (error) {
    if (!(error instanceof Fault) || (error.code !== 'bad-input' && error.code !== 'source-refused')) throw error;
  }
  return entries;
};

/**
 * Reads the latest record kept of every paper of a source again, as it came in, through its parser as it is now; those
 * that were rejected too. Twice is once. Expected failures: `bad-usage` (an unknown source), `bad-input` (its records
 * cannot be read apart from the document they came in), `busy` (another process is at it), `interrupted` (by `signal`;
 * the same call begins again).
 */
export const replay = async (
  {
    store,
    clock,
    sources,
  }: {
    store: {
      readonly papers: Pick<Store['papers'], 'raws' | 'save'>;
      readonly ledger: Pick<Store['ledger'], 'rejections' | 'redeem'>;
      readonly jobs: Store['jobs'];
    };
    clock: Clock;
    sources: readonly Source[];
  },
  {
    source: wanted,
    signal,
    onProgress,
  }: {
    readonly source: string;
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: { readonly done: number; readonly rate: number }) => void;
  },
): Promise<Result<ReplayReport, 'bad-usage' | 'bad-input' | 'busy' | 'interrupted'>> => {
  const source = sources.find(({ id }) => id === wanted);
  if (!source)
    return fail('bad-usage', `There is no source “${wanted}”. There are: ${sources.map(({ id }) => id).join(', ')}.`);
  const began = performance.now();
  const tally = { new: 0, changed: 0, same: 0, gone: 0, unread: 0 };
  let read = 0;
  let batch: Entry[] = [];
  let redeemed: string[] = [];
  const flush = async (): Promise<void> => {
    const { incoming, gone, extras } = await batchOf(source, batch);
    batch = [];
    for (const { outcome } of await store.papers.save(incoming, { now: clock.now(), gone, extras }))
      tally[outcome] += 1;
    await store.ledger.redeem(source.id, redeemed);
    redeemed = [];
    tally.gone += gone.length;
    onProgress?.({ done: read, rate: read / Math.max(0.001, (performance.now() - began) / 1000) });
  };
  async function* records(): AsyncGenerator<{ readonly raw: string; readonly wasRejected: boolean }> {
    // Of what was said of the same paper again and again, the last stands.
    let last: { readonly externalId: string; readonly raw: string } | null = null;
    for await (const record of store.papers.raws(wanted)) {
      if (last !== null && last.externalId !== record.externalId) yield { raw: last.raw, wasRejected: false };
      last = record;
    }
    if (last !== null) yield { raw: last.raw, wasRejected: false };
    for (const { raw } of await store.ledger.rejections({ source: wanted, limit: REJECTED }))
      yield { raw, wasRejected: true };
  }
  let stopped = false;
  const work = async (lost: AbortSignal): Promise<void> => {
    for await (const { raw, wasRejected } of records()) {
      const entries = await entriesOf(source, raw);
      read += 1;
      if (entries.length === 0) tally.unread += 1;
      if (wasRejected && entries.length > 0) redeemed.push(raw);
      batch.push(...entries);
      if (read % BREATHE_EVERY === 0) await breathe();
      if (batch.length >= BATCH) await flush();
      stopped = signal?.aborted === true || lost.aborted;
      if (stopped) return;
    }
    await flush();
  };
  if (!(await withLease({ store, clock }, { name: `replay:${source.id}`, owner: randomUUID() }, work)))
    return fail('busy', `Another process is reading ${source.id} again: wait until it is done.`);
  if (stopped)
    return fail('interrupted', `Stopped after ${read} records. The same command begins again from the first.`);
  if (read > 0 && tally.unread === read)
    return fail(
      'bad-input',
      `None of the ${read} records kept of ${source.id} can be read by itself: bring its files in again with broadsheet import --restart.`,
    );
  return ok({ source: source.id, read, ...tally, seconds: (performance.now() - began) / 1000 });
};
