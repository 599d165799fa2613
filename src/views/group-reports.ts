import { html, nothing } from '../kernel/html.ts';
import type { GroupReports } from '../model/group-page.ts';
import { href } from '../model/urls.ts';
import { moment } from './dates.ts';
import { deedForm, deedsFor, plainDeed } from './deed.ts';
import type { Frame } from './frame.ts';
import { groupLayout } from './group.ts';
import { personLink } from './submission.ts';

/** `/groups/{handle}/reports`: what members have reported, for the group's editors. */
export const groupReportsView = (page: GroupReports, frame: Frame): string => {
  const at = href.groupPart(page.group.handle, 'reports');
  return groupLayout(page, frame, {
    part: 'reports',
    title: 'Reports',
    main: html`<h1 class="title">Reports</h1>
<p class="standfirst">Letters of the group that somebody has reported. The moderators of ${frame.masthead} see them too; what is done stands in their log, and tells others neither whose letter it was nor why.</p>
${
  page.matters.length === 0
    ? html`<p>No letter waits.</p>`
    : html`<ol class="matters">${page.matters.map(({ letter, reports }) => {
        const to = { kind: 'letter', target: letter.id, whose: `the letter of ${letter.author.name}` } as const;
        return html`<li class="matter"><p><a href="${href.groupPaper(page.group.handle, letter.paperId)}">A letter</a> of ${personLink(letter.author)}, ${moment(letter.createdAt)}${letter.state === 'open' ? nothing : html`, <b>${letter.state}</b>`}</p>
<blockquote class="plainly">${letter.body}</blockquote>
${reports.length === 0 ? nothing : html`<ul class="plain">${reports.map((one) => html`<li>${personLink(one.by)}: ${one.reason} <span class="small">${moment(one.at)}</span></li>`)}</ul>`}
${deedForm(to, deedsFor(letter.state), nothing, at)}${reports.length === 0 ? nothing : plainDeed(to, ['settle', 'Leave it as it is'], at)}</li>`;
      })}</ol>`
}`,
  });
};
