import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { type Account, SCOPES, type Session } from '../model/account.ts';
import type { AccountPage } from '../model/account-page.ts';
import { may } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { changeProfile, invite } from '../services/account.ts';
import { createToken } from '../services/api-token.ts';
import { askForAddress } from '../services/mail-link.ts';
import { leave, readerData } from '../services/reader-data.ts';
import { isFresh } from '../services/session.ts';
import { accountView } from '../views/account.ts';
import { invitationLetter, newAddressLetter } from '../views/letter-sign-in.ts';
import { readerView } from '../views/reader.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { unwrap } from './problem.ts';
import { visitOf } from './reader.ts';
import { sendOnce } from './send.ts';
import { needAccounts, sendLetter } from './sign-in.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

interface Own {
  readonly account: Account;
  readonly session: Session;
}

/** The account and the session of who asks; throws `Fault('not-found')` where there are none. */
const ownOf = async (edge: Edge, c: Context<Env>): Promise<Own> => {
  needAccounts(edge);
  const { session } = await visitOf(edge, c);
  const account = session === null ? null : await edge.store.accounts.get(session.accountId);
  if (session === null || account === null) throw new Fault('unauthorised', 'Sign in first.');
  return { account, session };
};

/** The same for what changes how one signs in: throws `Fault('forbidden')` where one signed in too long ago. */
export const needFresh = async (edge: Edge, c: Context<Env>): Promise<Own> => {
  const own = await ownOf(edge, c);
  if (!isFresh(own.session, edge.clock.now()))
    throw new Fault('forbidden', 'You signed in more than an hour ago: for this, sign in again.');
  return own;
};

const SAID: Readonly<Record<string, string>> = {
  profile: 'Saved.',
  letter: 'A letter is on its way to that address. Open the link in it in this browser.',
  address: 'The address is changed.',
  closed: 'That device is signed out.',
  passkey: 'The passkey is added.',
  removed: 'Removed.',
  linked: 'The site is linked.',
  leave: 'The account is deleted in a week.',
  stay: 'The account stays.',
  invited: 'Invited.',
  withdrawn: 'The invitation is withdrawn.',
};

const show = async (
  edge: Edge,
  c: Context<Env>,
  { account, session }: Own,
  more: Partial<Pick<AccountPage, 'newToken' | 'said'>> = {},
): Promise<Response> => {
  const { store, clock, config, mailer } = edge;
  const now = clock.now();
  const known = SAID[c.req.query('said') ?? ''];
  const page: AccountPage = {
    account,
    now,
    here: session,
    fresh: isFresh(session, now),
    sessions: await store.sessions.of(account.id),
    passkeys: await store.passkeys.of(account.id),
    linked: await store.linkedSignIns.of(account.id),
    sites: config.oidc.map(({ name }) => name),
    tokens: await store.apiTokens.of(account.id),
    newToken: null,
    byMail: mailer !== null,
    invitations: may(account.role, 'moderator') ? await store.invitations.all() : null,
    said: known === undefined ? null : { says: known, wrong: false },
    ...more,
  };
  const status = more.said?.wrong ? 422 : 200;
  return sendOnce(c, accountView(page, frameOf(edge, c)), { cache: 'private, no-store', status });
};

/** `/account` */
export const accountPage =
  (edge: Edge): Handler =>
  async (c) =>
    show(edge, c, await ownOf(edge, c));

const text = z.string().max(2_000);
const email = z.string().trim().max(254).pipe(z.email());
const ChangeForm = z.discriminatedUnion('do', [
  z.object({ do: z.literal('profile'), name: text, handle: text }),
  z.object({ do: z.literal('address'), email }),
  z.object({ do: z.literal('close'), session: text }),
  z.object({ do: z.literal('remove-passkey'), passkey: text }),
  z.object({ do: z.literal('remove-token'), token: text }),
  z.object({ do: z.literal('unlink'), issuer: text, subject: text }),
  z.object({ do: z.literal('leave') }),
  z.object({ do: z.literal('stay') }),
]);
type Change = z.infer<typeof ChangeForm>;

/** What changes how one signs in. */
const NEEDS_FRESH: ReadonlySet<Change['do']> = new Set(['address', 'remove-passkey', 'unlink', 'leave']);

/** Does what a form asks; returns the sentence to say, by its key, or what is wrong. */
const change = async (edge: Edge, account: Account, form: Change): Promise<string | { readonly wrong: string }> => {
  const { store } = edge;
  const accountId = account.id;
  switch (form.do) {
    case 'profile': {
      const done = await changeProfile(edge, { id: accountId, name: form.name, handle: form.handle });
      return done.ok ? 'profile' : { wrong: done.message };
    }
    case 'address': {
      if (edge.mailer === null) return { wrong: 'This instance sends no mail.' };
      const link = unwrap(await askForAddress(edge, { accountId, email: form.email, onward: href.account }));
      const address = edge.config.publicUrl + href.signInLink(link.token);
      const { masthead } = edge.config;
      sendLetter(edge, link.to, link.token, newAddressLetter({ masthead, address, name: account.name }));
      return 'letter';
    }
    case 'close':
      await store.sessions.close(accountId, form.session);
      return 'closed';
    case 'remove-passkey':
      await store.passkeys.remove(accountId, form.passkey);
      return 'removed';
    case 'remove-token':
      await store.apiTokens.remove(accountId, form.token);
      return 'removed';
    case 'unlink':
      await store.linkedSignIns.remove(accountId, form.issuer, form.subject);
      return 'removed';
    default:
      await leave(edge, { id: accountId, wish: form.do === 'leave' });
      return form.do;
  }
};

/** `POST /account`: one change of many, named by the field `do`. */
export const changeAccountPage =
  (edge: Edge): Handler =>
  async (c) => {
    const form = await formOf(edge, c, ChangeForm);
    const own = await (NEEDS_FRESH.has(form.do) ? needFresh : ownOf)(edge, c);
    const done = await change(edge, own.account, form);
    if (typeof done === 'string') return c.redirect(`${href.account}?said=${done}`, 303);
    return show(edge, c, own, { said: { says: done.wrong, wrong: true } });
  };

const TokenForm = z.object({
  name: text,
  scope: z
    .union([z.enum(SCOPES).transform((one) => [one]), z.array(z.enum(SCOPES))])
    .default([])
    .transform((all) => SCOPES.filter((one) => all.includes(one))),
});

/** `POST /account/tokens`: makes a token and shows it, this once. */
export const newTokenPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { name, scope: scopes } = await formOf(edge, c, TokenForm);
    const own = await needFresh(edge, c);
    const made = await createToken(edge, { accountId: own.account.id, name, scopes });
    if (!made.ok) return show(edge, c, own, { said: { says: made.message, wrong: true } });
    return show(edge, c, own, { newToken: { token: made.value, scopes } });
  };

/** `/account/data.json`: everything that is kept of the reader. */
export const accountDataPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { account } = await ownOf(edge, c);
    return c.body(`${JSON.stringify(await readerData(edge, account.id), null, 2)}\n`, 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="broadsheet-${account.handle}.json"`,
      'cache-control': 'private, no-store',
    });
  };

const InviteForm = z.object({ do: z.enum(['invite', 'withdraw']), email });

/** `POST /invitations`: invites an address, or withdraws that. */
export const invitationsPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    const form = await formOf(edge, c, InviteForm);
    const { account } = await ownOf(edge, c);
    if (form.do === 'withdraw') {
      await edge.store.invitations.remove(form.email);
      return c.redirect(`${href.account}?said=withdrawn`, 303);
    }
    await invite(edge, { email: form.email, by: account.id });
    const { masthead, publicUrl } = edge.config;
    const letter = invitationLetter({ masthead, address: publicUrl + href.signIn(), by: account.name });
    sendLetter(edge, form.email, `invitation ${form.email} ${edge.clock.now()}`, letter);
    return c.redirect(`${href.account}?said=invited`, 303);
  };

/** `/readers/{handle}` */
export const readerPage =
  (edge: Edge): Handler =>
  async (c) => {
    const account = await edge.store.accounts.byHandle((c.req.param('handle') ?? '').toLowerCase());
    if (account === null) throw new Fault('not-found', 'There is no such reader here.');
    return sendOnce(c, readerView({ reader: account, left: account.leftAt !== null }, frameOf(edge, c)));
  };
