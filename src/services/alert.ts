import { hash } from 'node:crypto';
import { fail, ok, type Result } from '../kernel/result.ts';
import { DIGEST_CAPS, type DigestPlan, type Subscription } from '../model/digest.ts';
import { papersOf, selectParts } from '../model/digest-select.ts';
import { reasonText } from '../model/follow.ts';
import type { SavedSearch } from '../model/saved-search.ts';
import type { AlertWay, SearchAlert } from '../store/digest-contract.ts';
import type { Store } from '../store/store.ts';
import { messageIdOf, type OutboxDeps } from './outbox.ts';
import { newMatches } from './saved-search.ts';

/** A paper is in a source's batch some time before it is in the database and the index: so far back is looked again. */
export const ALERT_OVERLAP_MS = 30 * 60_000;
const SEARCHES_AT_ONCE = 200;
const LOOKED_AT = 50;

/** How a reader is told what is new in a saved search: in the digest, at once by a mail of its own, or not at all. */
export const setAlert = async (
  { store, clock }: Pick<OutboxDeps, 'clock'> & { readonly store: Pick<Store, 'savedSearches' | 'searchAlerts'> },
  { reader, id, way }: { readonly reader: string; readonly id: string; readonly way: AlertWay },
): Promise<Result<SearchAlert, 'not-found'>> => {
  const search = await store.savedSearches.get(reader, id);
  if (search === null || search.removedAt !== null) return fail('not-found', 'There is no such saved search.');
  const before = await store.searchAlerts.get(reader, id);
  // What came in before somebody wished to be told at once is no news.
  const toldAt = before !== null && before.way === way ? before.toldAt : clock.now();
  const alert = { reader, searchId: id, way, toldAt };
  await store.searchAlerts.put(alert);
  return ok(alert);
};

/** Papers that mails to a subscription tell of which are still on their way. */
const underWay = async ({ store }: OutboxDeps, subscription: Subscription): Promise<ReadonlySet<string>> => {
  const rows = await store.outbox.of(subscription.id, LOOKED_AT);
  return new Set(rows.flatMap(({ state, plan }) => (state === 'waiting' && plan !== null ? papersOf(plan) : [])));
};

const alertOf = async (
  deps: OutboxDeps,
  search: SavedSearch,
  subscription: Subscription,
  since: number,
): Promise<DigestPlan | null> => {
  const matches = await newMatches(deps, search, since);
  const found = matches.map(({ paper }) => ({
    paperId: paper.id,
    reason: reasonText({ kind: 'search', name: search.name }),
  }));
  const ids = found.map(({ paperId }) => paperId);
  const sent = await deps.store.outbox.sent(subscription.id, ids);
  const parts = selectParts(new Map([['searches', found]]), {
    sent: new Set([...sent, ...(await underWay(deps, subscription))]),
    limit: DIGEST_CAPS.papers,
  });
  if (parts.length === 0) return null;
  const { id, name, query } = search;
  return { edition: null, parts, changes: [], replies: [], watched: [], search: { id, name, query } };
};

/**
 * Writes a mail to the outbox for each saved search whose reader wants to be told at once, and has something new. To be
 * called when the index has taken in what came: returns how many mails are new.
 */
export const fillAlerts = async (deps: OutboxDeps): Promise<number> => {
  const { store, clock } = deps;
  let filled = 0;
  let after: SearchAlert | null = null;
  for (;;) {
    const page: readonly SearchAlert[] = await store.searchAlerts.atOnce({ after, limit: SEARCHES_AT_ONCE });
    for (const alert of page) {
      const now = clock.now();
      const subscription = await store.subscriptions.byReader(alert.reader);
      if (subscription?.state !== 'active') continue;
      const search = await store.savedSearches.get(alert.reader, alert.searchId);
      if (search === null || search.removedAt !== null) continue;
      const plan = await alertOf(deps, search, subscription, alert.toldAt - ALERT_OVERLAP_MS);
      if (plan !== null) {
        const about = `${alert.searchId} ${hash('sha256', papersOf(plan).toSorted().join('\n')).slice(0, 24)}`;
        const localDay = Temporal.Instant.fromEpochMilliseconds(now)
          .toZonedDateTimeISO(subscription.zone)
          .toPlainDate()
          .toString();
        const messageId = messageIdOf(deps.config, subscription, `${localDay} ${about}`);
        const row = { localDay, about, messageId, plan };
        filled += await store.outbox.fill([{ subscription, row, nextAt: null }], now);
      }
      // Only with news: with every look, each would be a write.
      if (plan !== null || now - alert.toldAt > ALERT_OVERLAP_MS)
        await store.searchAlerts.put({ ...alert, toldAt: now });
    }
    if (page.length < SEARCHES_AT_ONCE) return filled;
    after = page.at(-1) ?? null;
  }
};
