import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import type { Reader } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { markRead, readNotifications } from '../services/notification.ts';
import { notificationsView } from '../views/notifications.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const PRIVATE = { cache: 'private, no-store' };
const JSON_TYPE = 'application/json; charset=utf-8';

const readerNow = async (edge: Edge, c: Context<Env>): Promise<Reader> => {
  const reader = await edge.readerOf(c);
  if (reader === null) throw new Fault('forbidden', 'Sign in to see who wrote to you.');
  return reader;
};

const Page = z.coerce.number().int().min(1).catch(1);

/** `/notifications` and `/notifications.json` */
export const notificationsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const page = await readNotifications(edge, { reader: reader.id, page: Page.parse(c.req.query('p')) });
    return c.req.path.endsWith('.json')
      ? sendOnce(c, JSON.stringify(page), { ...PRIVATE, type: JSON_TYPE })
      : sendOnce(c, notificationsView(page, frameOf(edge, c)), PRIVATE);
  };

/** `POST /notifications`: all is read that the page showed. */
export const readNotificationsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const { until } = await formOf(edge, c, z.object({ until: z.coerce.number().int().min(0) }));
    await markRead(edge, { reader: reader.id, until });
    return c.redirect(href.notifications(), 303);
  };
