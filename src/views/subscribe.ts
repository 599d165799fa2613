import { type Html, html, nothing } from '../kernel/html.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { zoneChoice, zoneOfBrowser } from './zone.ts';

const page = (frame: Frame, title: string, main: Html, islands: readonly string[] = []): string =>
  layout(frame, {
    head: { title, description: 'The morning mail.', canonical: null },
    section: null,
    main: html`<article class="entry"><h1 class="title">${title}</h1>${main}</article>`,
    islands,
  });

const PROMISE = 'Free of pictures and trackers, never twice the same paper, and one click to end it.';

const form = (id: string, zone: Html): Html =>
  html`<form class="fields" method="post" action="${href.subscribe}"><label for="${id}">Your mail address</label><input id="${id}" name="email" type="email" required maxlength="254" autocomplete="email" inputmode="email">${zone}<button class="button">Subscribe</button></form>`;

/** The box on the front page, with the island `zone`. Nothing for who is signed in (the link in the account does more), or where no mail is sent. */
export const subscribeBox = ({ byMail, reader, accounts }: Frame): Html =>
  byMail !== true || (accounts && reader !== null)
    ? nothing
    : html`<section class="subscribe" aria-labelledby="subscribe"><h2 class="section" id="subscribe">By mail</h2><p>The day’s papers at breakfast, each with the reason it is there.</p>${form('subscribe-email', zoneOfBrowser)}</section>`;

/** `/subscribe` */
export const subscribeView = (
  {
    byMail,
    problem,
    zone,
  }: {
    readonly byMail: boolean;
    readonly problem: string | null;
    /** IANA time zone of the editions. */
    readonly zone: string;
  },
  frame: Frame,
): string =>
  page(
    frame,
    'The morning mail',
    byMail
      ? html`${problem === null ? nothing : html`<p class="notice" role="alert">${problem}</p>`}<p class="prose">The day’s papers in your mail, at the hour you choose, each with the reason it is there. ${PROMISE}</p>${form('email', zoneChoice(zone, { theirs: true }))}
<p class="small">A letter comes first that asks whether the address is yours. Then ten papers come each morning at six, until you change hour, days or number.${frame.accounts && frame.reader === null ? html` With <a href="${href.signIn(href.digest)}">an account</a> it also brings what you follow, your saved searches and your groups.` : nothing}</p>`
      : html`<p class="prose">This instance sends no mail. Read <a href="${href.home}">the front page</a> instead.</p>`,
    byMail ? ['zone'] : [],
  );

/** After an address was given: the same for every address. */
export const subscribeSentView = ({ email }: { readonly email: string }, frame: Frame): string =>
  page(
    frame,
    'Look at your mail',
    html`<p class="prose">A letter is on its way to <strong>${email}</strong>. Open the link in it within a week and press the button you find there.</p>
<p class="small">Nothing there? Look among the unwanted letters, or <a href="${href.subscribe}">ask again</a>.</p>`,
  );

/** Where the link of that letter leads: only the button subscribes. */
export const confirmSubscriptionView = ({ token }: { readonly token: string }, frame: Frame): string =>
  page(
    frame,
    'The morning mail',
    html`<form class="fields" method="post" action="${href.subscribeConfirm()}"><input type="hidden" name="t" value="${token}"><p class="prose">The day’s papers, to the address that letter came to.</p><button class="button">Yes, send it to me</button></form><p class="small">${PROMISE}</p>`,
  );
