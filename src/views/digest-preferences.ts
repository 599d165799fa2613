import { dayOf } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import { DIGEST_CAPS, DIGEST_PARTS, type DigestPartName, type Subscription } from '../model/digest.ts';
import type { ActPage, PreferencesPage } from '../model/subscribe-page.ts';
import { href } from '../model/urls.ts';
import { fullDate, shortDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { choose } from './group.ts';
import { layout } from './layout.ts';
import { plain } from './story.ts';
import { zoneChoice, zoneOfBrowser } from './zone.ts';

const page = (frame: Frame, title: string, main: Html, islands: readonly string[] = []): string =>
  layout(frame, {
    head: { title, description: 'The morning mail.', canonical: null },
    section: null,
    main: html`<article class="entry">${main}</article>`,
    islands,
  });

const PARTS: Readonly<Record<DigestPartName, string>> = {
  trending: 'What is trending',
  personal: 'What is near to your library',
  followed: 'Papers by those you follow',
  searches: 'What is new in your saved searches',
  groups: 'What your groups chose',
  changed: 'Changes of papers you saved: new versions, code, withdrawals',
  replies: 'Replies to your letters',
};
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const check = (name: string, value: string, on: boolean, label: string): Html =>
  html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"${on ? html` checked` : nothing}> ${label}</label>`;
const radio = (name: string, value: string, now: string, label: string): Html =>
  html`<label class="choice"><input type="radio" name="${name}" value="${value}"${value === now ? html` checked` : nothing}> ${label}</label>`;

const hour = (n: number): string => `${String(n).padStart(2, '0')}:00`;

/** The fields of all that a subscriber chooses. */
const wishes = (of: Subscription): Html =>
  html`<fieldset><legend>How often</legend>${radio('rhythm', 'daily', of.rhythm, 'On each of the days below')}${radio('rhythm', 'weekly', of.rhythm, 'Once a week, on the first of them')}</fieldset>
<fieldset class="days"><legend>Days</legend>${DAYS.map((name, at) => check('day', String(at + 1), of.days.includes(at + 1), name))}</fieldset>
${choose(
  'hour',
  'Hour',
  String(of.hour),
  Array.from({ length: 24 }, (_, n) => [String(n), hour(n)] as const),
)}
${zoneChoice(of.zone)}
<label>Papers, at most<input name="papers" type="number" min="1" max="${DIGEST_CAPS.papers}" required value="${of.papers}"></label>
${
  of.reader === null
    ? html`<input type="hidden" name="part" value="trending">`
    : html`<fieldset><legend>What it brings</legend>${DIGEST_PARTS.map((part) => check('part', part, of.parts.includes(part), PARTS[part]))}</fieldset>`
}
<fieldset><legend>When there is nothing new</legend>${radio('whenEmpty', 'silence', of.whenEmpty, 'No mail')}${radio('whenEmpty', 'note', of.whenEmpty, 'A short note')}</fieldset>`;

const act = (action: string, wish: string, says: string): Html =>
  html`<form method="post" action="${action}"><button class="button" name="do" value="${wish}">${says}</button></form>`;

const standing = ({ subscription: of, action }: PreferencesPage): Html => {
  switch (of.state) {
    case 'active':
      return html`<p>The next one comes to <strong>${of.address}</strong> on ${nextOf(of)}.</p><div class="row">${act(action, 'pause', 'Pause')}${act(action, 'end', 'Unsubscribe')}</div>`;
    case 'paused':
      return html`<p>Paused: nothing comes to <strong>${of.address}</strong> until you take it up again.</p><div class="row">${act(action, 'resume', 'Take it up again')}${act(action, 'end', 'Unsubscribe')}</div>`;
    case 'bounced':
      return html`<p class="notice">Mail to <strong>${of.address}</strong> came back, so nothing more is sent there. If the address works again, <a href="${href.subscribe}">subscribe anew</a>.</p>`;
    case 'ended':
      return html`<p class="notice">Unsubscribed: nothing comes to <strong>${of.address}</strong>.</p><div class="row">${act(action, 'resume', 'Subscribe again')}</div>`;
  }
};

/** `Monday 23 November 2026, 06:00 (Europe/Berlin)` */
const nextOf = ({ nextAt, zone }: Subscription): string => {
  const at = Temporal.Instant.fromEpochMilliseconds(nextAt).toZonedDateTimeISO(zone);
  return `${fullDate(at.toPlainDate().toString())}, ${at.toPlainTime().toString({ smallestUnit: 'minute' })} (${zone.replaceAll('_', ' ')})`;
};

const sentList = ({ sent, copies }: PreferencesPage): Html =>
  sent.length === 0
    ? nothing
    : html`<section class="block" aria-labelledby="sent"><h2 class="section" id="sent">Sent lately</h2><ul class="plain">${sent.map(
        ({ id, localDay, sentAt }) =>
          html`<li><a href="${copies}/${encodeURIComponent(id)}">${fullDate(localDay)}</a>${sentAt === null ? nothing : html` <span class="small">sent ${time(dayOf(sentAt), shortDate(dayOf(sentAt)))}</span>`}</li>`,
      )}</ul></section>`;

/** All of a subscription, to be seen and changed. */
export const preferencesView = (of: PreferencesPage, frame: Frame): string =>
  page(
    frame,
    'The morning mail',
    html`<h1 class="title">The morning mail</h1>${of.said === null ? nothing : html`<p class="notice" role="${of.said.wrong ? 'alert' : 'status'}">${of.said.says}</p>`}
${standing(of)}
<form class="wishes" method="post" action="${of.action}">${wishes(of.subscription)}<button class="button" name="do" value="save">Save</button></form>
${of.subscription.reader === null && frame.accounts ? html`<p class="small">With <a href="${href.signIn(href.digest)}">an account</a> it also brings what you follow, your saved searches and your groups.</p>` : nothing}
<p class="actions">${frame.reader !== null && of.subscription.reader === frame.reader.id ? html`<a href="${href.digestPreview}">See tomorrow’s now</a><a href="${href.searches}">Saved searches</a>` : nothing}</p>${sentList(of)}`,
  );

/** `/digest` for a reader without one. */
export const noDigestView = (
  { address, byMail }: { readonly address: string | null; readonly byMail: boolean },
  frame: Frame,
): string =>
  page(
    frame,
    'The morning mail',
    html`<h1 class="title">The morning mail</h1><p class="prose">The day’s papers in your mail: what is trending, what those you follow wrote, what is new in your saved searches and groups, each with its reason.</p>
${
  !byMail
    ? html`<p class="notice">This instance sends no mail.</p>`
    : frame.accounts && address === null
      ? html`<p class="notice">Your account has no mail address yet: <a href="${href.account}#address">give it one</a> first.</p>`
      : frame.accounts
        ? html`<form method="post" action="${href.digest}">${zoneOfBrowser}<button class="button" name="do" value="begin">Send it to ${address}</button></form>`
        : html`<form class="fields" method="post" action="${href.subscribe}"><label for="email">Your mail address</label><input id="email" name="email" type="email" required maxlength="254" autocomplete="email">${zoneOfBrowser}<button class="button">Subscribe</button></form>`
}<p class="actions"><a href="${href.digestPreview}">See what it would bring now</a></p>`,
    ['zone'],
  );

/** Where the link of a mail asks whether to end it: only the button does. */
export const unsubscribeView = (
  {
    address,
    ended,
    action,
    preferences,
  }: {
    readonly address: string;
    readonly ended: boolean;
    readonly action: string;
    readonly preferences: string;
  },
  frame: Frame,
): string =>
  page(
    frame,
    'Unsubscribe',
    ended
      ? html`<h1 class="title">Unsubscribed</h1><p class="prose" role="status">No more morning mail comes to <strong>${address}</strong>.</p><div class="row">${act(preferences, 'resume', 'That was a mistake: subscribe again')}</div>`
      : html`<h1 class="title">Unsubscribe</h1><p class="prose">No more morning mail to <strong>${address}</strong>?</p><form method="post" action="${action}"><button class="button" name="do" value="end">Unsubscribe</button></form><p class="small">Or <a href="${preferences}">fewer mails, or fewer papers</a>.</p>`,
  );

/** Where the links below a paper of a mail lead: only the button does what they say, so what looks at links in mails does nothing. */
export const actView = ({ verb, title, paperId, asked, done, action }: ActPage, frame: Frame): string => {
  const [asks, says, did] =
    verb === 'vote'
      ? ['Vote for a paper', 'Vote', 'Your vote counts.']
      : ['Save a paper', 'Save', 'It is in your library.'];
  return page(
    frame,
    asks,
    html`<h1 class="title">${done ? did : asks}</h1><p class="prose"${done ? html` role="status"` : nothing}><a href="${href.paper(paperId)}">${plain(title)}</a></p>
${done ? nothing : html`<form method="post" action="${action}"><input type="hidden" name="paper" value="${asked}"><button class="button">${says}</button></form>`}`,
  );
};
