import type { NotificationKind } from '../model/notification.ts';
import { insertRows } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import { keyText } from './key.ts';
import { letterOf, selectLetters } from './letter.ts';
import type { NotificationStore } from './notification-contract.ts';

/** What a reader may be told of now, by the state of the letters and of their groups. */
const toldTo = (db: Db, reader: string) =>
  selectLetters(db)
    .innerJoin('notification', 'notification.letter_id', 'letter.id')
    .where('notification.reader', '=', reader)
    .where('letter.state', '=', 'open')
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('letter.group_id', 'is', null),
        exists(
          selectFrom('group_member')
            .select('group_member.reader')
            .whereRef('group_member.group_handle', '=', 'letter.group_id')
            .where('group_member.reader', '=', reader)
            .where('group_member.left_at', 'is', null),
        ),
      ]),
    );

const seenBy = async (db: Db, reader: string): Promise<number> => {
  const row = await db
    .selectFrom('notification_seen')
    .select('until')
    .where('reader', '=', keyText(reader))
    .executeTakeFirst();
  return Number(row?.until ?? 0);
};

/** Who is told of which letter; see the contract in `notification-contract.ts`. */
export const notifications = ({ read, write }: Engine): NotificationStore['notifications'] => ({
  add: (letterId, told) =>
    write((db) =>
      insertRows(
        db,
        'notification',
        told.map(({ reader, kind, at }) => ({ reader: keyText(reader), letter_id: keyText(letterId), kind, at })),
        'ON CONFLICT DO NOTHING',
      ),
    ),
  of: async (reader, { limit, offset = 0, since = 0 }) => {
    const rows = await toldTo(read, keyText(reader))
      .select(['notification.kind as told_as', 'notification.at as told_at'])
      .where('notification.at', '>', since)
      .orderBy('notification.at', 'desc')
      .orderBy('notification.letter_id')
      .limit(limit)
      .offset(offset)
      .execute();
    return rows.map((row) => ({
      letter: letterOf(row),
      kind: row.told_as as NotificationKind,
      at: Number(row.told_at),
    }));
  },
  unread: async (reader) => {
    const since = await seenBy(read, reader);
    const rows = await toldTo(read, keyText(reader))
      .clearSelect()
      .select((is) => is.fn.countAll<number | string>().as('n'))
      .where('notification.at', '>', since)
      .execute();
    return Number(rows[0]?.n ?? 0);
  },
  seen: (reader) => seenBy(read, reader),
  see: (reader, until) =>
    write((db) =>
      insertRows(
        db,
        'notification_seen',
        [{ reader: keyText(reader), until }],
        'ON CONFLICT (reader) DO UPDATE SET until = CASE WHEN excluded.until > notification_seen.until THEN excluded.until ELSE notification_seen.until END',
      ),
    ),
  forget: (reader) =>
    write(async (db) => {
      await db.deleteFrom('notification').where('reader', '=', keyText(reader)).execute();
      await db.deleteFrom('notification_seen').where('reader', '=', keyText(reader)).execute();
    }),
});
