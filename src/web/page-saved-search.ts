import type { Context } from 'hono';
import { z } from 'zod';
import { type Reachable, type SavedSearchesPage, SEARCH_TOLD, waysToTell, wayToTell } from '../model/saved-search.ts';
import { href } from '../model/urls.ts';
import { setAlert } from '../services/alert.ts';
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
import { pushOf } from './page-push.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const toldOf = async (
  { store, mailer }: Edge,
  { reader, devices }: { readonly reader: string; readonly devices: boolean },
): Promise<Pick<SavedSearchesPage, 'told' | 'ways'>> => {
  const mail = mailer !== null && (await store.subscriptions.byReader(reader))?.state === 'active';
  const reachable: Reachable = { mail, devices };
  if (!mail && !devices) return { told: null };
  const alerts = await store.searchAlerts.of(reader);
  const told = Object.fromEntries(alerts.map(({ searchId, way }) => [searchId, wayToTell(way, reachable)]));
  return { told, ways: waysToTell(reachable) };
};

/** `/searches` and `/searches.json` */
export const savedSearchesPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { saved = '', removed = '', device } = c.req.query();
    const reader = await readerIdOf(edge, c);
    const page = await readSavedSearches(edge, { reader, saved, removed });
    const push = await pushOf(edge, { reader, device });
    const told = await toldOf(edge, { reader, devices: push.devices.length > 0 });
    return pageOrJson(edge, c, { ...page, ...told, push }, savedSearchesView);
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
  do: z.enum(['rename', 'remove', 'restore', 'look', 'tell']),
  told: z.enum(SEARCH_TOLD).default('digest'),
  name: z.string().max(1_000).default(''),
});

/** `POST /searches/{id}`: renames, removes, brings back, looks at what is new, or says how one is told of it. */
export const changeSearchPage =
  (edge: Edge): Handler =>
  async (c) => {
    const which = { reader: await readerIdOf(edge, c), id: c.req.param('id') ?? '' };
    const { do: wish, name, told } = await formOf(edge, c, ChangeForm);
    if (wish === 'look') {
      const { query } = unwrap(await lookAtSearch(edge, which));
      return c.redirect(href.search(query, { sort: 'newest' }), 303);
    }
    if (wish === 'tell') {
      unwrap(await setAlert(edge, { ...which, way: told }));
      return c.redirect(href.searches, 303);
    }
    if (wish === 'remove') {
      unwrap(await removeSearch(edge, which));
      return c.redirect(`${href.searches}?removed=${encodeURIComponent(which.id)}`, 303);
    }
    unwrap(await (wish === 'restore' ? restoreSearch(edge, which) : renameSearch(edge, { ...which, name })));
    return c.redirect(href.searches, 303);
  };
