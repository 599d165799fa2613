import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import type { Entry, Lookup, Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { batchOf } from './harvest-batch.ts';
import { type LookupDeps, type LookupOptions, lookUp } from './lookup.ts';

export interface EnrichDeps extends LookupDeps {
  readonly store: {
    readonly papers: Pick<Store['papers'], 'all' | 'count' | 'save'>;
    readonly cursors: Pick<Store['cursors'], 'get' | 'set'>;
  };
  readonly clock: Clock;
}

export interface EnrichRequest extends LookupOptions {
  readonly source: Source;
  /** Papers asked about in this run, at most; null for all that are left of the round. */
  readonly limit: number | null;
  readonly onProgress?: (progress: EnrichProgress) => void;
}

export interface EnrichProgress {
  /** Papers of this round that are behind us, in this run and those before. */
  readonly done: number;
  readonly total: number;
}

export interface EnrichReport {
  readonly source: string;
  readonly asked: number;
  readonly answered: number;
  /** Every paper has had its turn: the next run begins a new round. */
  readonly complete: boolean;
  readonly seconds: number;
}

/** The walk over all papers, in the order of their ids: how many are behind us, and the last of them. */
export const enrichCursor = (source: string): string => `enrich:${source}`;

/** The identifier of a paper that this source can be asked by: its own, or its DOI. */
const askable = (lookup: Lookup, { id, doi }: Paper): PaperId | null =>
  [id, ...(doi === null ? [] : [`doi:${doi.toLowerCase()}`])].find((one) => lookup.takes(one)) ?? null;

/** What was said of an identifier is said of the paper it was asked for, which may go by another one here. */
const aimed = (entries: readonly Entry[], papers: ReadonlyMap<PaperId, PaperId>): readonly Entry[] =>
  entries.flatMap((entry): Entry[] => {
    if (entry.kind === 'extra') {
      const id = papers.get(entry.extra.id);
      return id === undefined ? [] : [{ ...entry, extra: { ...entry.extra, id } }];
    }
    if (entry.kind !== 'paper') return [];
    const { draft } = entry;
    const names = [draft.id, ...(draft.aliases ?? []), `doi:${draft.doi}`].filter((name) => name !== null);
    const id = names.map((name) => papers.get(name)).find((one) => one !== undefined);
    return id === undefined
      ? []
      : [{ ...entry, draft: { ...draft, id, aliases: names.filter((name) => name !== id && name !== 'doi:null') } }];
  });

/**
 * Asks a source what it knows of the papers that are here, in batches; each answer and the place reached are one
 * transaction, so a killed run goes on where it was. A round is all papers, once; the round after asks anew, for citations
 * grow. Fails with `bad-usage` (a source that cannot be asked), `interrupted`. Throws the fetcher's faults.
 */
export const enrich = async (
  { store, clock, ...deps }: EnrichDeps,
  { source, limit, onProgress, ...options }: EnrichRequest,
): Promise<Result<EnrichReport, 'bad-usage' | 'interrupted'>> => {
  const { lookup } = source;
  if (!lookup) return fail('bad-usage', `${source.id} cannot be asked about papers.`);
  const began = performance.now();
  const name = enrichCursor(source.id);
  const before = await store.cursors.get(name);
  const total = await store.papers.count();
  const tally = { asked: 0, answered: 0 };
  let walked = before?.note == null ? 0 : before.position;
  let last = before?.note ?? null;
  /** Identifiers of the next request, and the papers they are of. */
  let batch = new Map<PaperId, PaperId>();

  const flush = async (): Promise<void> => {
    const cursor = { name, position: walked, note: last };
    if (batch.size === 0) await store.cursors.set(cursor);
    else {
      const entries = aimed(await lookUp(deps, { ...source, lookup }, [...batch.keys()], options), batch);
      const { incoming, extras } = await batchOf(source, entries);
      await store.papers.save(incoming, { now: clock.now(), cursor, extras });
      tally.asked += batch.size;
      tally.answered += incoming.length + extras.length;
    }
    batch = new Map();
    onProgress?.({ done: Math.min(walked, total), total });
  };
  const stopped = () =>
    fail('interrupted', `Stopped after ${tally.asked} papers of this run. The same command goes on from there.`);

  let complete = true;
  try {
    for await (const paper of store.papers.all(last === null ? {} : { after: last })) {
      if (options.signal?.aborted) return stopped();
      if (limit !== null && tally.asked + batch.size >= limit) {
        complete = false;
        break;
      }
      const id = askable(lookup, paper);
      if (id !== null) batch.set(id, paper.id);
      walked += 1;
      last = paper.id;
      if (batch.size === lookup.most) await flush();
    }
    await flush();
  } catch (error) {
    if (options.signal?.aborted) return stopped();
    throw error;
  }
  if (complete) await store.cursors.set({ name, position: walked, note: null });
  return ok({ source: source.id, ...tally, complete, seconds: (performance.now() - began) / 1000 });
};
