import { Fault } from '../kernel/errors.ts';
import type { PaperId } from '../model/paper.ts';
import type { Fetcher } from '../ports/fetcher.ts';
import type { Entry, Lookup, Source } from '../ports/source.ts';

export interface LookupDeps {
  readonly fetcher: Fetcher;
  /** Addresses that replace the sources' own, by source id. */
  readonly bases: Readonly<Record<string, string>>;
  /** The operator's keys, by source id. */
  readonly keys: Readonly<Record<string, string>>;
}

export interface LookupOptions {
  readonly signal?: AbortSignal;
  readonly patienceMs?: number;
  readonly onWait?: (wait: { readonly ms: number; readonly reason: string }) => void;
}

/**
 * Asks a source for papers by their identifiers, at most `lookup.most` of them, in one request. Throws the fetcher's
 * faults, and `source-refused` where the answer is an error.
 */
export const lookUp = async (
  { fetcher, bases, keys }: LookupDeps,
  { id, lookup }: Pick<Source, 'id'> & { readonly lookup: Lookup },
  ids: readonly PaperId[],
  options: LookupOptions = {},
): Promise<readonly Entry[]> => {
  if (ids.length > lookup.most) throw new Error(`${id} takes ${lookup.most} identifiers at once, not ${ids.length}`);
  const question = lookup.ask(ids, bases[id] ?? lookup.base);
  const key = keys[id];
  const headers =
    key === undefined || lookup.keyHeader === undefined
      ? question.headers
      : { ...question.headers, [lookup.keyHeader]: key };
  const answer = await fetcher.fetch(headers === undefined ? question : { ...question, headers }, {
    manners: lookup.manners,
    ...options,
  });
  return lookup.read(ids, answer);
};

/** A source's silence or refusal as one sentence; null for what is not its fault. */
export const refusalOf = (error: unknown): string | null =>
  error instanceof Fault && ['source-unavailable', 'source-refused', 'address-refused'].includes(error.code)
    ? error.message
    : null;
