import { type Html, html, nothing } from '../kernel/html.ts';
import type { Digest, DigestLinks, RenderedDigest } from '../model/digest.ts';
import { href } from '../model/urls.ts';
import { fullDate } from './dates.ts';
import {
  CHANGES_HEADING,
  changeText,
  emptyText,
  folioOf,
  headingOf,
  isEmpty,
  REPLIES_HEADING,
  reasonText,
} from './digest-words.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { plain, story } from './story.ts';

const LEAD_LIMIT = 900;
const LIMIT = 300;

const section = (id: string, heading: string, items: readonly Html[]): Html =>
  html`<section class="block" aria-labelledby="${id}"><h2 class="section" id="${id}">${heading}</h2>${items}</section>`;

const body = (digest: Digest, frame: Frame): Html => {
  let at = 0;
  const parts = digest.parts.map((part) =>
    section(
      `part-${part.part}`,
      headingOf(digest, part),
      part.entries.map((one) =>
        story(one.card, frame, {
          level: 3,
          limit: at++ === 0 ? LEAD_LIMIT : LIMIT,
          after: html`<p class="small reason">${reasonText(one)}</p>`,
        }),
      ),
    ),
  );
  const changes = digest.changes.map((one) =>
    story(one.card, frame, { level: 3, limit: 0, after: html`<p class="small reason">${changeText(one)}</p>` }),
  );
  const replies = digest.replies.map(
    ({ by, title, excerpt, paperId, letterId }) =>
      html`<article class="story"><h3><a href="${href.letterAt(paperId, letterId)}">${by} on ${plain(title)}</a></h3><p class="standfirst">${excerpt}</p></article>`,
  );
  return html`${parts}${changes.length === 0 ? nothing : section('part-changed', CHANGES_HEADING, changes)}${replies.length === 0 ? nothing : section('part-replies', REPLIES_HEADING, replies)}${isEmpty(digest) ? html`<p class="empty">${emptyText(digest)}</p>` : nothing}`;
};

const sheet = (digest: Digest, frame: Frame, title: string, main: Html): string => {
  const [left, right] = folioOf(digest);
  return layout(frame, {
    head: { title, description: 'The morning mail.', canonical: null },
    section: null,
    folio: html`${left}${right === '' ? nothing : html` · <span class="number">${right}</span>`}`,
    islands: ['vote'],
    main,
  });
};

/** A digest that was sent, to be read on the web. */
export const digestCopyView = (
  { digest, links }: { readonly digest: Digest; readonly links: Pick<DigestLinks, 'preferences' | 'unsubscribe'> },
  frame: Frame,
): string =>
  sheet(
    digest,
    frame,
    digest.title,
    html`<article class="digest"><h1 class="title">${fullDate(digest.localDay)}</h1><p class="note">The copy of a mail that was sent to ${digest.address}.</p>${body(digest, frame)}
<p class="actions"><a href="${links.preferences}">Preferences</a><a href="${links.unsubscribe}">Unsubscribe</a></p></article>`,
  );

/** What the next digest would be now, and the mail it would be in plain text. */
export const digestPreviewView = (
  { digest, mail }: { readonly digest: Digest; readonly mail: RenderedDigest },
  frame: Frame,
): string =>
  sheet(
    digest,
    frame,
    'The next morning mail',
    html`<article class="digest"><h1 class="title">The next morning mail</h1><p class="note">As it would be now. Nothing is sent by looking. <a href="${href.digest}">Change what it brings</a></p>
<p><strong>${mail.subject}</strong></p>${body(digest, frame)}
<details><summary>As plain text</summary><pre class="plain-mail">${mail.text}</pre></details>
<p class="actions"><a href="${href.digestPreview}?as=html" download="digest.html">The mail as HTML</a></p></article>`,
  );
