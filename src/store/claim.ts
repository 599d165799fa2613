import type { Selectable } from 'kysely';
import type { Claim } from '../model/claim.ts';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

const claimOf = (row: Selectable<Schema['claim']>): Claim => ({
  paperId: row.paper_id,
  reader: row.reader,
  authorKey: row.author_key,
  evidence: row.evidence,
  state: row.state,
  requestedAt: row.requested_at,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at,
});

/** Claims of authorship; see the contract in `store.ts`. */
export const claims = ({ read, write }: Engine): Store['claims'] => ({
  put: (claim) =>
    write((db) =>
      insertRows(
        db,
        'claim',
        [
          {
            paper_id: keyText(claim.paperId),
            reader: keyText(claim.reader),
            author_key: keyText(claim.authorKey),
            evidence: bodyText(claim.evidence),
            state: claim.state,
            requested_at: claim.requestedAt,
            decided_by: claim.decidedBy,
            decided_at: claim.decidedAt,
          },
        ],
        'ON CONFLICT (paper_id, reader) DO UPDATE SET author_key = excluded.author_key, evidence = excluded.evidence, state = excluded.state, requested_at = excluded.requested_at, decided_by = excluded.decided_by, decided_at = excluded.decided_at',
      ),
    ),
  get: async (paperId, reader) => {
    const row = await read
      .selectFrom('claim')
      .selectAll()
      .where('paper_id', '=', keyText(paperId))
      .where('reader', '=', keyText(reader))
      .executeTakeFirst();
    return row === undefined ? null : claimOf(row);
  },
  remove: (paperId, reader) =>
    write(async (db) => {
      const gone = await db
        .deleteFrom('claim')
        .where('paper_id', '=', keyText(paperId))
        .where('reader', '=', keyText(reader))
        .executeTakeFirst();
      return gone.numDeletedRows > 0n;
    }),
  granted: async (paperId) => {
    const rows = await read
      .selectFrom('claim')
      .selectAll()
      .where('paper_id', '=', keyText(paperId))
      .where('state', '=', 'granted')
      .orderBy('requested_at')
      .orderBy('reader')
      .execute();
    return rows.map(claimOf);
  },
  grantedTo: async (authorKey) => {
    const rows = await read
      .selectFrom('claim')
      .select('reader')
      .distinct()
      .where('author_key', '=', keyText(authorKey))
      .where('state', '=', 'granted')
      .orderBy('reader')
      .execute();
    return rows.map(({ reader }) => reader);
  },
  of: async (reader) => {
    const rows = await read
      .selectFrom('claim')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .orderBy('requested_at', 'desc')
      .orderBy('paper_id')
      .execute();
    return rows.map(claimOf);
  },
  in: async (state, limit) => {
    const rows = await read
      .selectFrom('claim')
      .selectAll()
      .where('state', '=', state)
      .orderBy('requested_at')
      .orderBy('paper_id')
      .orderBy('reader')
      .limit(limit)
      .execute();
    return rows.map(claimOf);
  },
  forget: (reader) =>
    write(async (db) => {
      await db.deleteFrom('claim').where('reader', '=', keyText(reader)).execute();
    }),
});
