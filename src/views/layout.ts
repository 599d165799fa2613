import { monthOf, weekOf } from '../kernel/day.ts';
import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import { FEED_FORMS, type FeedForm, feedOf } from '../model/feed.ts';
import { may } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { headOf, type PageHead } from './head.ts';

export type Section =
  | 'today'
  | 'trending'
  | 'week'
  | 'month'
  | 'editions'
  | 'labs'
  | 'search'
  | 'about'
  | 'settings'
  | 'ledger'
  | 'sources'
  | 'library'
  | 'following';

/** One page, ready to be put between the masthead and the foot. */
export interface Sheet {
  readonly head: PageHead;
  readonly section: Section | null;
  /** True where the masthead itself is the page's one `h1`. */
  readonly front?: boolean;
  /** The line under the masthead: what stands on its left and on its right. */
  readonly folio?: Html;
  readonly tally?: Html;
  /** The edition's day, for the links to its week and month; without it they lead to the latest. */
  readonly day?: string;
  readonly main: Html;
  /** Text of the search box. */
  readonly q?: string;
  readonly islands?: readonly string[];
  /** Addresses of style sheets of this page alone. */
  readonly styles?: readonly string[];
}

const EVERYWHERE = ['keys', 'suggest'];

const navigation = (section: Section | null, day: string | undefined, own: boolean, account: Html): Html => {
  const items: readonly (readonly [Section, string, string])[] = [
    ['today', 'Front page', href.home],
    ['trending', 'Trending', href.trending],
    ['week', 'Week', day === undefined ? href.latestWeek : href.week(weekOf(day).name)],
    ['month', 'Month', day === undefined ? href.latestMonth : href.month(monthOf(day).name)],
    ['editions', 'Editions', href.editions],
    ['labs', 'Labs', href.labs],
    ...(own
      ? ([
          ['following', 'Following', href.following],
          ['library', 'Library', href.library()],
        ] as const)
      : []),
    ['about', 'About', href.about],
  ];
  return html`<nav class="sections" aria-label="Sections"><ul>${items.map(
    ([id, label, to]) =>
      html`<li><a href="${to}"${section === id ? html` aria-current="page"` : nothing}>${label}</a></li>`,
  )}${account}</ul></nav>`;
};

export const searchBox = (q: string, large = false): Html =>
  html`<search class="${large ? 'search search-large' : 'search'}"><form action="${href.search()}" role="search">
<label for="q" class="hidden">Search papers</label>
<div class="box"><input id="q" name="q" type="search" value="${q}" placeholder="Search papers" maxlength="1000" autocomplete="off" autocapitalize="off" spellcheck="false"${large ? html` data-suggestions="4"` : nothing}><button>Search</button></div>
</form></search>`;

const banner = ({ banner: said }: Frame): Html =>
  said === null
    ? nothing
    : html`<aside class="${said.grave ? 'notice' : 'note standing'}" aria-label="The wires">${said.says} <a href="${href.ledger}">The ledger</a></aside>`;

/** The way in, or to what is one's own; nothing where there are no accounts. */
const who = ({ accounts, reader, path, unread = 0 }: Frame): Html => {
  if (!accounts) return nothing;
  const onward = path.startsWith('/sign-in') || path.startsWith('/setup') ? '/' : path;
  return reader === null
    ? html`<li><a rel="nofollow" href="${href.signIn(onward)}">Sign in</a></li>`
    : html`<li class="who"><a href="${href.account}">${reader.name}</a></li>${unread === 0 ? nothing : html`<li><a class="told" href="${href.notifications()}">${count(unread, 'letter')} to you</a></li>`}`;
};

/** For moderators, what waits for them; for all others nothing. */
const duties = ({ reader }: Frame): Html =>
  reader !== null && may(reader.role, 'moderator')
    ? html`<li><a href="${href.moderation}">Moderation</a></li>${reader.role === 'operator' ? html`<li><a href="${href.admin()}">Admin</a></li>` : nothing}`
    : nothing;

const FEED_NAMES: Readonly<Record<FeedForm, string>> = { atom: 'Atom', rss: 'RSS', json: 'JSON Feed' };

/** This page for feed readers, where there is something to follow on it. */
const feeds = ({ feed, feedPart = 'This page' }: PageHead): Html =>
  feed === undefined
    ? nothing
    : html`<p>${feedPart} as a feed: ${FEED_FORMS.map((form, at) => html`${at === 0 ? nothing : ', '}<a href="${safeUrl(feedOf(feed, form))}">${FEED_NAMES[form]}</a>`)}</p>\n`;

/** The whole document. */
export const layout = (frame: Frame, sheet: Sheet): string => {
  const { preferences, assets } = frame;
  const islands = [...EVERYWHERE, ...(sheet.islands ?? [])]
    .filter((name) => name !== 'keys' || preferences.keys)
    .flatMap((name) => assets.islands[name] ?? []);
  const nameplate = html`<a href="${frame.group?.href ?? href.home}">${frame.group?.name ?? frame.masthead}</a>`;
  return html`<!doctype html>
<html lang="en" data-edition="${preferences.edition}" data-density="${preferences.density}">
<head>
${headOf(frame, sheet.head)}
${(sheet.styles ?? []).map((address) => html`<link rel="stylesheet" href="${safeUrl(address)}">\n`)}${islands.map((src) => html`<script type="module" src="${safeUrl(src)}"></script>\n`)}</head>
<body>
<a class="skip" href="#main">Skip to the papers</a>
<div class="page">
<header>
<div class="${sheet.front ? 'masthead masthead-front' : 'masthead'}">
${sheet.front ? html`<p class="ear">${frame.group ? 'By the votes of its members' : html`The day’s research papers,<br>for those who read them`}</p>` : nothing}
${sheet.front ? html`<h1 class="nameplate">${nameplate}</h1>` : html`<p class="nameplate">${nameplate}</p>`}
${sheet.section === 'search' ? nothing : searchBox(sheet.q ?? '')}
</div>
<div class="folio">
<p class="folio-left">${sheet.folio ?? nothing}</p>
${navigation(sheet.section, sheet.day, frame.reader !== null, who(frame))}
<p class="folio-right">${sheet.tally ?? nothing}</p>
</div>
</header>
${frame.notice === null ? nothing : html`<p class="notice" role="status">${frame.notice}</p>`}${sheet.section === 'ledger' || sheet.section === 'sources' ? nothing : banner(frame)}
<main id="main" tabindex="-1">
${sheet.main}
</main>
<footer class="foot">
<p><a href="${href.about}">${frame.masthead}</a>: the day’s research papers, on your own machine.</p>
${feeds(sheet.head)}<ul><li><a href="${href.editions}">All editions</a></li><li><a href="${href.labs}">Labs</a></li><li><a href="${href.groups}">Groups</a></li><li><a href="${href.submit}">Submit a paper</a></li><li><a href="${href.search()}">Search</a></li><li><a href="${href.feeds}">Feeds</a></li><li><a href="${href.ledger}">Ledger</a></li><li><a href="${href.sources}">Sources</a></li>${frame.byMail ? html`<li><a href="${frame.reader === null ? href.subscribe : href.digest}">Morning mail</a></li>` : nothing}<li><a href="${href.settings}">Settings</a></li>${who(frame)}${duties(frame)}<li><a href="${href.moderationLog()}">Moderation log</a></li><li><a href="${href.about}">About</a></li></ul>
</footer>
</div>
<form id="vote" method="post" hidden></form>
<p id="said" class="hidden" role="status" aria-live="polite"></p>
</body>
</html>
`.toString();
};
