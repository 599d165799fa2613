import { sql } from 'kysely';
import { emptyProfile, isShowable } from '../model/profile.ts';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Store } from './store.ts';

const listOf = (json: string): readonly string[] => JSON.parse(json);

/** Profiles; see the contract in `store.ts`. */
export const profiles = ({ read, write }: Engine): Store['profiles'] => ({
  put: (profile) =>
    write((db) =>
      insertRows(
        db,
        'profile',
        [
          {
            reader: keyText(profile.reader),
            about: bodyText(profile.about),
            links: JSON.stringify(profile.links),
            shown: JSON.stringify(profile.shown),
            changed_at: profile.changedAt,
          },
        ],
        'ON CONFLICT (reader) DO UPDATE SET about = excluded.about, links = excluded.links, shown = excluded.shown, changed_at = excluded.changed_at',
      ),
    ),
  get: async (reader) => {
    const row = await read.selectFrom('profile').selectAll().where('reader', '=', keyText(reader)).executeTakeFirst();
    if (row === undefined) return emptyProfile(reader);
    return {
      reader,
      about: row.about,
      links: listOf(row.links),
      shown: listOf(row.shown).filter(isShowable),
      changedAt: row.changed_at,
    };
  },
  votes: async (reader, limit) => {
    const rows = await read
      .selectFrom('vote')
      .innerJoin('vote_log', (join) =>
        join.onRef('vote_log.reader', '=', 'vote.reader').onRef('vote_log.paper_id', '=', 'vote.paper_id'),
      )
      .select(['vote.paper_id', sql<number>`MAX(vote_log.seq)`.as('seq')])
      .where('vote.reader', '=', keyText(reader))
      .groupBy('vote.paper_id')
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ paper_id }) => paper_id);
  },
  forget: (reader) =>
    write(async (db) => {
      await db.deleteFrom('profile').where('reader', '=', keyText(reader)).execute();
    }),
});
