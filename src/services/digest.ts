import type { Clock } from '../kernel/clock.ts';
import type { Day } from '../kernel/day.ts';
import type { Log } from '../kernel/log.ts';
import { DIGEST_CAPS, type Digest, type DigestPlan, type DigestReply, type Subscription } from '../model/digest.ts';
import { isEmpty, selectParts } from '../model/digest-select.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';
import { type Leading, readCandidates, readChanges, readLeading } from './digest-candidates.ts';
import type { SearchDeps } from './search.ts';

/** Letters that answer those of a reader, written since a time (ms since 1970); latest first. */
export type ReadReplies = (reader: string, since: number) => Promise<readonly DigestReply[]>;

export interface DigestDeps extends SearchDeps {
  readonly store: SearchDeps['store'] &
    Pick<
      Store,
      | 'editions'
      | 'votes'
      | 'follows'
      | 'seen'
      | 'profiles'
      | 'submissions'
      | 'savedSearches'
      | 'searchAlerts'
      | 'pushDevices'
      | 'groups'
      | 'outbox'
    >;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: { readonly masthead: string; readonly publicUrl: string };
  readonly replies: ReadReplies;
}

const DAY_MS = 86_400_000;
/** What leads is the same for all: it is read once in so long. */
const FRESH_MS = 60_000;
/** Cards that are the same for all readers who have no account. */
const CARDS_KEPT = 500;
/** Digests that are looked through for when the last one went out. */
const LOOKED_AT = 20;
/** What came in before a first digest by so much is told of in it. */
const FIRST_MS = 2 * DAY_MS;

const EMPTY: DigestPlan = {
  edition: null,
  parts: [],
  changes: [],
  replies: [],
  watched: [],
  search: null,
};

const lastSent = async ({ store }: DigestDeps, subscription: Subscription): Promise<number> => {
  const rows = await store.outbox.of(subscription.id, LOOKED_AT);
  const told = rows.filter(({ about, sentAt }) => about === '' && sentAt !== null).map(({ sentAt }) => sentAt ?? 0);
  return Math.max(subscription.confirmedAt - FIRST_MS, ...told);
};

const TITLE = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

const titleOf = ({ masthead }: DigestDeps['config'], localDay: Day, plan: DigestPlan, rhythm: string): string => {
  if (plan.search !== null) return `${masthead}: new in “${plan.search.name}”`;
  const day = TITLE.format(new Date(`${localDay}T00:00:00Z`));
  return rhythm === 'weekly' ? `${masthead}, the week to ${day}` : `${masthead}, ${day}`;
};

/** Whoever a digest is for: a subscription, or what one would be (for a preview). */
export interface Composer {
  /** What a digest of now would be: nothing is written. */
  compose(subscription: Subscription): Promise<DigestPlan>;
  /** The digest of a plan. Papers that are no longer here are left out. */
  fill(
    plan: DigestPlan,
    of: { readonly id: string; readonly subscription: Subscription; readonly localDay: Day },
  ): Promise<Digest>;
}

/** Makes digests, one after another; what is the same for all readers is read once for many. */
export const digestComposer = (deps: DigestDeps): Composer => {
  const { store, clock } = deps;
  let leading: { readonly at: number; readonly value: Promise<Leading> } | null = null;
  let kept = { at: Number.NEGATIVE_INFINITY, cards: new Map<PaperId, PaperCard>() };

  const lead = (): Promise<Leading> => {
    const now = clock.now();
    if (leading === null || Math.abs(now - leading.at) > FRESH_MS)
      leading = { at: now, value: readLeading(deps, DIGEST_CAPS.papers) };
    const read = leading.value;
    read.catch(() => {
      leading = null;
    });
    return read;
  };

  const cardsOf = async (ids: readonly PaperId[], reader: string | null): Promise<ReadonlyMap<PaperId, PaperCard>> => {
    if (reader !== null) return new Map((await store.papers.cards(ids, reader)).map((card) => [card.paper.id, card]));
    const now = clock.now();
    if (Math.abs(now - kept.at) > FRESH_MS || kept.cards.size > CARDS_KEPT) kept = { at: now, cards: new Map() };
    const { cards } = kept;
    const missing = ids.filter((id) => !cards.has(id));
    if (missing.length > 0) for (const card of await store.papers.cards(missing, '')) cards.set(card.paper.id, card);
    return cards;
  };

  return {
    compose: async (subscription) => {
      const now = clock.now();
      const top = await lead();
      const candidates = await readCandidates(deps, { subscription, leading: top, now });
      const all = [...new Set([...candidates.values()].flat().map(({ paperId }) => paperId))];
      const sent = await store.outbox.sent(subscription.id, all);
      const { reader, parts } = subscription;
      const changed =
        reader !== null && parts.includes('changed') ? await readChanges(deps, { subscription, reader }) : EMPTY;
      const replies =
        reader !== null && parts.includes('replies')
          ? await deps.replies(reader, await lastSent(deps, subscription))
          : [];
      return {
        edition: top.edition,
        parts: selectParts(candidates, { sent, limit: subscription.papers }),
        changes: changed.changes.slice(0, DIGEST_CAPS.changes),
        replies: replies.slice(0, DIGEST_CAPS.replies),
        // What there was no room for is told of next time.
        watched: changed.watched.filter(
          ({ paperId }) => !changed.changes.slice(DIGEST_CAPS.changes).some((late) => late.paperId === paperId),
        ),
        search: null,
      };
    },
    fill: async (plan, { id, subscription, localDay }) => {
      const { reader, rhythm, address } = subscription;
      const ids = [
        ...plan.parts.flatMap(({ entries }) => entries.map(({ paperId }) => paperId)),
        ...plan.changes.map(({ paperId }) => paperId),
      ];
      const cards = await cardsOf(ids, reader);
      const parts = plan.parts
        .map(({ part, entries }) => ({
          part,
          entries: entries.flatMap(({ paperId, reasons }) => {
            const card = cards.get(paperId);
            return card === undefined || card.paper.withdrawn ? [] : [{ card, reasons }];
          }),
        }))
        .filter(({ entries }) => entries.length > 0);
      const changes = plan.changes.flatMap(({ paperId, what, version }) => {
        const card = cards.get(paperId);
        return card === undefined ? [] : [{ card, what, version }];
      });
      const { masthead } = deps.config;
      return {
        id,
        kind: plan.search === null ? 'digest' : 'alert',
        masthead,
        localDay,
        rhythm,
        title: titleOf({ ...deps.config }, localDay, plan, rhythm),
        edition: plan.edition,
        reader,
        address,
        parts,
        changes,
        replies: plan.replies,
        search: plan.search,
      };
    },
  };
};

/** Whether there is something to send. */
export const isWanted = (plan: DigestPlan, { whenEmpty }: Pick<Subscription, 'whenEmpty'>): boolean =>
  whenEmpty === 'note' || !isEmpty(plan);
