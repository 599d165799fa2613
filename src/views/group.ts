import { type Html, html, nothing, raw } from '../kernel/html.ts';
import { type GroupAction, type GroupRole, mayInGroup } from '../model/group.ts';
import type { InGroup, PaperInGroup } from '../model/group-page.ts';
import type { Paper, PaperCard } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { count, number, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout, type Sheet } from './layout.ts';
import { bylineText, plain, type StoryShape, standfirst } from './story.ts';

/** What all pages of a group share: its own masthead, its sections, and votes inside it. */

export const may = ({ group, standing }: InGroup, action: GroupAction): boolean =>
  mayInGroup(group.visibility, standing, action);

export type Part = 'front' | 'agenda' | 'proposals' | 'members' | 'reports' | 'settings';

const parts = (page: InGroup, part: Part | null): Html => {
  const { handle } = page.group;
  const all: readonly (readonly [Part, string, string, boolean])[] = [
    ['front', 'Front page', href.group(handle), true],
    ['agenda', 'Agenda', href.groupPart(handle, 'agenda'), true],
    ['proposals', 'Proposals', href.groupPart(handle, 'proposals'), true],
    ['members', 'Members', href.groupPart(handle, 'members'), may(page, 'vote')],
    ['reports', 'Reports', href.groupPart(handle, 'reports'), may(page, 'tend')],
    ['settings', 'Settings', href.groupPart(handle, 'settings'), may(page, 'edit')],
  ];
  return html`<nav class="sections within" aria-label="${page.group.name}"><ul>${all
    .filter(([, , , open]) => open)
    .map(
      ([id, label, to]) =>
        html`<li><a href="${to}"${id === part ? html` aria-current="page"` : nothing}>${label}</a></li>`,
    )}</ul></nav>`;
};

/** A page under the group's own masthead. */
export const groupLayout = (
  page: InGroup,
  frame: Frame,
  {
    part,
    title,
    main,
    front = false,
    islands,
  }: { part: Part | null; title: string; main: Html; front?: boolean } & Pick<Sheet, 'islands'>,
): string =>
  layout(
    { ...frame, group: { name: page.group.name, href: href.group(page.group.handle) } },
    {
      head: {
        title: title === '' ? page.group.name : `${title} · ${page.group.name}`,
        description: `${page.group.name}: a group of readers.`,
        canonical: null,
        ...(front && page.group.visibility === 'public' ? { feed: href.group(page.group.handle) } : {}),
      },
      section: null,
      front,
      folio: html`${page.group.visibility === 'private' ? 'For its members' : 'A group of readers'}`,
      tally: html`<a href="${href.home}">${frame.masthead}</a>`,
      ...(islands === undefined ? {} : { islands }),
      main: html`${parts(page, part)}${main}`,
    },
  );

/** On a paper's page: what the reader's groups have of it. */
export const inGroupsBlock = (groups: readonly PaperInGroup[], paper: Pick<Paper, 'id'>): Html =>
  groups.length === 0
    ? nothing
    : html`<section class="block" aria-labelledby="h-groups"><h2 class="section" id="h-groups">In your groups</h2><ul class="plain">${groups.map(
        ({ handle, name, proposed, meetings, letters, votes }) => {
          const said = [
            proposed ? 'proposed' : '',
            meetings === 0 ? '' : count(meetings, 'meeting'),
            votes === 0 ? '' : count(votes, 'vote'),
            letters === 0 ? '' : count(letters, 'letter'),
          ].filter((one) => one !== '');
          return html`<li><a href="${href.groupPaper(handle, paper.id)}">${name}</a> <span class="small">${said.length === 0 ? 'not taken up' : said.join(', ')}</span></li>`;
        },
      )}</ul></section>`;

/** The same button as everywhere (decision 0042), of the page's one form, to the group's address. */
export const groupVoteButton = (
  { paper, votes, voted }: Pick<PaperCard, 'paper' | 'votes' | 'voted'>,
  page: InGroup,
  address: string,
  what = 'Vote in this group for',
): Html => {
  const said = count(votes, 'vote');
  if (!may(page, 'vote')) return votes === 0 ? nothing : html`<span class="tally">${said}</span>`;
  return html`<button class="vote" form="vote" formaction="${address}" name="vote" value="${voted ? '0' : '1'}" aria-pressed="${voted ? 'true' : 'false'}" aria-label="${said}. ${what} ${plain(paper.title)}"><span>${votes === 0 ? nothing : number(votes)}</span></button>`;
};

/** A paper as the group sees it: its title leads to the group's page of it, its votes are the group's. */
export const groupStory = (
  card: PaperCard,
  page: InGroup,
  { level, limit, className = 'story', pinned = false }: StoryShape & { readonly pinned?: boolean },
): Html => {
  const { paper } = card;
  const by = bylineText(paper);
  const link = paperLine(card, page);
  return html`<article class="${className}">
${pinned ? html`<p class="kicker">Put here by the editors</p>` : nothing}${level === 2 ? html`<h2>${link}</h2>` : html`<h3>${link}</h3>`}
${limit === 0 || paper.abstract === '' ? nothing : html`<p class="standfirst">${standfirst(plain(paper.abstract), limit)}</p>`}
<p class="meta">${groupVoteButton(card, page, href.groupVote(page.group.handle, paper.id))}${paper.withdrawn ? html`<span class="withdrawn">Withdrawn</span>` : nothing}${paper.published === null ? nothing : time(paper.published)}${by === null ? nothing : html`<span class="by">${by}</span>`}</p>
</article>`;
};

export const paperLine = (card: PaperCard, page: InGroup): Html =>
  html`<a href="${href.groupPaper(page.group.handle, card.paper.id)}">${plain(card.paper.title)}</a>`;

export const ROLE_NAMES: Readonly<Record<GroupRole, string>> = { member: 'Member', editor: 'Editor', chair: 'Chair' };

/** Plain text in paragraphs, as its lines are. */
export const paragraphs = (text: string): Html =>
  html`${text
    .split(/\n{2,}/)
    .filter((part) => part.trim() !== '')
    .map((part) => html`<p>${part.split('\n').map((line, n) => (n === 0 ? line : html`<br>${line}`))}</p>`)}`;

export const shortAbout = (text: string): string => standfirst(text.replace(/\s+/g, ' '), 200);

/** A field under its label. */
export const field = (name: string, label: string, value: string, rest: Html = nothing): Html =>
  html`<label>${label}<input name="${name}" value="${value}" autocomplete="off"${rest}></label>`;

export const area = (name: string, label: string, value: string, rows: number, most: number): Html =>
  html`<label>${label}<textarea name="${name}" rows="${rows}" maxlength="${most}">${raw('\n')}${value}</textarea></label>`;

export const choose = (
  name: string,
  label: string,
  now: string,
  options: readonly (readonly [value: string, label: string])[],
): Html =>
  html`<label>${label}<select name="${name}">${options.map(
    ([value, said]) => html`<option value="${value}"${value === now ? html` selected` : nothing}>${said}</option>`,
  )}</select></label>`;

export const trouble = (problem: string | null): Html =>
  problem === null ? nothing : html`<p class="notice" role="alert">${problem}</p>`;
