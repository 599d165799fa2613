import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import { FEED_FORMS, type FeedForm, feedOf, withKey } from '../model/feed.ts';
import type { FeedsPage, ListedFeed, OpmlLine, OpmlReport } from '../model/opml.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

const NAMES: Readonly<Record<FeedForm, string>> = { atom: 'Atom', rss: 'RSS', json: 'JSON Feed' };

const PUBLIC: readonly (readonly [title: string, page: string])[] = [
  ['Today’s papers', href.home],
  ['Trending', href.trending],
  ['This week', href.latestWeek],
  ['This month', href.latestMonth],
];

const forms = (page: string, key: string | null): Html =>
  html`${FEED_FORMS.map((form, at) => html`${at === 0 ? nothing : ', '}<a href="${safeUrl(withKey(feedOf(page, form), key))}">${NAMES[form]}</a>`)}`;

const row = (title: string, page: string, key: string | null): Html =>
  html`<li><a href="${safeUrl(page)}">${title}</a>: <span class="small">${forms(page, key)}</span></li>`;

const OUTCOMES: Readonly<Record<OpmlLine['outcome'], string>> = {
  followed: 'Followed now',
  known: 'Followed already',
  refused: 'Not followed',
  outside: 'Of other sites',
};

const reportOf = ({ lines, left }: OpmlReport): Html => {
  const followed = lines.filter(({ outcome }) => outcome === 'followed').length;
  const groups = (Object.keys(OUTCOMES) as OpmlLine['outcome'][]).flatMap((outcome) => {
    const some = lines.filter((line) => line.outcome === outcome);
    return some.length === 0 ? [] : [{ outcome, some }];
  });
  return html`<section class="block" aria-labelledby="h-report"><h2 class="section" id="h-report">What became of your list</h2>
<p role="status">${count(lines.length, 'feed')} read, ${followed} followed now.${left === 0 ? nothing : html` ${count(left, 'feed')} more were left out: bring them in as a list of their own.`}</p>
${groups.map(
  ({ outcome, some }) =>
    html`<h3>${OUTCOMES[outcome]}</h3><ul class="plain">${some.map(({ title, url, says }) => html`<li><strong>${title}</strong> <span class="small">${url}</span><br><span class="small">${says}</span></li>`)}</ul>`,
)}</section>`;
};

const keyOf = (own: NonNullable<FeedsPage['own']>, origin: string): Html => {
  if (!own.needsKey) return nothing;
  if (own.key !== null)
    return html`<p class="notice" role="status">This is your key, shown this once: <code>${own.key}</code>. It stands in the addresses below; it opens your feeds and nothing else. Remove it under <a href="${href.account}#tokens">your account</a>.</p>
<p>For a feed reader that takes lists: <code>${origin + withKey(href.followingOpml, own.key)}</code></p>`;
  return html`<p>Your own feeds open with a key that is part of their address, for feed readers do not sign in. Whoever has the address can read the feed, and nothing else.${own.keys === 0 ? nothing : html` You have ${count(own.keys, 'key')}; they are shown once, and removed under <a href="${href.account}#tokens">your account</a>.`}</p>
<form method="post" action="${href.feedKeys}"><button class="button">Make a key</button></form>`;
};

const ownFeeds = (own: NonNullable<FeedsPage['own']>, origin: string): Html => {
  const open = (feed: ListedFeed): boolean => !feed.private || !own.needsKey || own.key !== null;
  return html`<section class="block" aria-labelledby="h-own"><h2 class="section" id="h-own">Yours</h2>${keyOf(own, origin)}
<ul class="plain">${own.feeds.map((feed) => (open(feed) ? row(feed.title, feed.page, feed.private ? own.key : null) : html`<li><a href="${safeUrl(feed.page)}">${feed.title}</a> <span class="small">with a key</span></li>`))}</ul>
${own.needsKey && own.key === null ? nothing : html`<p class="actions"><a href="${safeUrl(withKey(href.followingOpml, own.key))}" download="broadsheet.opml">All of these as OPML</a></p>`}</section>
<section class="block" aria-labelledby="h-import"><h2 class="section" id="h-import">From another feed reader</h2>
<p>Feed readers can save what you subscribe to as a file in OPML. What of it is of here, or a category of arXiv, is then followed; of the rest you are told.</p>
<form class="submit" method="post" action="${href.feedImport}" enctype="multipart/form-data">
<label for="opml-file">A file</label><input id="opml-file" name="file" type="file" accept=".opml,.xml,text/xml,text/x-opml">
<label for="opml-text">Or its text</label><textarea id="opml-text" name="text" rows="5" spellcheck="false"></textarea>
<p class="actions"><button class="button">Follow what is in it</button></p></form></section>`;
};

/** Where the feeds are, and a reader's own. */
export const feedsView = ({ own, report, problem }: FeedsPage, frame: Frame): string =>
  layout(frame, {
    head: {
      title: 'Feeds',
      description: 'Every page as Atom, RSS and JSON Feed.',
      canonical: href.feeds,
      feed: href.home,
      feedPart: 'Today’s papers',
    },
    section: null,
    main: html`<h1 class="title">Feeds</h1>${problem === null ? nothing : html`<p class="notice" role="alert">${problem}</p>`}
${report === null ? nothing : reportOf(report)}
<section class="block" aria-labelledby="h-public"><h2 class="section" id="h-public">For everyone</h2>
<p>Nearly every page has a feed: the front page and each edition, trending, a category, an author, an organisation, a search with all its operators, a public group, what a reader shows, the letters on a paper. At the foot of such a page it is named; its address is the page’s, with <code>.atom</code>, <code>.rss</code> or <code>.feed.json</code> after the path.</p>
<ul class="plain">${PUBLIC.map(([title, page]) => row(title, page, null))}</ul></section>
${own === null ? (frame.accounts ? html`<p>Sign in for feeds of what you follow, your saved searches and your groups.</p>` : nothing) : ownFeeds(own, frame.origin)}`,
  });
