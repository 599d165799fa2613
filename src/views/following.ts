import { type Html, html, nothing } from '../kernel/html.ts';
import { type Follow, type FollowingPage, reasonText } from '../model/follow.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { story } from './story.ts';

const KINDS: Readonly<Record<Follow['kind'], string>> = {
  author: 'Author',
  organisation: 'Organisation',
  category: 'Category',
  reader: 'Reader',
  search: 'Search',
};

const pageOf = ({ kind, key }: Follow): string | null => {
  if (kind === 'search') return href.search(key, { sort: 'newest' });
  return kind === 'reader' ? null : href[kind](key);
};

const followed = (one: Follow): Html => {
  const page = pageOf(one);
  return html`<li><form class="follow" method="post" action="${href.following}"><input type="hidden" name="kind" value="${one.kind}"><input type="hidden" name="key" value="${one.key}"><span>${page === null ? one.name : html`<a href="${page}">${one.name}</a>`} <span class="small">${KINDS[one.kind]}</span></span><button class="button" name="wish" value="0" aria-label="Unfollow ${one.name}">Unfollow</button></form></li>`;
};

const aside = (ids: readonly string[], label: string): Html =>
  html`<form method="post" action="${href.followingSeen}">${ids.map((id) => html`<input type="hidden" name="id" value="${id}">`)}<button class="button">${label}</button></form>`;

/** What is new by what a reader follows, under its reasons. */
export const followingView = (page: FollowingPage, frame: Frame): string => {
  const all = page.groups.flatMap(({ papers }) => papers.map(({ card }) => card.paper.id));
  const also = (reasons: readonly Follow[]): readonly Html[] =>
    reasons.slice(1, 3).map((reason) => html`${reasonText(reason)}`);
  return layout(frame, {
    head: { title: 'Following', description: 'What is new by what you follow.', canonical: null },
    section: 'following',
    islands: ['vote'],
    main: html`<h1 class="title">Following</h1>
${page.missed.length === 0 ? nothing : html`<p class="note" role="status">While the index is being made these searches cannot be looked through: ${page.missed.join(', ')}.</p>`}
<div class="sheet"><div>
${
  page.follows.length === 0
    ? html`<section class="empty"><p>You follow nothing yet. On the page of an author, an organisation, a category or a reader, choose “Follow”; or follow a search here. What comes in is then shown on this page, once.</p></section>`
    : page.total === 0
      ? html`<section class="empty"><p>Nothing new. What you have seen here on an earlier visit is not shown again.</p></section>`
      : html`<p class="found">${count(page.total, 'new paper')}</p>${aside(all, 'I have seen these')}`
}
${page.groups.map(
  ({ reason, papers }, n) =>
    html`<section class="wires" aria-labelledby="g-${n}"><h2 class="section" id="g-${n}">${reasonText(reason)}</h2><div class="columns">${papers.map(
      ({ card, reasons }) =>
        html`<div>${story(card, frame, { level: 3, limit: 170 })}${reasons.length < 2 ? nothing : html`<p class="small">${also(reasons).map((one, at) => html`${at === 0 ? nothing : '; '}${one}`)}</p>`}</div>`,
    )}</div></section>`,
)}
</div><aside class="rail" aria-label="What you follow">
<section class="block" aria-labelledby="h-follows"><h2 class="section" id="h-follows">What you follow</h2>${page.follows.length === 0 ? html`<p class="small">Nothing yet.</p>` : html`<ul class="plain">${page.follows.map(followed)}</ul>`}<p class="small"><a href="${href.feeds}">As feeds, and as a list for feed readers</a></p></section>
<section class="block" aria-labelledby="h-search"><h2 class="section" id="h-search">Follow a search</h2>
<form class="shelf" method="post" action="${href.following}"><input type="hidden" name="kind" value="search"><label>As you would search <input name="key" required maxlength="200" autocomplete="off" autocapitalize="off" spellcheck="false"></label><button class="button" name="wish" value="1">Follow</button></form></section>
</aside></div>`,
  });
};
