import { fail, ok, type Result } from '../kernel/result.ts';
import { categoryName } from '../model/category.ts';
import type { ListingPage } from '../model/pages.ts';
import type { Store } from '../store/store.ts';

type Deps = { readonly store: Pick<Store, 'browse' | 'papers'> };

/** Papers on one page of a listing. */
export const PER_PAGE = 30;

interface Found {
  readonly title: string;
  readonly total: number;
  readonly ids: readonly string[];
}

const listing = async (
  { store }: Deps,
  kind: ListingPage['kind'],
  key: string,
  page: number,
  reader: string,
  find: (at: { readonly limit: number; readonly offset: number }) => Promise<Found | null>,
): Promise<Result<ListingPage, 'not-found'>> => {
  const found = await find({ limit: PER_PAGE, offset: (page - 1) * PER_PAGE });
  if (found === null || found.total === 0) return fail('not-found', `There are no papers of this ${kind} here.`);
  const pages = Math.ceil(found.total / PER_PAGE);
  if (page > pages) return fail('not-found', `There are only ${pages} pages of this ${kind}.`);
  const cards = await store.papers.cards(found.ids, reader);
  return ok({ kind, key, title: found.title, total: found.total, page, pages, cards });
};

export const readAuthor = (
  deps: Deps,
  key: string,
  page: number,
  reader: string,
): Promise<Result<ListingPage, 'not-found'>> =>
  listing(deps, 'author', key, page, reader, async (at) => {
    const found = await deps.store.browse.author(key, at);
    return found && { ...found, title: found.name };
  });

export const readOrganisation = (
  deps: Deps,
  key: string,
  page: number,
  reader: string,
): Promise<Result<ListingPage, 'not-found'>> =>
  listing(deps, 'organisation', key, page, reader, async (at) => {
    const found = await deps.store.browse.organisation(key, at);
    return found && { ...found, title: found.organisation.name };
  });

export const readCategory = (
  deps: Deps,
  code: string,
  page: number,
  reader: string,
): Promise<Result<ListingPage, 'not-found'>> =>
  listing(deps, 'category', code, page, reader, async (at) => {
    const name = categoryName(code);
    return {
      ...(await deps.store.browse.category(code, at)),
      title: name === code ? code : `${name} (${code})`,
    };
  });
