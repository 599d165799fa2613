import type { Context } from 'hono';
import { z } from 'zod';
import { href } from '../model/urls.ts';
import {
  lookAtSearch,
  readSavedSearches,
  removeSearch,
  renameSearch,
  restoreSearch,
  saveSearch,
} from '../services/saved-search.ts';
import { savedSearchesView } from '../views/saved-search.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { pageOrJson } from './page-ledger.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** `/searches` and `/searches.json` */
export const savedSearchesPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { saved = '', removed = '' } = c.req.query();
    return pageOrJson(
      edge,
      c,
      await readSavedSearches(edge, { reader: await readerIdOf(edge, c), saved, removed }),
      savedSearchesView,
    );
  };

const SaveForm = z.object({ q: z.string().max(2_000), name: z.string().max(1_000).optional() });

/** `POST /searches`: keeps a search. */
export const saveSearchPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { q, name = '' } = await formOf(edge, c, SaveForm);
    const { id } = unwrap(await saveSearch(edge, { reader: await readerIdOf(edge, c), q, name }));
    return c.redirect(`${href.searches}?saved=${id}`, 303);
  };

const ChangeForm = z.object({
  do: z.enum(['rename', 'remove', 'restore', 'look']),
  name: z.string().max(1_000).default(''),
});

/** `POST /searches/{id}`: renames, removes, brings back, or looks at what is new. */
export const changeSearchPage =
  (edge: Edge): Handler =>
  async (c) => {
    const which = { reader: await readerIdOf(edge, c), id: c.req.param('id') ?? '' };
    const { do: wish, name } = await formOf(edge, c, ChangeForm);
    if (wish === 'look') {
      const { query } = unwrap(await lookAtSearch(edge, which));
      return c.redirect(href.search(query, { sort: 'newest' }), 303);
    }
    if (wish === 'remove') {
      unwrap(await removeSearch(edge, which));
      return c.redirect(`${href.searches}?removed=${encodeURIComponent(which.id)}`, 303);
    }
    unwrap(await (wish === 'restore' ? restoreSearch(edge, which) : renameSearch(edge, { ...which, name })));
    return c.redirect(href.searches, 303);
  };
