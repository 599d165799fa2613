import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { onwardOf } from '../model/onward.ts';
import { href } from '../model/urls.ts';
import { askForLink, changeAddress, readLink, signInByLink } from '../services/mail-link.ts';
import { addressChangedLetter, signInLetter } from '../views/letter-sign-in.ts';
import { linkSentView, linkView, signedInView, signInView } from '../views/sign-in.ts';
import { networkOfClient } from './client-address.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';
import { visitOf } from './reader.ts';
import { sendOnce } from './send.ts';
import { dropCookie, readCookie } from './session-cookie.ts';
import { needAccounts, sendLetter, signInto } from './sign-in.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** Signing in has no business in any cache, nor where it is read over a shoulder later. */
export const PRIVATE = { cache: 'private, no-store' };

const voteFor = async (edge: Edge, c: Context<Env>): Promise<string | null> => {
  const address = readCookie(edge, c, 'intent');
  const id = address === '' ? null : await paperAt(edge, address).catch(() => null);
  return id === null ? null : ((await edge.store.papers.get(id))?.title ?? null);
};

/** `/sign-in` */
export const signInPage =
  (edge: Edge): Handler =>
  async (c) => {
    const opening = needAccounts(edge);
    const onward = onwardOf(c.req.query('onward'));
    const { reader } = await visitOf(edge, c);
    const frame = frameOf(edge, c);
    if (reader !== null && onward === '/') return sendOnce(c, signedInView(null, frame), PRIVATE);
    const sites = edge.config.oidc.map(({ name }) => name);
    const page = { onward, voteFor: await voteFor(edge, c), byMail: edge.mailer !== null, sites, opening };
    return sendOnce(c, signInView(page, frame), PRIVATE);
  };

const email = z.string().trim().max(254).pipe(z.email());
const AskForm = z.object({ email, onward: z.string().optional() });

/** `POST /sign-in`: sends a link. The answer is the same for every address. */
export const askLinkPage =
  (edge: Edge): Handler =>
  async (c) => {
    const opening = needAccounts(edge);
    if (edge.mailer === null) throw new Fault('forbidden', 'This instance sends no mail: sign in otherwise.');
    const form = await formOf(edge, c, AskForm);
    const wish = { email: form.email, network: networkOfClient(edge, c), onward: onwardOf(form.onward), opening };
    const link = unwrap(await askForLink(edge, wish));
    if (link !== null) {
      const address = edge.config.publicUrl + href.signInLink(link.token);
      const { masthead } = edge.config;
      sendLetter(edge, link.to, link.token, signInLetter({ masthead, address, ...link }));
    }
    return sendOnce(c, linkSentView({ email: form.email }, frameOf(edge, c)), PRIVATE);
  };

/** `/sign-in/link?t=`: where the link of a letter leads. Spends nothing. */
export const linkPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    const token = c.req.query('t') ?? '';
    const { purpose, email } = unwrap(await readLink(edge, token));
    return sendOnce(c, linkView({ token, purpose, email }, frameOf(edge, c)), PRIVATE);
  };

const LinkForm = z.object({ t: z.string().max(200) });

const takeAddress = async (edge: Edge, c: Context<Env>, token: string): Promise<Response> => {
  const { reader } = await visitOf(edge, c);
  if (reader === null) return c.redirect(href.signIn(href.signInLink(token)), 303);
  const before = await edge.store.accounts.get(reader.id);
  unwrap(await changeAddress(edge, { token, accountId: reader.id }));
  if (before?.email) {
    const { masthead } = edge.config;
    sendLetter(edge, before.email, `${token} changed`, addressChangedLetter({ masthead, name: before.name }));
  }
  return c.redirect(`${href.account}?said=address`, 303);
};

/** `POST /sign-in/link`: the button on that page. */
export const spendLinkPage =
  (edge: Edge): Handler =>
  async (c) => {
    const opening = needAccounts(edge);
    const { t: token } = await formOf(edge, c, LinkForm);
    const link = unwrap(await readLink(edge, token));
    if (link.purpose === 'new-address') return takeAddress(edge, c, token);
    const { account, onward } = unwrap(await signInByLink(edge, { token, opening }));
    await signInto(edge, c, account, 'mail');
    return c.redirect(onward, 303);
  };

const OutForm = z.object({ everywhere: z.literal('1').optional() });

/** `POST /sign-out`: ends this session, or all of them. */
export const signOutPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    const { everywhere } = await formOf(edge, c, OutForm);
    const { session } = await visitOf(edge, c);
    if (session !== null && everywhere) await edge.store.sessions.closeAll(session.accountId);
    else if (session !== null) await edge.store.sessions.close(session.accountId, session.hash);
    dropCookie(edge, c, 'session');
    return c.redirect('/', 303);
  };
