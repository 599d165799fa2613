import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { PUSH_KEPT_MS, type PushDevice, searchNote } from '../model/push.ts';
import { type SavedSearch, wayToTell } from '../model/saved-search.ts';
import type { SearchAlert } from '../store/digest-contract.ts';
import type { Store } from '../store/store.ts';
import { ALERT_OVERLAP_MS } from './alert.ts';
import { newMatches } from './saved-search.ts';
import type { SearchDeps } from './search.ts';

const READERS_AT_ONCE = 200;

export interface PushAlertDeps extends SearchDeps {
  readonly store: SearchDeps['store'] &
    Pick<Store, 'pushDevices' | 'pushOutbox' | 'savedSearches' | 'searchAlerts' | 'subscriptions' | 'accounts'>;
  readonly clock: Clock;
  /** Whether the instance sends mail. */
  readonly byMail: boolean;
}

/** What came in from when on is news of a search: since its reader was told, kept it, or had a device, and within a day. */
const newsSince = (
  search: SavedSearch,
  { alert, devices, now }: { alert: SearchAlert | undefined; devices: readonly PushDevice[]; now: number },
): number => {
  const begun = Math.max(search.createdAt, Math.min(...devices.map(({ createdAt }) => createdAt)));
  return Math.max(begun, now - PUSH_KEPT_MS, (alert?.toldAt ?? 0) - ALERT_OVERLAP_MS);
};

const fillFor = async (deps: PushAlertDeps, reader: string): Promise<number> => {
  const { store, clock } = deps;
  const account = await store.accounts.get(reader);
  if (account !== null && (account.disabledAt !== null || account.leftAt !== null)) return 0;
  const devices = await store.pushDevices.of(reader);
  if (devices.length === 0) return 0;
  const mail = deps.byMail && (await store.subscriptions.byReader(reader))?.state === 'active';
  const alerts = new Map((await store.searchAlerts.of(reader)).map((alert) => [alert.searchId, alert]));
  let filled = 0;
  for (const search of await store.savedSearches.of(reader)) {
    const alert = alerts.get(search.id);
    if (wayToTell(alert?.way, { mail, devices: true }) !== 'push') continue;
    const now = clock.now();
    const matches = await newMatches(deps, search, newsSince(search, { alert, devices, now }));
    const told = await store.pushOutbox.told(
      reader,
      matches.map(({ paper }) => paper.id),
    );
    const papers = matches.map(({ paper }) => paper).filter(({ id, withdrawn }) => !told.has(id) && !withdrawn);
    const ids = papers.map(({ id }) => id).toSorted();
    if (ids.length > 0) {
      const tag = hash('sha256', `${reader} ${search.id} ${ids.join('\n')}`, 'base64url').slice(0, 32);
      const made = await store.pushOutbox.fill({ reader, note: searchNote(search, papers, tag), papers: ids, at: now });
      // Another process was quicker with some of them; what is left is found at the next look.
      if (made === 0) continue;
      filled += made;
    }
    // Only with news, and where something was chosen: with every look, each would be a write.
    if (alert !== undefined && (ids.length > 0 || now - alert.toldAt > ALERT_OVERLAP_MS))
      await store.searchAlerts.put({ ...alert, toldAt: now });
  }
  return filled;
};

/**
 * Writes messages to the devices of readers for what is new in the saved searches they are told of so. To be called when
 * the index has taken in what came: returns how many messages are new. Twice is once, in any number of processes.
 */
export const fillPushes = async (deps: PushAlertDeps): Promise<number> => {
  let filled = 0;
  let after = '';
  for (;;) {
    const readers = await deps.store.pushDevices.readers({ after, limit: READERS_AT_ONCE });
    for (const reader of readers) filled += await fillFor(deps, reader);
    after = readers.at(-1) ?? '';
    if (readers.length < READERS_AT_ONCE) return filled;
  }
};
