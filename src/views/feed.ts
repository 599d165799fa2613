import { generateAtomFeed, generateJsonFeed, generateRssFeed } from 'feedsmith';
import { html, safeUrl } from '../kernel/html.ts';
import { foldSpace } from '../kernel/text.ts';
import { FEED_TYPES, type Feed, type FeedForm, type FeedItem, feedOf, withKey, xmlText } from '../model/feed.ts';

/** What a feed says of where it stands. */
export interface FeedFrame {
  readonly masthead: string;
  readonly version: string;
  /** Without a slash at its end. */
  readonly origin: string;
  /** Path and query of this page of the feed, as it was asked for but for secrets. */
  readonly self: string;
  /** Identifies the feed, whatever page of it or form this is. */
  readonly id: string;
  /** Put to every address of a feed, so that the next page opens too; null for none. */
  readonly key: string | null;
  /** A WebSub hub that is told of news; empty for none. */
  readonly hub: string;
}

/** What the parsers and their readers call the history of a feed (RFC 5005). */
const HISTORY = 'http://purl.org/syndication/history/1.0';
const PDF = 'application/pdf';
/** A feed must have a time; one without entries has not changed since time began. */
const NEVER = '1970-01-01T00:00:00.000Z';
const UNTITLED = 'Untitled';

/** The body of an entry as HTML. */
export const feedHtml = ({ abstract, html: made, notes }: FeedItem): string => {
  const paragraphs = abstract === '' ? [] : abstract.split(/\n{2,}/);
  const said = html`${paragraphs.map((text) => html`<p>${xmlText(text)}</p>`)}`.toString();
  const tail = notes.length === 0 ? '' : html`<p>${xmlText(notes.join(' · '))}</p>`.toString();
  return `${said}${made === null ? '' : xmlText(made)}${tail}`;
};

interface Addresses {
  page(path: string): string;
  feed(path: string | null): string | null;
}

const addressesOf = (frame: FeedFrame, form: FeedForm): Addresses => ({
  page: (path) => frame.origin + path,
  feed: (path) => (path === null ? null : frame.origin + withKey(feedOf(path, form), frame.key)),
});

/** Every address the feed as a whole leads to, with what it is to it. */
const linksOf = (
  feed: Feed,
  frame: FeedFrame,
  form: FeedForm,
): readonly { rel: string; href: string; type?: string }[] => {
  const { feed: at, page } = addressesOf(frame, form);
  const ways: readonly (readonly [string, string | null])[] = [
    ['first', feed.ways.first],
    ['previous', feed.ways.previous],
    ['next', feed.ways.next],
    ['last', feed.ways.last],
    ['current', feed.ways.current],
    ['prev-archive', feed.ways.earlier],
    ['next-archive', feed.ways.later],
  ];
  return [
    { rel: 'self', href: frame.origin + withKey(frame.self, frame.key), type: FEED_TYPES[form] },
    { rel: 'alternate', href: page(feed.page), type: 'text/html' },
    ...ways.flatMap(([rel, path]) => {
      const href = at(path);
      return href === null ? [] : [{ rel, href, type: FEED_TYPES[form] }];
    }),
    ...(frame.hub === '' || feed.private ? [] : [{ rel: 'hub', href: frame.hub }]),
  ];
};

const titleOf = (title: string): string => foldSpace(xmlText(title)) || UNTITLED;
const latest = ({ items }: Feed): string => [NEVER, ...items.map(({ updated }) => updated)].sort().at(-1) ?? NEVER;
const web = (address: string | null): string | null => {
  const url = address === null ? '#' : safeUrl(xmlText(address));
  return /^https?:/i.test(url) ? url : null;
};

/**
 * What the writer leaves to be done: it puts space around what it writes literally, which is part of the text then, and it
 * has no words for what does not change any more. No text of ours has a line break before or after such marks of its own.
 */
const finished = (xml: string, feed: Feed): string => {
  const exact = xml.replace(/>\n\s*<!\[CDATA\[/g, '><![CDATA[').replace(/\]\]>\n\s*<\//g, ']]></');
  return feed.archive
    ? exact
        .replace(/<(feed|rss)\b/, `<$1 xmlns:fh="${HISTORY}"`)
        .replace(/<(?:feed|channel)\b[^>]*>/, '$&\n  <fh:archive/>')
    : exact;
};

const atom = (feed: Feed, frame: FeedFrame): string => {
  const { page } = addressesOf(frame, 'atom');
  const xml = generateAtomFeed({
    id: frame.id,
    title: { value: titleOf(feed.title), type: 'text' },
    subtitle: { value: titleOf(feed.about), type: 'text' },
    updated: new Date(latest(feed)),
    authors: [{ name: titleOf(frame.masthead), uri: frame.origin }],
    generator: { text: 'Broadsheet', version: frame.version },
    links: linksOf(feed, frame, 'atom').map((link) => ({ ...link })),
    entries: feed.items.map((item) => {
      const elsewhere = web(item.elsewhere);
      const pdf = web(item.pdf);
      return {
        id: item.id,
        title: { value: titleOf(item.title), type: 'text' },
        updated: new Date(item.updated),
        published: new Date(item.published),
        // An entry of nobody is by the feed's author, which would be us: say that we do not know.
        authors: (item.authors.length === 0 ? [{ name: 'Unknown', page: null }] : item.authors).map((person) => ({
          name: titleOf(person.name),
          ...(person.page === null ? {} : { uri: page(person.page) }),
        })),
        categories: item.categories.map(({ code, label }) => ({ term: xmlText(code), label: xmlText(label) })),
        content: { value: feedHtml(item), type: 'html' },
        links: [
          { rel: 'alternate', href: page(item.page), type: 'text/html' },
          ...(elsewhere === null ? [] : [{ rel: 'related', href: elsewhere }]),
          ...(pdf === null ? [] : [{ rel: 'enclosure', href: pdf, type: PDF }]),
        ],
      };
    }),
  });
  return finished(xml, feed);
};

const rss = (feed: Feed, frame: FeedFrame): string => {
  const { page } = addressesOf(frame, 'rss');
  const xml = generateRssFeed({
    title: titleOf(feed.title),
    link: page(feed.page),
    description: titleOf(feed.about),
    language: 'en',
    lastBuildDate: new Date(latest(feed)),
    generator: `Broadsheet ${frame.version}`,
    docs: 'https://www.rssboard.org/rss-specification',
    atom: { links: linksOf(feed, frame, 'rss').filter(({ rel }) => rel !== 'alternate') },
    items: feed.items.map((item) => {
      const pdf = web(item.pdf);
      const elsewhere = web(item.elsewhere);
      return {
        title: titleOf(item.title),
        link: page(item.page),
        description: feedHtml(item),
        guid: { value: item.id, isPermaLink: false },
        pubDate: new Date(item.published),
        dc: { creators: item.authors.map(({ name }) => titleOf(name)) },
        dcterms: { modified: [new Date(item.updated)] },
        categories: item.categories.map(({ code }) => ({ name: xmlText(code) })),
        // How long the file is nobody has told us; the format wants a number.
        ...(pdf === null ? {} : { enclosures: [{ url: pdf, length: 0, type: PDF }] }),
        ...(elsewhere === null ? {} : { atom: { links: [{ rel: 'related', href: elsewhere }] } }),
      };
    }),
  });
  return finished(xml, feed);
};

const json = (feed: Feed, frame: FeedFrame): string => {
  const { page, feed: at } = addressesOf(frame, 'json');
  const next = at(feed.ways.next ?? feed.ways.earlier);
  const value = generateJsonFeed({
    title: titleOf(feed.title),
    description: titleOf(feed.about),
    home_page_url: page(feed.page),
    feed_url: frame.origin + withKey(frame.self, frame.key),
    language: 'en',
    ...(next === null ? {} : { next_url: next }),
    ...(frame.hub === '' || feed.private ? {} : { hubs: [{ type: 'WebSub', url: frame.hub }] }),
    items: feed.items.map((item) => {
      const pdf = web(item.pdf);
      const elsewhere = web(item.elsewhere);
      return {
        id: item.id,
        url: page(item.page),
        ...(elsewhere === null ? {} : { external_url: elsewhere }),
        title: titleOf(item.title),
        content_html: feedHtml(item),
        date_published: new Date(item.published),
        date_modified: new Date(item.updated),
        ...(item.categories.length === 0 ? {} : { tags: item.categories.map(({ code }) => xmlText(code)) }),
        ...(item.authors.length === 0
          ? {}
          : {
              authors: item.authors.map((person) => ({
                name: titleOf(person.name),
                ...(person.page === null ? {} : { url: page(person.page) }),
              })),
            }),
        ...(pdf === null ? {} : { attachments: [{ url: pdf, mime_type: PDF }] }),
      };
    }),
  }) as Record<string, unknown>;
  // The writer leaves out a list that is empty; the format wants one.
  return JSON.stringify({ ...value, items: value['items'] ?? [] });
};

const RENDERINGS: Readonly<Record<FeedForm, (feed: Feed, frame: FeedFrame) => string>> = { atom, rss, json };

/** A page of a feed in one of its three forms. */
export const feedDocument = (feed: Feed, frame: FeedFrame, form: FeedForm): string => RENDERINGS[form](feed, frame);
