import { dayOf } from '../kernel/day.ts';
import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import type { PaperCard } from '../model/paper.ts';
import type { Person } from '../model/person.ts';
import { ABOUT_CAP, LINKS_MOST, type Profile, type ProfilePage, SHOWABLE, type Showable } from '../model/profile.ts';
import { noteInLine } from '../model/submission.ts';
import { href } from '../model/urls.ts';
import { time } from './dates.ts';
import { type ModeratedReader, readerDeeds } from './deed.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { followButton } from './shelf.ts';
import { plain, story } from './story.ts';

/** Where a list goes on: to a page of its own, and there from page to page. */
const onward = ({ person, list, page, more }: ProfilePage, id: string): Html => {
  const further = more.some((one) => one === id);
  if (list === null)
    return further
      ? html`<p class="actions"><a href="${href.readerList(person.handle, id)}">All of them</a></p>`
      : nothing;
  const to = (n: number): string => href.readerList(person.handle, id, n);
  return html`<nav class="turn" aria-label="Pages">${page > 1 ? html`<a rel="prev" class="earlier" href="${to(page - 1)}">Newer</a>` : nothing}<a href="${href.reader(person.handle)}">${person.name}</a>${further ? html`<a rel="next" class="later" href="${to(page + 1)}">Older</a>` : nothing}</nav>`;
};

const part = (of: ProfilePage, id: string, title: string, body: Html): Html =>
  html`<section class="block" aria-labelledby="${id}"><h2 class="section" id="${id}">${title}</h2>${body}${onward(of, id)}</section>`;

const papers = (of: ProfilePage, id: string, title: string, cards: readonly PaperCard[] | null, frame: Frame): Html =>
  cards === null || (cards.length === 0 && of.list !== id)
    ? nothing
    : part(
        of,
        id,
        title,
        html`<div class="columns">${cards.map((card) => story(card, frame, { level: 3, limit: 0 }))}</div>`,
      );

/** What else there is under the names they publish by. */
const underNames = ({ papers: own }: ProfilePage): Html => {
  const names = new Map(
    own.flatMap(({ card: { paper }, claim }) =>
      paper.authors.filter(({ key }) => key === claim.authorKey).map(({ key, name }): [string, string] => [key, name]),
    ),
  );
  return names.size === 0
    ? nothing
    : html`<p class="actions">${[...names].map(([key, name]) => html`<a href="${href.author(key)}">All papers by ${name}</a>`)}</p>`;
};

const submissions = (of: ProfilePage, frame: Frame): Html => {
  const { submissions: all } = of;
  return all === null || (all.length === 0 && of.list !== 'submissions')
    ? nothing
    : part(
        of,
        'submissions',
        'Submitted',
        html`<div class="columns">${all.map(({ card, submission }) => html`<div class="in">${story(card, frame, { level: 3, limit: 0 })}${submission.note === '' ? nothing : html`<p class="small submitted-by">${plain(noteInLine(submission.note))}</p>`}</div>`)}</div>`,
      );
};

const letters = (of: ProfilePage): Html => {
  const { letters: all } = of;
  return all === null || (all.length === 0 && of.list !== 'letters')
    ? nothing
    : part(
        of,
        'letters',
        'Letters',
        html`<ol class="plain">${all.map(({ id, paperId, paperTitle, at, says }) => html`<li><p>${says}</p><p class="small">On <a href="${href.letterAt(paperId, id)}">${plain(paperTitle)}</a>, ${time(dayOf(at))}</p></li>`)}</ol>`,
      );
};

const isBare = ({
  about,
  links,
  papers: own,
  submissions: sent,
  votes,
  library,
  letters: said,
}: ProfilePage): boolean =>
  about === '' && [links, own, sent, votes, library, said].every((list) => list === null || list.length === 0);

const said = ({ about, links, own, person }: ProfilePage): Html =>
  html`${about === '' ? nothing : html`<div class="prose">${about.split(/\n{2,}/).map((text) => html`<p>${text}</p>`)}</div>`}
${links.length === 0 ? nothing : html`<ul class="links">${links.map((link) => html`<li><a rel="me nofollow noreferrer" href="${safeUrl(link)}">${link.replace(/^https?:\/\//, '').replace(/\/$/, '')}</a></li>`)}</ul>`}
${own ? html`<p class="actions"><a href="${href.profileEdit(person.handle)}">Edit this page</a></p>` : nothing}`;

const written = (page: ProfilePage, frame: Frame): Html =>
  papers(
    page,
    'papers',
    'Papers',
    page.papers.map(({ card }) => card),
    frame,
  );

/** A reader's page, as everyone sees it. */
export const profileView = (
  page: ProfilePage,
  frame: Frame,
  {
    followed = false,
    moderated = null,
  }: { readonly followed?: boolean; readonly moderated?: ModeratedReader | null } = {},
): string => {
  const { person } = page;
  const feedList = SHOWABLE.find((one) => page[one] !== null && (page.list === null || page.list === one));
  return layout(frame, {
    head: {
      title: person.name,
      description: `${person.name}, reader of ${frame.masthead}.`,
      canonical: href.reader(person.handle),
      alternates: [['application/json', `${href.reader(person.handle)}.json`]],
      ...(feedList === undefined ? {} : { feed: href.readerList(person.handle, feedList) }),
    },
    section: null,
    islands: ['vote'],
    main: html`<article class="profile"><h1 class="title">${person.name}</h1><p class="byline">@${person.handle}</p>${page.own ? nothing : followButton({ kind: 'reader', key: person.handle, name: person.name }, followed, frame)}
${page.list === null ? said(page) : nothing}
${isBare(page) && page.list === null ? html`<p class="prose">Nothing is shown here yet.</p>` : nothing}
${page.list === null ? html`${written(page, frame)}${underNames(page)}` : nothing}${submissions(page, frame)}${letters(page)}${papers(page, 'votes', 'Voted for', page.votes, frame)}${papers(page, 'library', 'Library', page.library, frame)}${readerDeeds(frame, moderated)}</article>`,
  });
};

const LABELS: Readonly<Record<Showable, string>> = {
  letters: 'My letters',
  submissions: 'My submissions',
  votes: 'What I voted for',
  library: 'My library, without tags and notes',
};

/** The form of one's own page; `wrong` is one sentence, null where nothing was. */
export const profileEditView = (
  {
    person,
    profile,
    links,
    wrong,
  }: { readonly person: Person; readonly profile: Profile; readonly links: string; readonly wrong: string | null },
  frame: Frame,
): string =>
  layout(frame, {
    head: { title: 'Your page', description: 'What you say of yourself.', canonical: null },
    section: null,
    main: html`<h1 class="title">Your page</h1>${wrong === null ? nothing : html`<p class="notice" role="alert">${wrong}</p>`}
<form class="submit" method="post" action="${href.profileEdit(person.handle)}">
<label for="about">About you</label><textarea id="about" name="about" rows="5" maxlength="${ABOUT_CAP}">${profile.about}</textarea>
<label for="links">Links, one a line, at most ${LINKS_MOST}</label><textarea id="links" name="links" rows="3" spellcheck="false">${links}</textarea>
<fieldset><legend>Everyone may see</legend>${SHOWABLE.map((one) => html`<label class="choice"><input type="checkbox" name="shown" value="${one}"${profile.shown.includes(one) ? html` checked` : nothing}> ${LABELS[one]}</label>`)}</fieldset>
<p class="small">Letters and submissions stand on their papers’ pages in any case. Papers you are known to have written are always shown.</p>
<p class="actions"><button class="button">Save</button><a href="${href.reader(person.handle)}">Your page</a></p></form>`,
  });
