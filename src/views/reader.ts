import { dayOf } from '../kernel/day.ts';
import { html, nothing } from '../kernel/html.ts';
import type { ReaderPage } from '../model/account-page.ts';
import { href } from '../model/urls.ts';
import { fullDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

const TITLES: Readonly<Record<string, string>> = {
  trusted: 'Trusted reader',
  moderator: 'Moderator',
  operator: 'Operator',
};

/** What a reader who left is called wherever something of theirs stays. */
export const LEFT = 'A reader who left';

/** A reader, as others see them. */
export const readerView = ({ reader, left }: ReaderPage, frame: Frame): string => {
  const name = left ? LEFT : reader.name;
  const joined = dayOf(reader.createdAt);
  return layout(frame, {
    head: { title: name, description: `${name}, reader of ${frame.masthead}.`, canonical: null },
    section: null,
    main: html`<article class="entry"><h1 class="title">${name}</h1>
${
  left
    ? html`<p class="prose">What they wrote stays; nothing else of them is kept.</p>`
    : html`<p class="byline">@${reader.handle} · ${TITLES[reader.role] ?? 'Reader'} since ${time(joined, fullDate(joined))}</p>`
}
${frame.reader?.id === reader.id && frame.accounts ? html`<p class="prose">This is you. <a href="${href.account}">Your account</a></p>` : nothing}</article>`,
  });
};
