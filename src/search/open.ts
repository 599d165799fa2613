import type { SearchIndex } from '../ports/search-index.ts';
import { createLanceIndex } from './lance.ts';

/** Opens the search index of a local folder or an object store (`s3://…`). Nothing is read before first use; one that cannot be used is started over. */
export const openIndex = (url: string, options: { readonly dimensions?: number } = {}): SearchIndex =>
  createLanceIndex(url, { dimensions: options.dimensions ?? 384 });
