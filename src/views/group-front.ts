import { type Html, html, nothing } from '../kernel/html.ts';
import type { GroupFront, GroupPaper } from '../model/group-page.ts';
import type { LetterForm } from '../model/letter-page.ts';
import { href } from '../model/urls.ts';
import { count, shortDate } from './dates.ts';
import type { Frame } from './frame.ts';
import { groupLayout, groupStory, groupVoteButton, may, paragraphs } from './group.ts';
import { when } from './journal-club.ts';
import { letterThreads, ownLetter } from './letters.ts';
import { bylineText, plain } from './story.ts';

const SECONDS = 3;

const next = (page: GroupFront): Html => {
  const { group } = page;
  if (page.next === null)
    return may(page, 'propose')
      ? html`<p class="small">No meeting is called. <a href="${href.groupPart(group.handle, 'proposals')}">Propose a paper</a></p>`
      : html`<p class="small">No meeting is called.</p>`;
  const { meeting, card } = page.next;
  return html`<p><a href="${href.groupMeeting(group.handle, meeting.id)}">${card === null ? meeting.title || 'Meeting' : plain(card.paper.title)}</a></p>
<p class="small">${when(meeting)}${meeting.place === '' ? nothing : html`, ${meeting.place}`}${meeting.presenter === '' ? nothing : html`. Presented by ${meeting.presenter}.`}</p>`;
};

const rail = (page: GroupFront): Html =>
  html`<aside class="rail" aria-label="The group">
<h2 class="section" id="next">Next meeting</h2>${next(page)}
<p class="actions"><a href="${href.groupPart(page.group.handle, 'agenda')}">Agenda</a><a href="${href.groupPart(page.group.handle, 'proposals')}">Proposals</a></p>
<h2 class="section">About</h2>${paragraphs(page.group.about)}<p class="small">${count(page.members, 'member')}${page.group.visibility === 'private' ? ', for themselves' : nothing}.</p>
${
  page.standing === 'outsider' && page.group.visibility === 'public'
    ? html`<form method="post" action="${href.groupPart(page.group.handle, 'members')}"><p><button class="button" name="do" value="join">Join this group</button></p></form>`
    : nothing
}
${may(page, 'vote') ? html`<form class="shelf" action="${href.groupPart(page.group.handle, 'papers')}"><label>Take up a paper: its arXiv id, DOI or address<input name="paper" required maxlength="600" autocomplete="off"></label><p><button class="button">Take it up</button></p></form>` : nothing}
</aside>`;

/** A group's front page: what its editors put there, then what its members voted for. */
export const groupFrontView = (page: GroupFront, frame: Frame): string => {
  const [lead, ...rest] = page.stories;
  const seconds = rest.slice(0, SECONDS);
  const others = rest.slice(SECONDS);
  const days = page.group.windowDays === 365 ? 'a year' : `${page.group.windowDays} days`;
  const main = html`<div class="front"><div class="head">
${
  lead === undefined
    ? html`<section class="empty"><h2>Nothing is voted for yet</h2><p>Here stand the papers that the group’s members vote for, for ${days}${may(page, 'vote') ? '. Begin below with the latest edition, or take up any paper there is' : nothing}.</p></section>`
    : html`${groupStory(lead.card, page, { level: 2, limit: 2_000, className: 'story lead', pinned: lead.pinned })}
<div class="seconds">${seconds.map(({ card, pinned }) => groupStory(card, page, { level: 3, limit: 320, pinned }))}</div>`
}
</div>
${rail(page)}</div>
${others.length === 0 ? nothing : html`<section class="wires" aria-labelledby="more"><h2 class="section" id="more">Also voted for</h2><div class="columns">${others.map(({ card, pinned }) => groupStory(card, page, { level: 3, limit: 170, pinned }))}</div></section>`}
${page.stories.length === 0 ? nothing : html`<p class="note">By the votes of this group’s members within ${days}, weighed by age. They count here only.</p>`}
${
  page.offered.length === 0 || page.edition === null
    ? nothing
    : html`<section class="wires" aria-labelledby="offered"><h2 class="section" id="offered">From the edition of ${shortDate(page.edition)}</h2><div class="columns">${page.offered.map((card) => groupStory(card, page, { level: 3, limit: 0 }))}</div></section>`
}`;
  return groupLayout(page, frame, { part: 'front', title: '', main, front: true, islands: ['vote'] });
};

export interface SetGroupPaper extends GroupPaper {
  /** Null for those who write no letters here. */
  readonly form: LetterForm | null;
}

const letters = ({ card, group, letters: page, form }: SetGroupPaper): Html => {
  if (page === null || form === null)
    return html`<p class="small">What its members write of it, they read among themselves.</p>`;
  const place = { paperId: card.paper.id, groupId: group.handle };
  return html`${page.threads.length === 0 ? html`<p class="small">No letters yet. Those written here are read by the group’s members only.</p>` : letterThreads(place, page.threads, form)}
${ownLetter(place, form)}`;
};

/** A paper as the group talks of it. */
export const groupPaperView = (page: SetGroupPaper, frame: Frame): string => {
  const { card, group } = page;
  const { paper } = card;
  const by = bylineText(paper, 12);
  const acts = [
    html`<a href="${href.paper(paper.id)}">Its page for all</a>`,
    may(page, 'propose') && !page.proposed
      ? html`<a href="${href.groupPart(group.handle, 'proposals')}?paper=${encodeURIComponent(paper.id)}">Propose it for a meeting</a>`
      : nothing,
  ];
  const main = html`<h1 class="headline">${plain(paper.title)}</h1>${by === null ? nothing : html`<p class="byline">${by}</p>`}
<p class="meta">${groupVoteButton(card, page, href.groupVote(group.handle, paper.id))}<span>in this group</span>${page.pinned ? html`<span>Put on the front page by the editors</span>` : nothing}${page.proposed ? html`<span>Proposed</span>` : nothing}</p>
<p class="abstract">${plain(paper.abstract)}</p>
<p class="actions">${acts}</p>
${may(page, 'pin') ? html`<form method="post" action="${href.groupPin(group.handle, paper.id)}"><p><button class="button" name="pin" value="${page.pinned ? '0' : '1'}">${page.pinned ? 'Take it off the top of the front page' : 'Put it on top of the front page'}</button></p></form>` : nothing}
<section class="wires letters-section" id="letters" aria-labelledby="h-letters"><h2 class="section" id="h-letters">The group’s letters</h2>${letters(page)}</section>`;
  return groupLayout(page, frame, {
    part: null,
    title: plain(paper.title),
    main,
    islands: page.form === null ? ['vote'] : ['vote', 'letter'],
  });
};
