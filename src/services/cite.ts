import { fail, ok, type Result } from '../kernel/result.ts';
import { bibtexOf } from '../model/cite.ts';
import type { PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';

export { bibtexOf };

/** The BibTeX entry of a stored paper. */
export const citePaper = async (
  { store }: { store: { readonly papers: Pick<Store['papers'], 'get'> } },
  id: PaperId,
): Promise<Result<string, 'not-found'>> => {
  const paper = await store.papers.get(id);
  return paper === null ? fail('not-found', 'There is no such paper.') : ok(bibtexOf(paper));
};
