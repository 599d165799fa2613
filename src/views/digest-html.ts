import { type Html, html, nothing, raw, safeUrl } from '../kernel/html.ts';
import type { Digest, DigestChange, DigestEntry, DigestLinks, DigestReply } from '../model/digest.ts';
import {
  CHANGES_HEADING,
  changeText,
  emptyText,
  folioOf,
  headingOf,
  isEmpty,
  preheaderOf,
  REPLIES_HEADING,
  ROOMS,
  type Room,
  reasonText,
  roomFor,
  summaryOf,
} from './digest-words.ts';
import { bylineText, plain } from './story.ts';

/**
 * Mail programs read little of what browsers do: tables for Outlook, styles on each element for those that drop `<style>`,
 * classes for what only `<style>` can say (dark, narrow). No pictures, nothing fetched.
 */

const SERIF = 'font-family:Charter,Cambria,Georgia,serif';
const SANS = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const [PAPER, INK, INK_2, INK_3, RULE, SPOT, LINK] = [
  '#fbf9f4',
  '#1a1815',
  '#45403a',
  '#665f56',
  '#d9d2c4',
  '#9c2a1f',
  '#1f4e79',
];

/** The late edition: the colours of `styles/tokens.css`. Outlook on the web marks what it turned dark itself. */
const DARK: Readonly<Record<string, string>> = {
  '.p': 'background:#161513!important',
  '.i': 'color:#ebe6dc!important',
  '.j': 'color:#c3bcaf!important',
  '.k': 'color:#9f978a!important',
  '.s': 'color:#f08a75!important',
  '.l': 'color:#9cc3ea!important',
  '.r': 'border-color:#38342e!important',
  '.d': 'border-color:#ebe6dc!important',
};
const rules = (before: string): string =>
  Object.entries(DARK)
    .map(([name, says]) => `${before}${name}{${says}}`)
    .join('');
const STYLE = raw(
  `<style>:root{color-scheme:light dark;supported-color-schemes:light dark}body{margin:0}a:hover{text-decoration:underline!important}@media(max-width:480px){.n{font-size:38px!important}.h{font-size:25px!important}.o{padding-left:16px!important;padding-right:16px!important}}@media(prefers-color-scheme:dark){${rules('')}}${rules('[data-ogsc] ')}</style>`,
);
/** Word, which Outlook sets mail with, knows no `max-width`. */
const OUTLOOK_OPEN = raw(
  '<!--[if mso]><table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0"><tr><td><![endif]-->',
);
const OUTLOOK_CLOSE = raw('<!--[if mso]></td></tr></table><![endif]-->');
/** Keeps what follows out of the line beside the subject. */
const AFTER_PREHEADER = raw('&#847;&zwnj;&nbsp;'.repeat(48));

const row = (padding: string, inner: Html): Html =>
  html`<tr><td class="o k" style="padding:${padding};${SANS};font-size:13px;line-height:19px;color:${INK_3}">${inner}</td></tr>
`;

const masthead = (digest: Digest, links: DigestLinks): Html => {
  const [left, right] = folioOf(digest);
  return html`<tr><td class="o d" align="center" style="padding:28px 24px 12px;border-bottom:3px double ${INK}"><h1 style="margin:0;font-weight:bold"><a class="i n" href="${safeUrl(links.home)}" style="${SERIF};font-size:48px;line-height:1.05;letter-spacing:-1px;color:${INK};text-decoration:none">${digest.masthead}</a></h1></td></tr>
<tr><td class="o r" style="padding:8px 24px;border-bottom:1px solid ${RULE}"><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td class="k" align="left" style="${SANS};font-size:13px;line-height:20px;color:${INK_3}">${left}</td><td class="k" align="right" style="${SANS};font-size:13px;line-height:20px;color:${INK_3}">${right}</td></tr></table></td></tr>
`;
};

const heading = (text: string): Html =>
  row(
    '28px 24px 0',
    html`<h2 class="s d" style="margin:0;padding-top:8px;border-top:2px solid ${INK};font-size:13px;line-height:20px;letter-spacing:.6px;text-transform:uppercase;color:${SPOT}">${text}</h2>`,
  );

/** 44 pixels high, for fingers. The heading above says what they are about. */
const acts = (...links: readonly (readonly [to: string, says: string])[]): Html =>
  html`<p style="margin:0;font-size:14px;line-height:24px;font-weight:bold">${links.map(([to, says]) => html`<a class="l" href="${safeUrl(to)}" style="display:inline-block;padding:10px 22px 10px 0;color:${LINK};text-decoration:none">${says}</a>`)}</p>`;

const titleLink = (to: string, title: string, lead: boolean): Html =>
  html`<h3 style="margin:0;font-weight:bold"><a class="i${lead ? ' h' : ''}" dir="auto" href="${safeUrl(to)}" style="${SERIF};font-size:${lead ? '30px;line-height:1.15;letter-spacing:-.4px' : '20px;line-height:1.25'};color:${INK};text-decoration:none">${title}</a></h3>`;

const small = (text: string, style = ''): Html => html`<p style="margin:6px 0 0${style}">${text}</p>`;

const entry = (one: DigestEntry, links: DigestLinks, { lead, summary }: { lead: boolean; summary: string }): Html => {
  const { paper } = one.card;
  const title = plain(paper.title);
  const kicker = paper.organisation?.name ?? paper.categories[0];
  const by = bylineText(paper);
  return row(
    lead ? '18px 24px 0' : '20px 24px 0',
    html`${kicker === undefined ? nothing : html`<p class="s" style="margin:0 0 3px;color:${SPOT}">${kicker}</p>`}${titleLink(links.paper(paper.id), title, lead)}${by === null ? nothing : small(by)}${
      summary === ''
        ? nothing
        : html`<p class="j" dir="auto" style="${SERIF};margin:8px 0 0;font-size:${lead ? 18 : 16}px;line-height:1.5;color:${INK_2}">${summary}</p>`
    }${small(reasonText(one), ';font-style:italic')}${acts([links.paper(paper.id), 'Read'], ...(links.vote === null ? [] : [[links.vote(paper.id), 'Vote'] as const]), ...(links.save === null ? [] : [[links.save(paper.id), 'Save'] as const]))}`,
  );
};

const change = (one: DigestChange, links: DigestLinks): Html => {
  const { paper } = one.card;
  return row(
    '18px 24px 0',
    html`${titleLink(links.paper(paper.id), plain(paper.title), false)}${small(changeText(one))}`,
  );
};

const reply = ({ by, title, excerpt, paperId, letterId }: DigestReply, links: DigestLinks): Html =>
  row(
    '18px 24px 0',
    html`<p class="i" style="margin:0;font-size:14px;line-height:20px;color:${INK}"><b>${by}</b> on <a class="l" href="${safeUrl(links.paper(paperId))}" style="color:${LINK}">${plain(title)}</a></p><p class="j" dir="auto" style="${SERIF};margin:6px 0 0;font-size:16px;line-height:1.5;color:${INK_2}">${excerpt}</p>${acts([links.letter(paperId, letterId), 'Read and answer'])}`,
  );

const nothingNew = (digest: Digest, links: DigestLinks): Html =>
  row(
    '32px 24px 8px',
    html`<p class="i" style="${SERIF};margin:0;font-size:20px;line-height:1.45;color:${INK}">${emptyText(digest)}</p>${acts([links.home, 'To the front page'])}`,
  );

const foot = (digest: Digest, links: DigestLinks): Html => {
  const link = (to: string, says: string): Html =>
    html`<a class="l" href="${safeUrl(to)}" style="display:inline-block;padding:9px 18px 9px 0;color:${LINK}">${says}</a>`;
  return html`<tr><td class="o" style="padding:36px 24px 40px"><div class="d k" style="${SANS};padding-top:14px;border-top:3px double ${INK};font-size:13px;line-height:24px;color:${INK_3}">${link(links.copy, 'Read on the web')}${link(links.preferences, 'Preferences')}${link(links.unsubscribe, 'Unsubscribe')}<br>Sent to ${digest.address}, as asked for.</div></td></tr>
`;
};

const documentOf = (digest: Digest, links: DigestLinks, room: Room): string => {
  let at = 0;
  const parts = digest.parts.map((part) => [
    heading(headingOf(digest, part)),
    ...part.entries.map((one) => {
      const summary = summaryOf(one, at, room);
      return entry(one, links, { lead: at++ === 0, summary });
    }),
  ]);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${digest.title}</title>
${STYLE}
</head>
<body class="p" style="margin:0;padding:0;background:${PAPER};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:${PAPER}">${preheaderOf(digest)}${AFTER_PREHEADER}</div>
<div role="article" aria-roledescription="mail" aria-label="${digest.title}" lang="en"><table role="presentation" class="p" width="100%" cellpadding="0" cellspacing="0" bgcolor="${PAPER}" style="background:${PAPER}"><tr><td align="center">
${OUTLOOK_OPEN}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;text-align:left">
${masthead(digest, links)}${parts}${digest.changes.length === 0 ? nothing : [heading(CHANGES_HEADING), ...digest.changes.map((one) => change(one, links))]}${digest.replies.length === 0 ? nothing : [heading(REPLIES_HEADING), ...digest.replies.map((one) => reply(one, links))]}${isEmpty(digest) ? nothingNew(digest, links) : nothing}${foot(digest, links)}</table>${OUTLOOK_CLOSE}
</td></tr></table></div>
</body>
</html>
`.toString();
};

/** Gmail shows 102 kB of a mail; what is above is behind a link. Bytes. */
const MOST_BYTES = 98_000;

/** The mail as HTML; where it would be too long for mail services, with less of the abstracts. */
export const digestHtml = (digest: Digest, links: DigestLinks): string => {
  let document = '';
  for (let room = roomFor(digest); room < ROOMS.length; room++) {
    document = documentOf(digest, links, room);
    if (Buffer.byteLength(document) <= MOST_BYTES) break;
  }
  return document;
};
