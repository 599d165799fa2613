import { Fault } from '../kernel/errors.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import { createCompactIndex } from './compact.ts';

/** Opens the search index of a folder. Nothing is read before first use; one that cannot be used is started over. */
export const openIndex = (url: string): SearchIndex => {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url))
    throw new Fault(
      'bad-config',
      `BROADSHEET_INDEX_URL is ${url}: the search index lives in a folder of this machine.`,
    );
  return createCompactIndex(url);
};
