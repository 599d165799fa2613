import { type Html, html, nothing, raw } from '../kernel/html.ts';
import type { GroupFront, GroupPaper } from '../model/group-page.ts';
import type { Letter } from '../model/letter.ts';
import type { Rendered } from '../model/letter-page.ts';
import { href } from '../model/urls.ts';
import { count, moment, shortDate } from './dates.ts';
import type { Frame } from './frame.ts';
import { groupLayout, groupStory, groupVoteButton, may, paragraphs, trouble } from './group.ts';
import { when } from './journal-club.ts';
import { letterBody } from './letters.ts';
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
  /** In the order of `letters`. */
  readonly rendered: readonly Rendered[];
  /** The letter that is answered; null for one of its own. */
  readonly answers: Letter | null;
  readonly key: string;
  readonly body: string;
  readonly problem: string | null;
  readonly reader: string;
}

const letterForm = (page: SetGroupPaper): Html => {
  const { paper } = page.card;
  const to = page.answers;
  return html`<form class="shelf club" id="write" method="post" action="${href.groupLetters(page.group.handle, paper.id)}">
<h3>${to === null ? 'Write a letter to the group' : html`Answer ${to.author.name}’s letter`}</h3>${trouble(page.problem)}
<label>Your letter, in Markdown<textarea name="body" rows="7" required>${raw('\n')}${page.body}</textarea></label>
<input type="hidden" name="key" value="${page.key}">${to === null ? nothing : html`<input type="hidden" name="parent" value="${to.id}">`}
<p><button class="button" name="do" value="send">Send to the group</button></p></form>`;
};

const letters = (page: SetGroupPaper): Html => {
  const { paper } = page.card;
  if (page.letters === null)
    return html`<p class="small">What its members write of it, they read among themselves.</p>`;
  const at = href.groupPaper(page.group.handle, paper.id);
  const nameOf = new Map(page.letters.map((letter) => [letter.id, letter.author.name]));
  return html`${
    page.letters.length === 0
      ? html`<p class="small">No letters yet. Those written here are read by the group’s members only.</p>`
      : html`<ol class="thread">${page.letters.map(
          (
            letter,
            n,
          ) => html`<li><article class="letter" id="letter-${letter.id}" aria-label="Letter by ${letter.author.name}">
<p class="letter-head"><span class="who">${letter.author.name}</span>${letter.parentId === null || !nameOf.has(letter.parentId) ? nothing : html`<a href="#letter-${letter.parentId}">to ${nameOf.get(letter.parentId)}</a>`}${moment(letter.createdAt)}</p>
${page.rendered[n] === undefined ? nothing : letterBody(page.rendered[n])}
<div class="letter-actions"><a rel="nofollow" href="${at}?answer=${letter.id}#write">Answer<span class="hidden"> ${letter.author.name}’s letter</span></a>${letter.author.id === page.reader ? html`<form method="post" action="${href.groupLetters(page.group.handle, paper.id)}"><input type="hidden" name="letter" value="${letter.id}"><button class="plain-button" name="do" value="delete">Delete</button></form>` : nothing}</div>
</article></li>`,
        )}</ol>`
  }
${letterForm(page)}`;
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
  return groupLayout(page, frame, { part: null, title: plain(paper.title), main, islands: ['vote'] });
};
