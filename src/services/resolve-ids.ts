import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import type { Lookup, Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { batchOf } from './harvest-batch.ts';
import { type LookupDeps, lookUp, refusalOf } from './lookup.ts';

export interface ResolveDeps extends LookupDeps {
  readonly store: { readonly papers: Pick<Store['papers'], 'resolve' | 'save'> };
  readonly sources: readonly Source[];
  readonly clock: Clock;
  readonly log: Log;
}

export interface ResolveRequest {
  readonly ids: readonly PaperId[];
  readonly signal?: AbortSignal;
  readonly patienceMs?: number;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly onWait?: (wait: { readonly ms: number; readonly reason: string }) => void;
}

export interface ResolveReport {
  /** Here already; nobody was asked. */
  readonly known: readonly PaperId[];
  readonly added: readonly PaperId[];
  /** Nobody who was asked knows them, or there is nobody to ask. */
  readonly missing: readonly PaperId[];
  /** Sources that did not answer, and what they were not asked therefore. */
  readonly failures: readonly { readonly source: string; readonly reason: string; readonly ids: readonly PaperId[] }[];
}

type Resolver = Source & { readonly lookup: Lookup };

/** An archive knows its papers; of the indexes only Crossref gives whole ones, not just what it adds to a known paper. */
const resolversAmong = (sources: readonly Source[]): readonly Resolver[] =>
  sources
    .filter((source): source is Resolver => source.lookup !== undefined)
    .filter(({ id, authority }) => authority === 'archive' || id === 'crossref')
    .sort((a, b) => Number(b.authority === 'archive') - Number(a.authority === 'archive'));

/**
 * Takes in the papers of a list of identifiers: those that are here are left as they are, the others are asked for in
 * batches, each batch one transaction; the same call again asks only for what is still missing. Fails with `interrupted`
 * (by `signal`; what was found is kept).
 */
export const resolveIds = async (
  { store, sources, clock, log, ...deps }: ResolveDeps,
  { ids, signal, patienceMs, onProgress, onWait }: ResolveRequest,
): Promise<Result<ResolveReport, 'interrupted'>> => {
  const known: PaperId[] = [];
  const added: PaperId[] = [];
  const failures: { source: string; reason: string; ids: readonly PaperId[] }[] = [];
  const options = {
    ...(signal && { signal }),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(onWait && { onWait }),
  };
  const isHere = async (id: PaperId): Promise<boolean> => (await store.papers.resolve(id)) !== null;

  let open: PaperId[] = [];
  for (const id of new Set(ids)) ((await isHere(id)) ? known : open).push(id);
  const total = known.length + open.length;
  const tell = (): void => onProgress?.({ done: known.length + added.length, total });
  tell();
  for (const resolver of resolversAmong(sources)) {
    const mine = open.filter((id) => resolver.lookup.takes(id));
    for (let at = 0; at < mine.length; at += resolver.lookup.most) {
      if (signal?.aborted)
        return fail(
          'interrupted',
          `Stopped: ${added.length} papers were taken in. The same command asks for the rest.`,
        );
      const some = mine.slice(at, at + resolver.lookup.most);
      try {
        const entries = await lookUp(deps, resolver, some, options);
        const { incoming, gone, extras, rejections } = await batchOf(resolver, entries);
        await store.papers.save(incoming, { now: clock.now(), gone, extras, rejections });
      } catch (error) {
        const reason = signal?.aborted ? null : refusalOf(error);
        if (signal?.aborted) continue;
        if (reason === null) throw error;
        log.warn({ source: resolver.id, ids: some.length, reason }, 'papers could not be asked for');
        // One that is silent is not asked for the rest.
        failures.push({ source: resolver.id, reason, ids: mine.slice(at) });
        break;
      }
      const found = new Set<PaperId>();
      for (const id of some) if (await isHere(id)) found.add(id);
      added.push(...found);
      open = open.filter((id) => !found.has(id));
      tell();
    }
  }
  if (signal?.aborted)
    return fail('interrupted', `Stopped: ${added.length} papers were taken in. The same command asks for the rest.`);
  const unasked = new Set(failures.flatMap((failure) => failure.ids));
  return ok({ known, added, missing: open.filter((id) => !unasked.has(id)), failures });
};
