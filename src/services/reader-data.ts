import type { Clock } from '../kernel/clock.ts';
import type { Account } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { libraryData } from './library-export.ts';

/** A kind of thing a reader owns: how it is handed to them, and what is left of it when they leave. */
interface Belonging {
  readonly name: string;
  read(store: Store, reader: string): Promise<unknown>;
  /** Removes what is personal in it; nothing where it stands under a reader who left. */
  remove?(store: Store, reader: string, at: number): Promise<void>;
}

const day = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Lists are whole. */
const ALL = 1_000_000;

/** Everything a reader owns, one entry a feature. What is personal beyond the account itself is removed here. */
const BELONGINGS: readonly Belonging[] = [
  {
    // Of one who left they count on, under an id that stands for nobody.
    name: 'votes',
    read: async (store, reader) =>
      (await store.votes.of(reader)).map(({ paperId, at }) => ({ paper: paperId, since: day(at) })),
  },
  {
    // They stay, as of a reader who left.
    name: 'letters',
    read: async (store, reader) => {
      const letters = await store.letters.ofAuthor(reader, ALL);
      return Promise.all(
        letters.map(async ({ id, paperId, parentId, state }) => ({
          id,
          paper: paperId,
          answers: parentId,
          state,
          wordings: (await store.letters.wordings(id)).map(({ body, at }) => ({ body, at: day(at) })),
        })),
      );
    },
    remove: (store, reader) => store.letters.unname(reader),
  },
  {
    // What they were told of are letters of others: only that they were told is theirs.
    name: 'notifications',
    read: async (store, reader) =>
      (await store.notifications.of(reader, { limit: ALL })).map(({ letter, kind, at }) => ({
        letter: letter.id,
        kind,
        at: day(at),
      })),
    remove: (store, reader) => store.notifications.forget(reader),
  },
  {
    name: 'savedSearches',
    async read(store, reader) {
      const told = new Map((await store.searchAlerts.of(reader)).map(({ searchId, way }) => [searchId, way]));
      return (await store.savedSearches.of(reader)).map(({ id, name, query, createdAt }) => ({
        name,
        query,
        since: day(createdAt),
        toldBy: told.get(id) ?? null,
      }));
    },
    async remove(store, reader) {
      for (const one of await store.savedSearches.of(reader)) await store.savedSearches.put({ ...one, removedAt: 0 });
      await store.savedSearches.sweep(1);
    },
  },
  {
    name: 'submissions',
    read: async (store, reader) =>
      (await store.submissions.by(reader, ALL)).map(({ paperId, day: on, note }) => ({ paper: paperId, on, note })),
    remove: (store, reader) => store.submissions.forget(reader),
  },
  {
    // What they looked for and did not send, or what waits for a moderator; it goes with the submissions.
    name: 'submissionDrafts',
    read: async (store, reader) =>
      (await store.submissions.drafts.of(reader)).map(({ at, state, note, body }) => ({
        at: day(at),
        state,
        note,
        found: JSON.parse(body),
      })),
  },
  {
    // They go with the names under letters.
    name: 'reports',
    read: async (store, reader) =>
      (await store.letters.reportsBy(reader)).map(({ letterId, reason, at }) => ({
        letter: letterId,
        reason,
        at: day(at),
      })),
  },
  {
    name: 'claims',
    read: async (store, reader) =>
      (await store.claims.of(reader)).map(({ paperId, authorKey, evidence, state, requestedAt }) => ({
        paper: paperId,
        author: authorKey,
        evidence,
        state,
        since: day(requestedAt),
      })),
    remove: (store, reader) => store.claims.forget(reader),
  },
  {
    name: 'profile',
    read: async (store, reader) => {
      const { about, links, shown } = await store.profiles.get(reader);
      return { about, links, shown };
    },
    remove: (store, reader) => store.profiles.forget(reader),
  },
  {
    // With it go what they follow and what they were shown.
    name: 'library',
    read: (store, reader) => libraryData({ store }, reader),
    remove: (store, reader) => store.library.forget(reader),
  },
  {
    // The secret of its links stays here. That an address takes no mail is remembered beyond, so that none is sent there.
    name: 'morningMail',
    async read(store, reader) {
      const subscription = await store.subscriptions.byReader(reader);
      if (subscription === null) return null;
      const { id, secret: _, reader: __, createdAt, confirmedAt, nextAt, ...wishes } = subscription;
      const sent = await store.outbox.of(id, ALL);
      return {
        ...wishes,
        since: day(createdAt),
        confirmed: day(confirmedAt),
        next: day(nextAt),
        sent: sent.flatMap(({ localDay, sentAt }) => (sentAt === null ? [] : [{ day: localDay, at: day(sentAt) }])),
        alerts: (await store.searchAlerts.of(reader)).map(({ searchId, way }) => ({ search: searchId, way })),
      };
    },
    async remove(store, reader) {
      for (const alert of await store.searchAlerts.of(reader)) await store.searchAlerts.put({ ...alert, way: 'off' });
      const subscription = await store.subscriptions.byReader(reader);
      if (subscription !== null) await store.subscriptions.forget(subscription.id);
    },
  },
  {
    // Their addresses and keys stay here: whoever has those can send there.
    name: 'toldDevices',
    read: async (store, reader) =>
      (await store.pushDevices.of(reader)).map(({ name, endpoint, createdAt, toldAt }) => ({
        name,
        pushService: URL.parse(endpoint)?.host ?? '',
        since: day(createdAt),
        lastTold: day(toldAt),
      })),
    remove: (store, reader) => store.pushDevices.forget(reader),
  },
  {
    name: 'groups',
    read: async (store, reader) => ({
      memberOf: (await store.groups.of(reader)).map(({ handle, name, role }) => ({ handle, name, role })),
      votes: (await store.groups.votesOf(reader)).map(({ group, paperId, at }) => ({
        group,
        paper: paperId,
        since: day(at),
      })),
      proposals: (await store.groups.proposalsOf(reader)).map(({ group, paperId, why, at }) => ({
        group,
        paper: paperId,
        why,
        since: day(at),
      })),
    }),
    // Another member follows a chair; what they proposed stays with the group.
    remove: (store, reader, at) => store.groups.forget(reader, at),
  },
  {
    name: 'devices',
    read: async (store, reader) =>
      (await store.sessions.of(reader)).map(({ agent, createdAt, seenAt, way }) => ({
        agent,
        way,
        signedIn: day(createdAt),
        lastSeen: day(seenAt),
      })),
  },
  {
    name: 'passkeys',
    read: async (store, reader) =>
      (await store.passkeys.of(reader)).map(({ name, createdAt, usedAt }) => ({
        name,
        since: day(createdAt),
        lastUsed: day(usedAt),
      })),
  },
  {
    name: 'linkedSignIns',
    read: async (store, reader) =>
      (await store.linkedSignIns.of(reader)).map(({ site, issuer, subject, label, linkedAt }) => ({
        site,
        issuer,
        subject,
        label,
        since: day(linkedAt),
      })),
  },
  {
    name: 'tokens',
    read: async (store, reader) =>
      (await store.apiTokens.of(reader)).map(({ name, scopes, createdAt, usedAt }) => ({
        name,
        scopes,
        since: day(createdAt),
        lastUsed: day(usedAt),
      })),
  },
];

/** All that is kept of a reader, as JSON for them to take along. */
export const readerData = async (
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  reader: string,
): Promise<Readonly<Record<string, unknown>>> => {
  const account: Account | null = await store.accounts.get(reader);
  const data: Record<string, unknown> = {
    exportedAt: day(clock.now()),
    account: account && {
      id: account.id,
      handle: account.handle,
      name: account.name,
      email: account.email,
      role: account.role,
      since: day(account.createdAt),
    },
  };
  for (const { name, read } of BELONGINGS) data[name] = await read(store, reader);
  return data;
};

/** How long one who asked to be deleted can think better of it. */
export const LEAVING_MS = 7 * 24 * 3_600_000;

/** Asks for an account to be deleted in a week, or takes that back. */
export const leave = async (
  { store, clock }: { readonly store: Pick<Store, 'accounts'>; readonly clock: Clock },
  { id, wish }: { readonly id: string; readonly wish: boolean },
): Promise<void> => {
  await store.accounts.change(id, { leavingAt: wish ? clock.now() : null });
};

/** Deletes those whose week is over: what is personal goes, what they wrote stays as of a reader who left. Returns how many. */
export const deleteLeavers = async ({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): Promise<number> => {
  const due = await store.accounts.leaving(clock.now() - LEAVING_MS);
  for (const { id } of due) {
    for (const { remove } of BELONGINGS) await remove?.(store, id, clock.now());
    await store.accounts.empty(id, clock.now());
  }
  return due.length;
};
