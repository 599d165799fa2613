import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import type { Subscription } from '../model/digest.ts';
import type { PreferencesPage } from '../model/subscribe-page.ts';
import { href } from '../model/urls.ts';
import { digestLinks } from '../services/digest-links.ts';
import { subscribeReader } from '../services/subscription.ts';
import { renderDigest } from '../views/digest-mail.ts';
import { digestCopyView, digestPreviewView } from '../views/digest-page.ts';
import { noDigestView, preferencesView } from '../views/digest-preferences.ts';
import {
  changeDigest,
  digestFormOf,
  firstWishes,
  preferencesOf,
  previewOf,
  saidOf,
  sentDigest,
} from './digest-desk.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf, originOf } from './frame.ts';
import { PRIVATE } from './page-sign-in.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';
import { sendOnce } from './send.ts';

/** The morning mail of who is signed in. */

type Handler = (c: Context<Env>) => Promise<Response>;

const own = async (edge: Edge, c: Context<Env>): Promise<Subscription | null> =>
  edge.store.subscriptions.byReader(await readerIdOf(edge, c));

const show = async (
  edge: Edge,
  c: Context<Env>,
  subscription: Subscription,
  said: PreferencesPage['said'],
): Promise<Response> => {
  const page = await preferencesOf(edge, subscription, { action: href.digest, copies: href.digestSent, said });
  return sendOnce(c, preferencesView(page, frameOf(edge, c)), { ...PRIVATE, status: said?.wrong ? 422 : 200 });
};

/** `/digest` */
export const digestPage =
  (edge: Edge): Handler =>
  async (c) => {
    const subscription = await own(edge, c);
    if (subscription !== null) return show(edge, c, subscription, saidOf(c));
    const account = await edge.store.accounts.get(await readerIdOf(edge, c));
    const page = { address: account?.email ?? null, byMail: edge.mailer !== null };
    return sendOnce(c, noDigestView(page, frameOf(edge, c)), PRIVATE);
  };

/** Subscribes at the address that the account has proved. */
const begin = async (edge: Edge, c: Context<Env>, zone: string): Promise<void> => {
  const account = await edge.store.accounts.get(await readerIdOf(edge, c));
  if (account === null || account.email === null || edge.mailer === null)
    throw new Fault('forbidden', 'That takes an account with a mail address, on an instance that sends mail.');
  const wishes = firstWishes(edge, zone);
  unwrap(await subscribeReader(edge, { reader: account.id, address: account.email, wishes }));
};

/** `POST /digest` */
export const changeDigestPage =
  (edge: Edge): Handler =>
  async (c) => {
    const form = await digestFormOf(edge, c);
    const subscription = await own(edge, c);
    if (subscription === null && form.do === 'begin') await begin(edge, c, form.zone);
    else if (subscription === null) throw new Fault('not-found', 'There is no morning mail to change yet.');
    else {
      const wrong = await changeDigest(edge, subscription, form);
      if (wrong !== null) return show(edge, c, subscription, { says: wrong, wrong: true });
    }
    return c.redirect(`${href.digest}?said=${form.do}`, 303);
  };

/** What somebody without a subscription would get: nothing is kept of it. */
const wouldBe = async (edge: Edge, c: Context<Env>): Promise<Subscription> => {
  const reader = await readerIdOf(edge, c);
  const now = edge.clock.now();
  const address = (await edge.store.accounts.get(reader))?.email ?? '';
  const times = { createdAt: now, confirmedAt: now, nextAt: now };
  return { id: '', address, reader, state: 'active', secret: '', ...times, ...firstWishes(edge) };
};

/** `/digest/preview`; with `?as=html` the mail itself, to be kept as a file. */
export const digestPreviewPage =
  (edge: Edge): Handler =>
  async (c) => {
    const subscription = (await own(edge, c)) ?? (await wouldBe(edge, c));
    const digest = await previewOf(edge, c, subscription);
    const origin = originOf(edge, c);
    const mail = renderDigest(digest, {
      ...digestLinks({ publicUrl: origin }, { ...subscription, reader: null }, ''),
      copy: origin + href.digestPreview,
      preferences: origin + href.digest,
      unsubscribe: origin + href.digest,
      oneClick: origin + href.digest,
    });
    if (c.req.query('as') !== 'html')
      return sendOnce(c, digestPreviewView({ digest, mail }, frameOf(edge, c)), PRIVATE);
    // Never shown by this site: its policy allows no styles in a page.
    return c.body(mail.html, 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': 'attachment; filename="digest.html"',
      'cache-control': 'private, no-store',
    });
  };

/** `/digest/sent/{id}`: the copy of what was sent, for its reader. */
export const digestSentPage =
  (edge: Edge): Handler =>
  async (c) => {
    const subscription = await own(edge, c);
    if (subscription === null) throw new Fault('not-found', 'There is no such mail of yours.');
    const digest = await sentDigest(edge, c, subscription, c.req.param('id') ?? '');
    const links = { preferences: href.digest, unsubscribe: href.digest };
    return sendOnce(c, digestCopyView({ digest, links }, frameOf(edge, c)), PRIVATE);
  };
