import { Fault } from '../kernel/errors.ts';
import { FEED_FORMS, type FeedView, feedOf } from '../model/feed.ts';
import { href } from '../model/urls.ts';
import type { Fetcher } from '../ports/fetcher.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  readonly store: Pick<Store, 'editions' | 'cursors'>;
  readonly fetcher: Fetcher;
  readonly config: { readonly websubHub: string; readonly publicUrl: string };
}

const CURSOR = 'websub';
const PATIENCE_MS = 60_000;
/** Pages whose feeds change with every edition. */
const TOPICS = [href.home, href.trending, href.latestWeek, href.latestMonth] as const;

/** Whether the hub is told when this feed changes; only then may the feed name it, or its readers would wait in vain. */
export const isAnnounced = (view: FeedView): boolean =>
  view.kind === 'latest' ||
  view.kind === 'trending' ||
  ((view.kind === 'week' || view.kind === 'month') && view.name === null);

/** The addresses that are told of. */
export const topicsOf = (publicUrl: string): readonly string[] =>
  TOPICS.flatMap((page) => FEED_FORMS.map((form) => publicUrl + feedOf(page, form)));

/** Whether there is an edition that the hub has not been told of. Writes nothing. */
export const isAnnouncementDue = async ({ store, config }: Omit<Deps, 'fetcher'>): Promise<boolean> => {
  if (config.websubHub === '' || config.publicUrl === '') return false;
  const latest = await store.editions.latest();
  return latest !== null && (await store.cursors.get(CURSOR))?.note !== latest.date;
};

/**
 * Tells the hub of an edition it has not been told of, once; how many feeds it was told of. `hub.mode=publish` is how hubs
 * are told, since PubSubHubbub 0.4 by agreement only. Throws what the fetcher throws, and `Fault('source-refused')`; told
 * again after that, it is told of all.
 */
export const announceEdition = async (
  { store, fetcher, config }: Deps,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<number> => {
  const { websubHub: hub, publicUrl } = config;
  const latest = await store.editions.latest();
  if (latest === null || !(await isAnnouncementDue({ store, config }))) return 0;
  const topics = topicsOf(publicUrl);
  for (const topic of topics) {
    const { status } = await fetcher.fetch(
      {
        url: hub,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic }).toString(),
        accepts: [],
      },
      { manners: { key: 'websub', gapMs: 200 }, patienceMs: PATIENCE_MS, ...(signal === undefined ? {} : { signal }) },
    );
    if (status < 200 || status > 299) throw new Fault('source-refused', `The WebSub hub answered ${status}.`);
  }
  await store.cursors.set({ name: CURSOR, position: latest.number, note: latest.date });
  return topics.length;
};
