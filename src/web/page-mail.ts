import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import type { Account } from '../model/account.ts';
import type { Subscription } from '../model/digest.ts';
import type { PaperId } from '../model/paper.ts';
import { OWNER } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { readToken } from '../services/digest-links.ts';
import { savePaper } from '../services/library.ts';
import { isOpen } from '../services/session.ts';
import { unsubscribe } from '../services/subscription.ts';
import { castVote } from '../services/vote.ts';
import { digestCopyView } from '../views/digest-page.ts';
import { actView, preferencesView, unsubscribeView } from '../views/digest-preferences.ts';
import { changeDigest, digestFormOf, preferencesOf, saidOf, sentDigest } from './digest-desk.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { PRIVATE } from './page-sign-in.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

/** Where the links of a mail lead: who holds one needs not sign in. No GET changes anything. */

type Handler = (c: Context<Env>) => Promise<Response>;

const NO_LINK = 'This link is not whole, or its subscription is gone. Copy all of it from the mail.';

const tokenIn = (c: Context<Env>): string => c.req.param('token') ?? '';

const subscriptionOf = async (edge: Edge, c: Context<Env>): Promise<Subscription> => {
  const subscription = await readToken(edge, tokenIn(c), 'manage');
  if (subscription === null) throw new Fault('not-found', NO_LINK);
  return subscription;
};

const show = async (
  edge: Edge,
  c: Context<Env>,
  subscription: Subscription,
  said: Parameters<typeof preferencesOf>[2]['said'],
): Promise<Response> => {
  const action = href.mail(tokenIn(c));
  const page = await preferencesOf(edge, subscription, { action, copies: `${action}/digests`, said });
  return sendOnce(c, preferencesView(page, frameOf(edge, c)), { ...PRIVATE, status: said?.wrong ? 422 : 200 });
};

/** `/mail/{token}` */
export const mailPage =
  (edge: Edge): Handler =>
  async (c) =>
    show(edge, c, await subscriptionOf(edge, c), saidOf(c));

/** `POST /mail/{token}` */
export const changeMailPage =
  (edge: Edge): Handler =>
  async (c) => {
    const subscription = await subscriptionOf(edge, c);
    const form = await digestFormOf(edge, c);
    const wrong = await changeDigest(edge, subscription, form);
    if (wrong !== null) return show(edge, c, subscription, { says: wrong, wrong: true });
    return c.redirect(`${href.mail(tokenIn(c))}?said=${form.do}`, 303);
  };

const showUnsubscribe = (edge: Edge, c: Context<Env>, { address, state }: Subscription): Promise<Response> => {
  const token = tokenIn(c);
  const page = {
    address,
    ended: state === 'ended',
    action: href.mailUnsubscribe(token),
    preferences: href.mail(token),
  };
  return sendOnce(c, unsubscribeView(page, frameOf(edge, c)), PRIVATE);
};

/** `/mail/{token}/unsubscribe`: asks. */
export const unsubscribePage =
  (edge: Edge): Handler =>
  async (c) =>
    showUnsubscribe(edge, c, await subscriptionOf(edge, c));

/**
 * `POST /mail/{token}/unsubscribe`: ends it, for the button of that page and for mail programs that do it with one click
 * (RFC 8058): without cookies, without `Origin`, as a form of either kind, and not sent on elsewhere.
 */
export const doUnsubscribePage =
  (edge: Edge): Handler =>
  async (c) => {
    const subscription = await subscriptionOf(edge, c);
    const form = await c.req.parseBody().catch(() => ({}) as Record<string, unknown>);
    const says = (name: string, value: string): boolean => String(form[name] ?? '').toLowerCase() === value;
    if (!says('List-Unsubscribe', 'one-click') && !says('do', 'end'))
      throw new Fault('bad-request', 'Send List-Unsubscribe=One-Click as a form.');
    return showUnsubscribe(edge, c, unwrap(await unsubscribe(edge, subscription.id)));
  };

/** `/mail/{token}/digests/{id}`: the copy of what was sent. */
export const mailCopyPage =
  (edge: Edge): Handler =>
  async (c) => {
    const subscription = await subscriptionOf(edge, c);
    const digest = await sentDigest(edge, c, subscription, c.req.param('id') ?? '');
    const token = tokenIn(c);
    const links = { preferences: href.mail(token), unsubscribe: href.mailUnsubscribe(token) };
    return sendOnce(c, digestCopyView({ digest, links }, frameOf(edge, c)), PRIVATE);
  };

interface Acting {
  readonly reader: string;
  readonly role: Account['role'];
  readonly paperId: PaperId;
  readonly title: string;
}

/** Whom a vote link is of and which paper it is about; throws `Fault('not-found')` where the mail had no such paper. */
const actingOf = async (edge: Edge, c: Context<Env>, wanted: string): Promise<Acting> => {
  const id = c.req.param('id') ?? '';
  const subscription = await readToken(edge, tokenIn(c), `act ${id}`);
  const reader = subscription?.reader ?? null;
  if (subscription === null || reader === null) throw new Fault('not-found', NO_LINK);
  const account = reader === OWNER ? null : await edge.store.accounts.get(reader);
  if (reader !== OWNER && (account === null || !isOpen(account)))
    throw new Fault('not-found', 'The account of this mail is closed.');
  const row = await edge.store.outbox.get(id);
  const had =
    row?.subscriptionId === subscription.id &&
    row.plan?.parts.some(({ entries }) => entries.some(({ paperId }) => paperId === wanted));
  const paper = had ? await edge.store.papers.get((await edge.store.papers.resolve(wanted)) ?? wanted) : null;
  if (paper === null)
    throw new Fault('not-found', 'This mail is too old for that, or had no such paper. Open the paper instead.');
  return { reader, role: account?.role ?? 'operator', paperId: paper.id, title: paper.title };
};

const ActForm = z.object({ paper: z.string().max(2_000) });

/** `/mail/{token}/digests/{id}/vote?paper=`, and `save`: asks. */
export const actPage =
  (edge: Edge, verb: 'vote' | 'save'): Handler =>
  async (c) => {
    const asked = c.req.query('paper') ?? '';
    const { paperId, title } = await actingOf(edge, c, asked);
    const page = { verb, title, paperId, asked, done: c.req.query('done') !== undefined, action: c.req.path };
    return sendOnce(c, actView(page, frameOf(edge, c)), PRIVATE);
  };

/** The button on that page. */
export const doActPage =
  (edge: Edge, verb: 'vote' | 'save'): Handler =>
  async (c) => {
    const { paper } = await formOf(edge, c, ActForm);
    const { reader, role, paperId } = await actingOf(edge, c, paper);
    if (verb === 'vote') unwrap(await castVote(edge, { reader: { id: reader, role }, paperId, wish: true }));
    else unwrap(await savePaper(edge, { reader, paperId, wish: true }));
    return c.redirect(`${c.req.path}?${new URLSearchParams({ paper, done: '' })}`, 303);
  };
