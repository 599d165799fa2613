import type { Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { ListingKind, Schema } from './schema.ts';
import type { Store } from './store.ts';

export const browse = ({ read }: Engine): Store['browse'] => {
  const listing = async (kind: ListingKind, key: string): Promise<Schema['listing'] | null> =>
    (await read
      .selectFrom('listing')
      .selectAll()
      .where('kind', '=', kind)
      .where('key', '=', keyText(key))
      .where('papers', '>', 0)
      .executeTakeFirst()) ?? null;

  /** Newest first; papers without a day come last. */
  const ids = async (kind: ListingKind, key: string, page: { limit: number; offset: number }): Promise<string[]> => {
    const rows = await read
      .selectFrom('listed')
      .select('paper_id')
      .where('kind', '=', kind)
      .where('key', '=', keyText(key))
      .orderBy('day', 'desc')
      .orderBy('paper_id', 'desc')
      .limit(page.limit)
      .offset(page.offset)
      .execute();
    return rows.map((row) => row.paper_id);
  };

  const longest = (kind: ListingKind, limit: number) =>
    read
      .selectFrom('listing')
      .select(['key', 'name', 'papers'])
      .where('kind', '=', kind)
      .where('papers', '>', 0)
      .orderBy('papers', 'desc')
      .orderBy('key')
      .limit(limit)
      .execute();

  return {
    author: async (key, page) => {
      const row = await listing('author', key);
      return row && { name: row.name, total: row.papers, ids: await ids('author', key, page) };
    },
    organisation: async (key, page) => {
      const row = await listing('organisation', key);
      if (!row) return null;
      const organisation = { key: row.key, name: row.name, handle: row.handle };
      return { organisation, total: row.papers, ids: await ids('organisation', key, page) };
    },
    category: async (code, page) => ({
      total: (await listing('category', code))?.papers ?? 0,
      ids: await ids('category', code, page),
    }),
    stretch: async ({ kind, key }, { from, towards, limit }) => {
      const older = towards === 'older';
      const found = await read
        .selectFrom('listed')
        .select(['day', 'paper_id'])
        .where('kind', '=', kind)
        .where('key', '=', keyText(key))
        .$if(from !== null, (query) =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(
              refTuple('day', 'paper_id'),
              older ? '<' : '>',
              tuple(keyText(from?.day ?? ''), keyText(from?.id ?? '')),
            ),
          ),
        )
        .orderBy('day', older ? 'desc' : 'asc')
        .orderBy('paper_id', older ? 'desc' : 'asc')
        .limit(limit)
        .execute();
      const places = found.map((row) => ({ day: row.day, id: row.paper_id }));
      return older ? places : places.reverse();
    },
    organisations: (limit) => longest('organisation', limit),
    categories: async (limit) => (await longest('category', limit)).map(({ key, papers }) => ({ key, papers })),
  };
};
