import type { Engine } from './engine.ts';
import type { Store } from './store.ts';

export const changes = ({ read }: Engine): Store['changes'] => ({
  since: async (seq, limit) => {
    const rows = await read
      .selectFrom('change_log')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ seq: row.seq, paperId: row.paper_id }));
  },
  last: async () =>
    (await read.selectFrom('counter').select('value').where('name', '=', 'change').executeTakeFirst())?.value ?? 0,
});
