import { type Html, html, nothing } from '../kernel/html.ts';
import type { ListingPage } from '../model/pages.ts';
import type { Person } from '../model/person.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { pager } from './pager.ts';
import { followButton } from './shelf.ts';
import { story } from './story.ts';
import { personLink } from './submission.ts';

const KINDS: Record<ListingPage['kind'], string> = {
  author: 'Author',
  organisation: 'Organisation',
  category: 'Category',
};

/** Who is known to have published under this name. */
const readers = (name: string, people: readonly Person[]): Html =>
  people.length === 0
    ? nothing
    : html`<p class="small">${name} reads here: ${people.map((person, n) => html`${n === 0 ? '' : ', '}${personLink(person)}`)}</p>`;

/** The papers of an author, an organisation or a category. */
export const listingView = (
  listing: ListingPage,
  frame: Frame,
  followed = false,
  people: readonly Person[] = [],
): string => {
  const here = href[listing.kind](listing.key);
  const to = (n: number): string => (n === 1 ? here : `${here}?p=${n}`);
  return layout(frame, {
    head: {
      title: listing.page === 1 ? listing.title : `${listing.title}, page ${listing.page}`,
      description: `${count(listing.total, 'paper')}: ${listing.title}.`,
      canonical: to(listing.page),
      feed: to(1),
    },
    section: null,
    islands: ['vote'],
    main: html`<p class="kicker">${KINDS[listing.kind]}</p><h1 class="title">${listing.title}</h1>${followButton({ kind: listing.kind, key: listing.key, name: listing.title }, followed, frame)}${readers(listing.title, people)}
<p class="found">${count(listing.total, 'paper')}</p>
<h2 class="hidden">Papers</h2><div class="columns">${listing.cards.map((card) => story(card, frame, { level: 3, limit: 240 }))}</div>
${pager(listing, to)}`,
  });
};
