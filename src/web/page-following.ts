import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { FOLLOW_CAPS, FOLLOW_KINDS } from '../model/follow.ts';
import { href } from '../model/urls.ts';
import { follow, putAside, readFollowing, rememberShown, unfollow } from '../services/follow.ts';
import { followingView } from '../views/following.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, pageSentFrom } from './form.ts';
import { frameOf } from './frame.ts';
import { PRIVATE, wantsJson } from './page-library.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** A page fetched ahead is not one that was read. */
const isRead = (c: Context<Env>): boolean =>
  c.req.method === 'GET' && !/prefetch|prerender/.test(c.req.header('sec-purpose') ?? c.req.header('purpose') ?? '');

/** `/following` and `/following.json`; what the page shows is remembered, what a program reads is not. */
export const followingPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerIdOf(edge, c);
    const page = await readFollowing(edge, { reader });
    if (wantsJson(c)) return sendOnce(c, JSON.stringify(page), { ...PRIVATE, type: 'application/json; charset=utf-8' });
    const ids = page.groups.flatMap(({ papers }) => papers.map(({ card }) => card.paper.id));
    if (isRead(c)) await rememberShown(edge, { reader, ids });
    return sendOnce(c, followingView(page, frameOf(edge, c)), PRIVATE);
  };

const FollowForm = z.object({
  kind: z.enum(FOLLOW_KINDS),
  key: z.string().min(1).max(FOLLOW_CAPS.key),
  wish: z.enum(['0', '1']),
});

/** `POST /following`: follows or no longer. Readers are followed by their handle, and kept by their id. */
export const followPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { kind, key, wish } = await formOf(edge, c, FollowForm);
    const reader = await readerIdOf(edge, c);
    if (wish === '0') {
      const id = kind === 'reader' ? ((await edge.store.accounts.byHandle(key))?.id ?? key) : key;
      await unfollow(edge, { reader, kind, key: id });
    } else {
      const whom = kind === 'reader' ? await edge.store.accounts.byHandle(key) : null;
      if (kind === 'reader' && whom === null) throw new Fault('not-found', 'There is no such reader.');
      unwrap(await follow(edge, { reader, kind, key: whom?.id ?? key, name: whom?.name ?? '' }));
    }
    if (wantsJson(c)) return c.json({ followed: wish === '1' }, 200, { 'cache-control': 'private, no-store' });
    return c.redirect(pageSentFrom(edge, c, href.following), 303);
  };

const SeenForm = z.object({
  id: z.union([z.string(), z.array(z.string()).max(2_000)]).transform((ids) => (typeof ids === 'string' ? [ids] : ids)),
});

/** `POST /following/seen`: puts papers aside. */
export const seenPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { id } = await formOf(edge, c, SeenForm);
    await putAside(edge, { reader: await readerIdOf(edge, c), ids: id });
    if (wantsJson(c)) return c.json({ seen: id.length }, 200, { 'cache-control': 'private, no-store' });
    return c.redirect(href.following, 303);
  };
