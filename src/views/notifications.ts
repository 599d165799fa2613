import { type Html, html, nothing } from '../kernel/html.ts';
import type { Notification, NotificationKind, NotificationsPage } from '../model/notification.ts';
import { href } from '../model/urls.ts';
import { moment } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { plain } from './story.ts';

const SAYS: Readonly<Record<NotificationKind, string>> = {
  reply: 'answered your letter on',
  mention: 'named you in a letter on',
  paper: 'wrote a letter on your paper',
};

const item = (one: Notification): Html => {
  const place = href.letterPlace({ id: one.letterId, paperId: one.paperId, groupId: one.groupId });
  return html`<li><p>${one.unread ? html`<b>New.</b> ` : nothing}${one.by} ${SAYS[one.kind]} <a href="${place}">${plain(one.title)}</a>${one.groupId === null ? nothing : html` in <a href="${href.group(one.groupId)}">your group</a>`}. <span class="small">${moment(one.at)}</span></p>
<p class="standfirst">${one.excerpt}</p></li>`;
};

const turn = ({ page, more }: NotificationsPage): Html =>
  page === 1 && !more
    ? nothing
    : html`<nav class="turn" aria-label="Pages">${page > 1 ? html`<a rel="prev" class="earlier" href="${href.notifications(page - 1)}">Newer</a>` : nothing}${more ? html`<a rel="next" class="later" href="${href.notifications(page + 1)}">Older</a>` : nothing}</nav>`;

/** `/notifications`: the letters a reader is told of. */
export const notificationsView = (page: NotificationsPage, frame: Frame): string =>
  layout(frame, {
    head: {
      title: 'Letters to you',
      description: 'Answers to your letters, and letters that name you.',
      canonical: null,
    },
    section: null,
    main: html`<h1 class="title">Letters to you</h1>
<p class="standfirst">Answers to your letters, letters that name you, and letters on papers that are yours.</p>
${
  page.unread === 0 || page.until === null || page.page > 1
    ? nothing
    : html`<form method="post" action="${href.notifications()}"><input type="hidden" name="until" value="${page.until}"><p class="actions"><button class="button">Mark all as read</button></p></form>`
}
${page.items.length === 0 ? html`<p>${page.page === 1 ? 'Nobody has written to you yet.' : 'There is nothing further back.'}</p>` : html`<ol class="plain">${page.items.map(item)}</ol>`}
${turn(page)}`,
  });
