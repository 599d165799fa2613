import { dayOf } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import { SCOPES, type Scope, type Session } from '../model/account.ts';
import type { AccountPage } from '../model/account-page.ts';
import { href } from '../model/urls.ts';
import { shortDate, time } from './dates.ts';
import { deviceOf } from './device.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { siteButton, siteTitle } from './sign-in.ts';

const on = (at: number): Html => time(dayOf(at), shortDate(dayOf(at)));

/** One button that does one thing to one row. */
const act = (wish: string, fields: Readonly<Record<string, string>>, says: string, label: string): Html =>
  html`<form method="post" action="${href.account}"><input type="hidden" name="do" value="${wish}">${Object.entries(
    fields,
  ).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="button" aria-label="${label}">${says}</button></form>`;

const rows = (items: readonly (readonly [says: Html, button: Html])[], empty: string): Html =>
  items.length === 0
    ? html`<p class="small">${empty}</p>`
    : html`<ul class="rows">${items.map(([says, button]) => html`<li><p>${says}</p>${button}</li>`)}</ul>`;

const block = (title: string, id: string, body: Html): Html =>
  html`<section class="block" aria-labelledby="${id}"><h2 class="section" id="${id}">${title}</h2>${body}</section>`;

const profile = ({ account }: AccountPage): Html =>
  block(
    'Who you are',
    'profile',
    html`<form class="fields" method="post" action="${href.account}"><input type="hidden" name="do" value="profile">
<label for="name">Name</label><input id="name" name="name" required maxlength="80" autocomplete="name" value="${account.name}">
<label for="handle">Handle</label><input id="handle" name="handle" required minlength="2" maxlength="30" autocomplete="username" autocapitalize="off" spellcheck="false" value="${account.handle}">
<p class="small">Your page is <a href="${href.reader(account.handle)}">${href.reader(account.handle)}</a>. <a href="${href.profileEdit(account.handle)}">Say who you are, and what of yours everyone may see</a>. Answers and letters that name you are among the <a href="${href.notifications()}">letters to you</a>.</p>
<button class="button">Save</button></form>`,
  );

const address = ({ account, byMail }: AccountPage): Html =>
  block(
    'Mail address',
    'address',
    html`<p>${account.email === null ? 'None yet.' : html`<strong>${account.email}</strong>. Nobody else sees it.`}</p>${
      byMail
        ? html`<form class="fields" method="post" action="${href.account}"><input type="hidden" name="do" value="address">
<label for="email">Another address</label><input id="email" name="email" type="email" required maxlength="254" autocomplete="email"><button class="button">Send a letter to prove it</button></form>`
        : nothing
    }`,
  );

const morningMail = ({ byMail }: AccountPage): Html =>
  byMail
    ? block(
        'The morning mail',
        'mail',
        html`<p>The day’s papers in your mail, with what you follow and your saved searches.</p><p><a class="button" href="${href.digest}">What comes, and when</a></p>`,
      )
    : nothing;

const WAYS: Readonly<Record<Session['way'], string>> = {
  mail: 'by mail',
  passkey: 'with a passkey',
  site: 'with another site',
  setup: 'at setup',
};

const devices = ({ sessions, here }: AccountPage): Html =>
  block(
    'Devices',
    'devices',
    html`${rows(
      sessions.map((one) => [
        html`<strong>${deviceOf(one.agent)}</strong>${one.hash === here.hash ? ' (this one)' : nothing}<br><span class="small">signed in ${WAYS[one.way]} on ${on(one.createdAt)}, last seen ${on(one.seenAt)}</span>`,
        one.hash === here.hash
          ? html`<form method="post" action="${href.signOut}"><button class="button">Sign out</button></form>`
          : act('close', { session: one.hash }, 'Sign out', `Sign out ${deviceOf(one.agent)}`),
      ]),
      '',
    )}<form method="post" action="${href.signOut}"><button class="button" name="everywhere" value="1">Sign out everywhere</button></form>`,
  );

const passkeys = ({ passkeys: keys }: AccountPage): Html =>
  block(
    'Passkeys',
    'passkeys',
    html`${rows(
      keys.map(({ id, name, createdAt, usedAt }) => [
        html`<strong>${name}</strong><br><span class="small">since ${on(createdAt)}${usedAt === null ? ', not used yet' : html`, last used ${on(usedAt)}`}</span>`,
        act('remove-passkey', { passkey: id }, 'Remove', `Remove the passkey ${name}`),
      ]),
      'None. A passkey signs you in with the finger, face or code of a device, and cannot be fished for.',
    )}<p><button class="button" type="button" hidden data-passkey="new">Add a passkey</button></p>`,
  );

const sites = ({ linked, sites: all }: AccountPage): Html =>
  all.length === 0 && linked.length === 0
    ? nothing
    : block(
        'Other sites',
        'sites',
        html`${rows(
          linked.map(({ issuer, subject, site, label }) => [
            html`<strong>${siteTitle(site)}</strong> <span class="small">as ${label}</span>`,
            act('unlink', { issuer, subject }, 'Unlink', `Unlink ${siteTitle(site)}`),
          ]),
          'None is linked.',
        )}<div class="row">${all.filter((site) => linked.every((one) => one.site !== site)).map((site) => siteButton(site, href.account, 'Link', true))}</div>`,
      );

const SAYS: Readonly<Record<Scope, string>> = {
  read: 'read as you',
  vote: 'vote as you',
  write: 'write and change all else',
  feed: 'read your feeds, by their addresses',
};

const tokens = ({ tokens: all, newToken }: AccountPage): Html =>
  block(
    'Tokens for programs',
    'tokens',
    html`${
      newToken === null
        ? nothing
        : html`<div class="notice" role="status"><p>Copy it now: it is not shown again.</p><p><code id="token">${newToken.token}</code> <button class="button" type="button" hidden data-copy="token">Copy</button></p><p class="small">Send it as <code>Authorization: Bearer …</code></p></div>`
    }${rows(
      all.map(({ hash, name, scopes, createdAt, usedAt }) => [
        html`<strong>${name}</strong> <span class="small">may ${scopes.map((scope) => SAYS[scope]).join(', ')}</span><br><span class="small">since ${on(createdAt)}${usedAt === null ? ', not used yet' : html`, last used ${on(usedAt)}`}</span>`,
        act('remove-token', { token: hash }, 'Remove', `Remove the token ${name}`),
      ]),
      'None.',
    )}<form class="fields" method="post" action="${href.newToken}"><label for="token-name">What it is for</label><input id="token-name" name="name" required maxlength="80" autocomplete="off">
<fieldset><legend>It may</legend>${SCOPES.map((scope) => html`<label class="choice"><input type="checkbox" name="scope" value="${scope}"${scope === 'read' ? html` checked` : nothing}> ${SAYS[scope]}</label>`)}</fieldset><button class="button">Make a token</button></form>`,
  );

const invitations = ({ invitations: all, byMail }: AccountPage): Html =>
  all === null
    ? nothing
    : block(
        'Invitations',
        'invitations',
        html`${rows(
          all.map(({ email, at }) => [
            html`<strong>${email}</strong> <span class="small">on ${on(at)}</span>`,
            html`<form method="post" action="${href.invitations}"><input type="hidden" name="do" value="withdraw"><input type="hidden" name="email" value="${email}"><button class="button" aria-label="Withdraw the invitation of ${email}">Withdraw</button></form>`,
          ]),
          'Nobody is expected.',
        )}<form class="fields" method="post" action="${href.invitations}"><input type="hidden" name="do" value="invite"><label for="invited">Mail address</label><input id="invited" name="email" type="email" required maxlength="254" autocomplete="off"><button class="button">${byMail ? 'Invite by letter' : 'Invite'}</button></form>`,
      );

const leaving = ({ account }: AccountPage): Html =>
  block(
    'Your data',
    'data',
    html`<p><a class="button" href="${href.accountData}" download>Take it along (JSON)</a></p>
${
  account.leavingAt === null
    ? html`<p class="small">Deleting takes a week, in which you can think better of it. Then name, address, searches and all that signs you in are gone; your votes count on for nobody, and your letters stand as of a reader who left.</p>${act('leave', {}, 'Delete my account', 'Delete my account in a week')}`
    : html`<p class="notice" role="status">This account is deleted a week after ${on(account.leavingAt)}.</p>${act('stay', {}, 'Keep my account', 'Keep my account')}`
}`,
  );

/** All that a reader can see and change of their account. */
export const accountView = (page: AccountPage, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Your account', description: 'Your account.', canonical: null },
    section: null,
    islands: ['passkey', 'copy'],
    main: html`<h1 class="title">Your account</h1>
${page.said === null ? nothing : html`<p class="notice" role="${page.said.wrong ? 'alert' : 'status'}">${page.said.says}</p>`}
${page.fresh ? nothing : html`<p class="note">To change how you sign in, <a href="${href.signIn(href.account)}">sign in again</a>: it was more than an hour ago.</p>`}
${page.account.role === 'operator' ? html`<p class="note">You look after this instance: <a href="${href.admin()}">Admin</a>.</p>` : nothing}
<div class="account">${profile(page)}${address(page)}${morningMail(page)}${passkeys(page)}${sites(page)}${devices(page)}${tokens(page)}${invitations(page)}${leaving(page)}</div>`,
  });
