import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { PushDevice } from '../model/push.ts';
import { insertRows } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { PushStore } from './push-contract.ts';
import type { Schema } from './schema.ts';

export const deviceOf = (row: Selectable<Schema['push_device']>): PushDevice => ({
  id: row.id,
  reader: row.reader,
  session: row.session,
  endpoint: row.endpoint,
  p256dh: row.p256dh,
  auth: row.auth,
  name: row.name,
  createdAt: row.created_at,
  toldAt: row.told_at,
  trouble: row.trouble,
});

type Which = (is: ExpressionBuilder<Schema, 'push_device'>) => ReturnType<typeof is.and>;

/** Forgets devices and what waits for them, within a transaction. */
export const dropDevices = async (db: Db, which: Which): Promise<void> => {
  const gone = await db.deleteFrom('push_device').where(which).returning('id').execute();
  for (const { id } of gone) await db.deleteFrom('push_outbox').where('device_id', '=', id).execute();
};

/** Browsers that are told; see the contract in `push-contract.ts`. */
export const pushDevices = ({ read, write }: Engine): PushStore['pushDevices'] => ({
  put: (device, { most }) =>
    write(async (db) => {
      const reader = keyText(device.reader);
      const row = {
        id: keyText(device.id),
        reader,
        session: keyText(device.session),
        endpoint: bodyText(device.endpoint),
        p256dh: bodyText(device.p256dh),
        auth: bodyText(device.auth),
        name: bodyText(device.name),
        created_at: device.createdAt,
        told_at: null,
        trouble: null,
      };
      const before = await db.selectFrom('push_device').selectAll().where('id', '=', row.id).executeTakeFirst();
      const same = before !== undefined && before.p256dh === row.p256dh && before.auth === row.auth;
      if (before !== undefined && before.reader !== reader && !same) return 'taken';
      if (before?.reader !== reader) {
        const { n } = await db
          .selectFrom('push_device')
          .select((is) => is.fn.countAll<number>().as('n'))
          .where('reader', '=', reader)
          .executeTakeFirstOrThrow();
        if (Number(n) >= most) return 'full';
      }
      // What waits is for whoever had it before.
      if (before !== undefined && before.reader !== reader)
        await dropDevices(db, (is) => is.and([is('id', '=', row.id)]));
      await insertRows(
        db,
        'push_device',
        [row],
        `ON CONFLICT (id) DO UPDATE SET session = excluded.session, endpoint = excluded.endpoint, p256dh = excluded.p256dh,
           auth = excluded.auth, name = excluded.name, trouble = NULL WHERE push_device.reader = excluded.reader`,
      );
      return 'kept';
    }),
  get: async (id) => {
    const row = await read.selectFrom('push_device').selectAll().where('id', '=', keyText(id)).executeTakeFirst();
    return row === undefined ? null : deviceOf(row);
  },
  of: async (reader) =>
    (
      await read
        .selectFrom('push_device')
        .selectAll()
        .where('reader', '=', keyText(reader))
        .orderBy('created_at')
        .orderBy('id')
        .execute()
    ).map(deviceOf),
  readers: async ({ after, limit }) =>
    (
      await read
        .selectFrom('push_device')
        .select('reader')
        .distinct()
        .where('reader', '>', keyText(after))
        .orderBy('reader')
        .limit(limit)
        .execute()
    ).map(({ reader }) => reader),
  remove: (reader, id) =>
    write((db) => dropDevices(db, (is) => is.and([is('id', '=', keyText(id)), is('reader', '=', keyText(reader))]))),
  drop: (id) => write((db) => dropDevices(db, (is) => is.and([is('id', '=', keyText(id))]))),
  forget: (reader) =>
    write(async (db) => {
      await dropDevices(db, (is) => is.and([is('reader', '=', keyText(reader))]));
      await db.deleteFrom('push_told').where('reader', '=', keyText(reader)).execute();
    }),
  count: async () => {
    const row = await read
      .selectFrom('push_device')
      .select((is) => is.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  },
});

/** Forgets devices whose session is no more, within a transaction. */
export const dropSignedOut = (db: Db): Promise<void> =>
  dropDevices(db, (is) =>
    is.and([
      is('session', '!=', ''),
      is.not(
        is.exists(
          is.selectFrom('session').select(sql`1`.as('one')).whereRef('session.hash', '=', 'push_device.session'),
        ),
      ),
    ]),
  );

/** The keys this instance is known by to push services. */
export const pushKeys = ({ read, write }: Engine): PushStore['pushKeys'] => ({
  vapid: async (make, at) => {
    const kept = () => read.selectFrom('push_key').selectAll().where('name', '=', 'vapid').executeTakeFirst();
    let row = await kept();
    if (row === undefined) {
      const { publicKey, privateKey } = make();
      const fresh = { name: 'vapid', public_key: publicKey, private_key: privateKey, made_at: at };
      await write((db) => insertRows(db, 'push_key', [fresh], 'ON CONFLICT (name) DO NOTHING'));
      row = await kept();
    }
    if (row === undefined) throw new Error('the keys for web push were not kept');
    return { publicKey: row.public_key, privateKey: row.private_key };
  },
});
