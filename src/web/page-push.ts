import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import type { SavedSearchesPage } from '../model/saved-search.ts';
import { href } from '../model/urls.ts';
import { addDevice, tryDevice } from '../services/push-device.ts';
import { deviceOf } from '../views/device.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, jsonOf } from './form.ts';
import { rendered } from './page-cache.ts';
import { unwrap } from './problem.ts';
import { readerIdOf, visitOf } from './reader.ts';
import { send } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const text = z.string().max(4_000);
const Subscription = z.object({
  endpoint: text,
  keys: z.object({ p256dh: text, auth: text }),
  was: text.optional(),
});

/** `POST /searches/devices`: a browser that is to be told, as its `PushSubscription` says itself. */
export const addDevicePage =
  (edge: Edge): Handler =>
  async (c) => {
    const { endpoint, keys, was } = await jsonOf(c, Subscription);
    const { session } = await visitOf(edge, c);
    const device = {
      reader: await readerIdOf(edge, c),
      session: session?.hash ?? '',
      name: deviceOf(c.req.header('user-agent') ?? ''),
      endpoint,
      ...keys,
    };
    unwrap(await addDevice(edge, was === undefined ? device : { ...device, was }));
    return c.json({ ok: true }, 200, { 'cache-control': 'private, no-store' });
  };

const ChangeForm = z.object({ do: z.enum(['try', 'remove']) });

/** `POST /searches/devices/{id}`: tries a device, or tells it no more. */
export const changeDevicePage =
  (edge: Edge): Handler =>
  async (c) => {
    const { do: wish } = await formOf(edge, c, ChangeForm);
    const which = { reader: await readerIdOf(edge, c), id: c.req.param('id') ?? '' };
    if (wish === 'try') unwrap(await tryDevice(edge, which));
    else await edge.store.pushDevices.remove(which.reader, which.id);
    return c.redirect(`${href.searches}?device=${wish}#devices`, 303);
  };

const SAID: Readonly<Record<string, string>> = {
  on: 'This device is told from now on. How you are told of a search is chosen beside it.',
  try: 'A notification is on its way.',
  remove: 'That device is told no more.',
};

/** What the page of saved searches says of devices; `device`: what was done just now. */
export const pushOf = async (
  edge: Edge,
  { reader, device = '' }: { readonly reader: string; readonly device: string | undefined },
): Promise<NonNullable<SavedSearchesPage['push']>> => ({
  key: edge.pushKey,
  devices: (await edge.store.pushDevices.of(reader)).map(({ id, name, createdAt, toldAt, trouble }) => ({
    id,
    name,
    createdAt,
    toldAt,
    trouble,
  })),
  said: SAID[device] ?? null,
});

/** `/push.js`: the service worker. It keeps its address, from which browsers look for a newer one. */
export const pushWorkerPage = (edge: Edge): Handler => {
  const file = edge.assets.worker === null ? null : rendered(new TextDecoder().decode(edge.assets.worker.body));
  return async (c) => {
    if (file === null) throw new Fault('not-found', 'There is no such file.');
    const type = 'text/javascript; charset=utf-8';
    return send(c, file, { type, cache: 'no-cache', vary: 'Accept-Encoding' });
  };
};
