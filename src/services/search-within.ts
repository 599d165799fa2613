import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import type { Query } from '../model/search-page.ts';
import type { AskedQuery } from '../ports/search-index.ts';
import type { Store } from '../store/store.ts';
import { labPapers } from './lab-runs.ts';
import { idsOf } from './library.ts';

/** Whether what a query finds depends on whose library it is asked of: its answer is that reader's alone. */
export const isOfReader = ({ inside, without }: Query): boolean => inside.length + without.inside.length > 0;

const asksForLabs = ({ has, without }: Query): boolean => has.includes('lab') || without.has.includes('lab');

/** The lists that a wish narrows by, those in all of them; undefined for none. */
const common = (lists: readonly (readonly PaperId[])[]): readonly PaperId[] | undefined =>
  lists.length === 0 ? undefined : lists.reduce((kept, list) => kept.filter((id) => list.includes(id)));

/**
 * How a query, and any that is left of it without some of its filters, is put to the index: `in:library` is the papers in
 * the reader's library, `has:lab` those that can be run here. Fails where it is asked by nobody (the empty id).
 */
export const askedBy = async (
  { store }: { readonly store: Pick<Store, 'library' | 'papers'> },
  query: Query,
  reader: string,
): Promise<Result<(query: Query) => AskedQuery, 'forbidden'>> => {
  const ofReader = isOfReader(query);
  if (!ofReader && !asksForLabs(query)) return ok((same) => same);
  if (ofReader && reader === '')
    return fail('forbidden', '“in:library” looks into the library of whoever is signed in, and nobody is.');
  const own = ofReader ? await idsOf({ store }, { reader }) : [];
  const labs = asksForLabs(query) ? await labPapers({ store }) : [];
  return ok((asked) => {
    const lists = (inside: readonly string[], has: readonly string[]): readonly (readonly PaperId[])[] => [
      ...(inside.length > 0 ? [own] : []),
      ...(has.includes('lab') ? [labs] : []),
    ];
    const only = common(lists(asked.inside, asked.has));
    const never = lists(asked.without.inside, asked.without.has).flat();
    const kept = (has: readonly string[]): readonly string[] => has.filter((what) => what !== 'lab');
    return {
      ...asked,
      has: kept(asked.has),
      without: { ...asked.without, has: kept(asked.without.has) },
      ...(only === undefined ? {} : { only }),
      ...(never.length === 0 ? {} : { never }),
    };
  });
};
