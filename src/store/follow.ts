import type { Follow, FollowKind } from '../model/follow.ts';
import { CHUNK, chunks, insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Store } from './store.ts';

const LISTED: ReadonlySet<FollowKind> = new Set(['author', 'organisation', 'category']);

export const follows = ({ read, write }: Engine): Store['follows'] => ({
  put: (reader, { kind, key, name, createdAt }) =>
    write((db) =>
      insertRows(
        db,
        'follow',
        [{ reader: keyText(reader), kind, key: keyText(key), name: bodyText(name), created_at: createdAt }],
        'ON CONFLICT DO NOTHING',
      ),
    ),
  delete: (reader, { kind, key }) =>
    write(async (db) => {
      await db
        .deleteFrom('follow')
        .where('reader', '=', keyText(reader))
        .where('kind', '=', kind)
        .where('key', '=', keyText(key))
        .execute();
    }),
  of: async (reader) => {
    const rows = await read
      .selectFrom('follow')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .orderBy('created_at')
      .orderBy('kind')
      .orderBy('key')
      .execute();
    return rows.map(
      ({ kind, key, name, created_at }): Follow => ({ kind: kind as FollowKind, key, name, createdAt: created_at }),
    );
  },
  has: async (reader, { kind, key }) =>
    (await read
      .selectFrom('follow')
      .select('key')
      .where('reader', '=', keyText(reader))
      .where('kind', '=', kind)
      .where('key', '=', keyText(key))
      .executeTakeFirst()) !== undefined,
  followers: async ({ kind, key }) => {
    const rows = await read
      .selectFrom('follow')
      .select('reader')
      .where('kind', '=', kind)
      .where('key', '=', keyText(key))
      .orderBy('reader')
      .execute();
    return rows.map(({ reader }) => reader);
  },
  arrivals: async ({ kind, key }, { since, firstDay, limit }) => {
    if (kind === 'reader') {
      const rows = await read
        .selectFrom('vote_log')
        .innerJoin('vote', (join) =>
          join.onRef('vote.reader', '=', 'vote_log.reader').onRef('vote.paper_id', '=', 'vote_log.paper_id'),
        )
        .select(['vote_log.paper_id', (is) => is.fn.max('vote_log.at').as('at')])
        .where('vote_log.reader', '=', keyText(key))
        .where('vote_log.wish', '=', 1)
        .where('vote_log.at', '>', since)
        .groupBy('vote_log.paper_id')
        .orderBy('at', 'desc')
        .orderBy('vote_log.paper_id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ paperId: row.paper_id, kind, key, at: Number(row.at) }));
    }
    if (!LISTED.has(kind)) return [];
    const rows = await read
      .selectFrom('listed')
      .innerJoin('paper', 'paper.id', 'listed.paper_id')
      .select(['paper.id', 'paper.created_at'])
      .distinct()
      .where('listed.kind', '=', kind as 'author' | 'organisation' | 'category')
      .where('listed.key', '=', keyText(key))
      .where(({ or, eb }) => or([eb('listed.day', '>=', firstDay), eb('listed.day', '=', '')]))
      .where('paper.created_at', '>', since)
      .orderBy('paper.created_at', 'desc')
      .orderBy('paper.id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ paperId: row.id, kind, key, at: row.created_at }));
  },
});

export const seen = ({ read, write }: Engine): Store['seen'] => ({
  add: ({ reader, ids, at, place, done = false }) =>
    write((db) =>
      insertRows(
        db,
        'seen',
        // In one order, so that two that add at once do not wait for each other for ever.
        [...new Set(ids.map(keyText))]
          .sort()
          .map((id) => ({ reader: keyText(reader), paper_id: id, at, place: keyText(place), done: done ? 1 : 0 })),
        done ? 'ON CONFLICT (reader, paper_id) DO UPDATE SET done = 1' : 'ON CONFLICT DO NOTHING',
      ),
    ),
  of: async (reader, ids) => {
    const found = new Map<string, { at: number; place: string; done: boolean }>();
    for (const part of chunks([...new Set(ids.map(keyText))], CHUNK)) {
      const rows = await read
        .selectFrom('seen')
        .selectAll()
        .where('reader', '=', keyText(reader))
        .where('paper_id', 'in', part)
        .execute();
      for (const { paper_id, at, place, done } of rows) found.set(paper_id, { at, place, done: done === 1 });
    }
    return found;
  },
  all: async (reader) => {
    const rows = await read
      .selectFrom('seen')
      .select(['paper_id', 'at', 'place'])
      .where('reader', '=', keyText(reader))
      .orderBy('at')
      .orderBy('paper_id')
      .execute();
    return rows.map(({ paper_id, at, place }) => ({ paperId: paper_id, at, place }));
  },
});
