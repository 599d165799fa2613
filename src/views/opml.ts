import { generateOpml } from 'feedsmith';
import { feedOf, withKey, xmlText } from '../model/feed.ts';
import type { ListedFeed } from '../model/opml.ts';

/** A list of feeds for feed readers (OPML 2.0). Private ones are in it only with a key, or where none is needed. */
export const opmlDocument = (
  feeds: readonly ListedFeed[],
  { title, origin, key, at }: { title: string; origin: string; key: string | null; at: number },
): string =>
  generateOpml({
    head: { title: xmlText(title), dateCreated: new Date(at) },
    body: {
      outlines: feeds.map((feed) => {
        const name = xmlText(feed.title).trim() || 'A feed';
        return {
          text: name,
          title: name,
          type: 'rss',
          xmlUrl: origin + withKey(feedOf(feed.page, 'atom'), feed.private ? key : null),
          htmlUrl: origin + feed.page,
        };
      }),
    },
  });
