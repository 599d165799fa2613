import type { Clock } from '../kernel/clock.ts';
import { foldSpace } from '../kernel/text.ts';
import { type Letter, mentionsIn } from '../model/letter.ts';
import type { Notification, NotificationKind, NotificationsPage } from '../model/notification.ts';
import type { PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';
import { readerNamed } from './people.ts';

export const NOTIFICATIONS_PER_PAGE = 30;
const EXCERPT = 280;
/** What one digest could ever hold. */
const MOST_REPLIES = 200;
const MOST_PAGES = 200;

/**
 * Tells of a letter who has to do with it: the author of the one it answers, the readers it names, and, of letters for
 * everyone, the known authors of its paper; never its own author. Done again it changes nothing, so a letter that got other
 * words tells those who were named since.
 */
export const tellOf = async (
  {
    store,
    clock,
  }: { readonly store: Pick<Store, 'notifications' | 'letters' | 'accounts' | 'claims'>; readonly clock: Clock },
  letter: Letter,
): Promise<void> => {
  const [parent, named, claims] = await Promise.all([
    letter.parentId === null ? null : store.letters.get(letter.parentId),
    Promise.all(mentionsIn(letter.body).map((handle) => readerNamed(store, handle))),
    letter.groupId === null ? store.claims.granted(letter.paperId) : [],
  ]);
  const kinds = new Map<string, NotificationKind>();
  for (const { reader } of claims) kinds.set(reader, 'paper');
  for (const person of named) if (person !== null) kinds.set(person.id, 'mention');
  if (parent !== null) kinds.set(parent.author.id, 'reply');
  kinds.delete(letter.author.id);
  const at = clock.now();
  const told = [...kinds].map(([reader, kind]) => ({ reader, kind, at }));
  if (told.length > 0) await store.notifications.add(letter.id, told);
};

type Reading = { readonly store: Pick<Store, 'notifications' | 'papers'> };
type Told = Awaited<ReturnType<Store['notifications']['of']>>;

const excerptOf = (body: string): string => {
  const says = foldSpace(body.replace(/^ {0,3}>.*$/gm, ' '));
  return says.length > EXCERPT ? `${says.slice(0, EXCERPT).toWellFormed()}…` : says;
};

const shown = async ({ store }: Reading, told: Told, seen: number): Promise<readonly Notification[]> => {
  const ids = [...new Set(told.map(({ letter }) => letter.paperId))];
  const titles = new Map<PaperId, string>(
    (await store.papers.cards(ids, '')).map(({ paper }) => [paper.id, paper.title]),
  );
  return told.map(({ letter, kind, at }) => ({
    letterId: letter.id,
    paperId: letter.paperId,
    groupId: letter.groupId,
    kind,
    title: titles.get(letter.paperId) ?? letter.paperId,
    by: letter.author.name,
    excerpt: excerptOf(letter.body),
    at,
    unread: at > seen,
  }));
};

/** Letters a reader is told of, latest first, thirty a page. */
export const readNotifications = async (
  deps: Reading,
  { reader, page = 1 }: { readonly reader: string; readonly page?: number },
): Promise<NotificationsPage> => {
  const at = Math.min(Math.max(1, page), MOST_PAGES);
  const { notifications } = deps.store;
  const [told, seen, unread] = await Promise.all([
    notifications.of(reader, { limit: NOTIFICATIONS_PER_PAGE + 1, offset: (at - 1) * NOTIFICATIONS_PER_PAGE }),
    notifications.seen(reader),
    notifications.unread(reader),
  ]);
  const items = await shown(deps, told.slice(0, NOTIFICATIONS_PER_PAGE), seen);
  return { items, unread, until: items[0]?.at ?? null, page: at, more: told.length > NOTIFICATIONS_PER_PAGE };
};

/** Says that all is read that came up to a time; what came later stays unread. */
export const markRead = async (
  { store, clock }: { readonly store: Pick<Store, 'notifications'>; readonly clock: Clock },
  { reader, until }: { readonly reader: string; readonly until: number },
): Promise<void> => store.notifications.see(reader, Math.min(until, clock.now()));

/** What a reader was told of after a time (ms since 1970), latest first, read or not: for a digest. */
export const repliesSince = async (
  deps: Reading,
  { reader, since }: { readonly reader: string; readonly since: number },
): Promise<readonly Notification[]> =>
  shown(
    deps,
    await deps.store.notifications.of(reader, { limit: MOST_REPLIES, since }),
    await deps.store.notifications.seen(reader),
  );
