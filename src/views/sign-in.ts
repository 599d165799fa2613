import { type Html, html, nothing } from '../kernel/html.ts';
import type { LinkPage, SignInPage } from '../model/account-page.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

const SITES: Readonly<Record<string, string>> = { github: 'GitHub', orcid: 'ORCID', huggingface: 'Hugging Face' };

/** What a site to sign in with is called. */
export const siteTitle = (name: string): string => SITES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);

export const siteButton = (site: string, onward: string, says: string, link = false): Html =>
  html`<form method="post" action="${href.signInWith(site)}"><input type="hidden" name="onward" value="${onward}">${link ? html`<input type="hidden" name="link" value="1">` : nothing}<button class="button">${says} ${siteTitle(site)}</button></form>`;

const head = (title: string) => ({ title, description: 'Signing in.', canonical: null });

/** A page of one column about signing in. */
const page = (frame: Frame, title: string, main: Html, islands: readonly string[] = []): string =>
  layout(frame, {
    head: head(title),
    section: null,
    main: html`<article class="entry"><h1 class="title">${title}</h1>${main}</article>`,
    islands,
  });

const byMail = ({ onward }: SignInPage): Html =>
  html`<form class="fields" method="post" action="${href.signIn()}"><input type="hidden" name="onward" value="${onward}">
<label for="email">Your mail address</label>
<input id="email" name="email" type="email" required maxlength="254" autocomplete="username webauthn" inputmode="email">
<button class="button">Send a link</button></form>
<p class="small">A letter comes with a link that is good for ten minutes. There is no password.</p>`;

/** How one signs in here. */
export const signInView = (sign: SignInPage, frame: Frame): string =>
  page(
    frame,
    'Sign in',
    html`${sign.voteFor === null ? nothing : html`<p class="notice">Your vote for “${sign.voteFor}” counts as soon as you are signed in.</p>`}
${sign.byMail ? html`<section class="block"><h2 class="section">By mail</h2>${byMail(sign)}</section>` : nothing}
<section class="block"><h2 class="section">With a passkey</h2>
<p><button class="button" type="button" hidden data-passkey="sign-in" data-onward="${sign.onward}">Use a passkey</button></p>
<p class="small">The finger, face or code of this device, once you have added a passkey to your account. It needs JavaScript.</p></section>
${
  sign.sites.length === 0
    ? nothing
    : html`<section class="block"><h2 class="section">With another site</h2><div class="row">${sign.sites.map((site) => siteButton(site, sign.onward, 'Continue with'))}</div></section>`
}
<p class="small">${sign.opening === 'open' ? 'Signing in for the first time makes your account.' : 'Accounts here are by invitation.'}</p>`,
    ['passkey'],
  );

/** After a link was asked for: the same for every address. */
export const linkSentView = ({ email }: { readonly email: string }, frame: Frame): string =>
  page(
    frame,
    'Look at your mail',
    html`<p class="prose">A letter is on its way to <strong>${email}</strong>. Open the link in it within ten minutes, in this browser or another.</p>
<p class="small">Nothing there? Look among the unwanted letters, or <a href="${href.signIn()}">ask again</a>.</p>`,
  );

/** Where a link in a letter leads: only the button does anything, so that what looks at links in letters spends none. */
export const linkView = ({ token, purpose, email }: LinkPage, frame: Frame): string =>
  page(
    frame,
    purpose === 'sign-in' ? 'Sign in' : 'Your new address',
    html`<form class="fields" method="post" action="${href.signInLink()}"><input type="hidden" name="t" value="${token}">
<p class="prose">${purpose === 'sign-in' ? html`You are about to sign in as <strong>${email}</strong> in this browser.` : html`<strong>${email}</strong> becomes the address of your account.`}</p>
<button class="button">${purpose === 'sign-in' ? 'Sign in' : 'Take this address'}</button></form>`,
  );

/** On the way to another site: a form's answer may not lead there at once. */
export const leavingView = (
  { site, address }: { readonly site: string; readonly address: string },
  frame: Frame,
): string =>
  layout(frame, {
    head: { ...head(`On to ${siteTitle(site)}`), refresh: address },
    section: null,
    main: html`<article class="entry"><h1 class="title">On to ${siteTitle(site)}</h1><p class="prose">If nothing happens, <a rel="noreferrer" href="${address}">go on to ${siteTitle(site)}</a>.</p></article>`,
  });

/** For one who is signed in already. */
export const signedInView = (_: null, frame: Frame): string =>
  page(
    frame,
    'You are signed in',
    html`<p class="prose">As <a href="${href.reader(frame.reader?.handle ?? '')}">${frame.reader?.name}</a>. What you have here is on <a href="${href.account}">your account’s page</a>.</p>
<form method="post" action="${href.signOut}"><button class="button">Sign out</button></form>`,
  );
