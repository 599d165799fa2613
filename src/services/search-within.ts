import { fail, ok, type Result } from '../kernel/result.ts';
import type { Query } from '../model/search-page.ts';
import type { AskedQuery } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { idsOf } from './library.ts';

/** Whether what a query finds depends on whose library it is asked of: its answer is that reader's alone. */
export const isOfReader = ({ inside, without }: Query): boolean => inside.length + without.inside.length > 0;

/**
 * How a query, and any that is left of it without some of its filters, is put to the index: `in:library` is the papers in
 * the reader's library. Fails where it is asked by nobody (the empty id).
 */
export const askedBy = async (
  { store }: { readonly store: Pick<Store, 'library' | 'papers'> },
  query: Query,
  reader: string,
): Promise<Result<(query: Query) => AskedQuery, 'forbidden'>> => {
  if (!isOfReader(query)) return ok((same) => same);
  if (reader === '')
    return fail('forbidden', '“in:library” looks into the library of whoever is signed in, and nobody is.');
  const ids = await idsOf({ store }, { reader });
  return ok((asked) => ({
    ...asked,
    ...(asked.inside.length > 0 ? { only: ids } : {}),
    ...(asked.without.inside.length > 0 ? { never: ids } : {}),
  }));
};
