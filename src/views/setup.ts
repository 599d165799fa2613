import { html, nothing } from '../kernel/html.ts';
import type { SetupPage } from '../model/account-page.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

/** The first page of a new instance, for the one who started it. */
export const setupView = ({ token, signedIn, name, handle, email, wrong }: SetupPage, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Set up', description: 'The operator of a new instance.', canonical: null },
    section: null,
    main: html`<article class="entry"><h1 class="title">Set up ${frame.masthead}</h1>
<p class="prose">${signedIn === null ? 'This makes the account of the operator: who names moderators, pauses sources and sees the alarms.' : html`You are signed in as <strong>${signedIn.name}</strong>, and become the operator: who names moderators, pauses sources and sees the alarms.`}</p>
${wrong === null ? nothing : html`<p class="notice" role="alert">${wrong}</p>`}
<form class="fields" method="post" action="${href.setUp()}"><input type="hidden" name="t" value="${token}">
${
  signedIn === null
    ? html`<label for="name">Name</label><input id="name" name="name" required maxlength="80" autocomplete="name" value="${name}">
<label for="handle">Handle</label><input id="handle" name="handle" required minlength="2" maxlength="30" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="handle-says" value="${handle}">
<p class="small" id="handle-says">Letters a–z, digits, hyphens: it stands in the address of your page.</p>
<label for="email">Mail address</label><input id="email" name="email" type="email" maxlength="254" autocomplete="email" aria-describedby="email-says" value="${email}">
<p class="small" id="email-says">To sign in by mail; it can be left empty.</p>`
    : nothing
}
<button class="button">${signedIn === null ? 'Make the account' : 'Become the operator'}</button></form></article>`,
  });
