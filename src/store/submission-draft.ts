import type { Selectable } from 'kysely';
import type { SubmissionDraft } from '../model/submission.ts';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

const draftOf = (row: Selectable<Schema['submission_draft']>): SubmissionDraft => ({
  id: row.id,
  reader: row.reader,
  at: row.at,
  state: row.state,
  note: row.note,
  body: row.body,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at,
});

/** What readers were shown and have not confirmed, or what waits for a moderator; see the contract in `submission-contract.ts`. */
export const drafts = ({ read, write }: Engine): Store['submissions']['drafts'] => ({
  put: (draft) =>
    write((db) =>
      insertRows(
        db,
        'submission_draft',
        [
          {
            id: keyText(draft.id),
            reader: keyText(draft.reader),
            at: draft.at,
            state: draft.state,
            note: bodyText(draft.note),
            body: bodyText(draft.body),
            decided_by: draft.decidedBy,
            decided_at: draft.decidedAt,
          },
        ],
        'ON CONFLICT (id) DO UPDATE SET state = excluded.state, note = excluded.note, body = excluded.body, decided_by = excluded.decided_by, decided_at = excluded.decided_at',
      ),
    ),
  get: async (id) => {
    const row = await read.selectFrom('submission_draft').selectAll().where('id', '=', keyText(id)).executeTakeFirst();
    return row === undefined ? null : draftOf(row);
  },
  in: async (state, limit) => {
    const rows = await read
      .selectFrom('submission_draft')
      .selectAll()
      .where('state', '=', state)
      .orderBy('at')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(draftOf);
  },
  of: async (reader) => {
    const rows = await read
      .selectFrom('submission_draft')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .orderBy('at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(draftOf);
  },
  count: async (reader, since) => {
    const { n } = await read
      .selectFrom('submission_draft')
      .select((is) => is.fn.countAll<number | string>().as('n'))
      .where('reader', '=', keyText(reader))
      .where('at', '>=', since)
      .executeTakeFirstOrThrow();
    return Number(n);
  },
  sweep: (before) =>
    write(async (db) => {
      await db
        .deleteFrom('submission_draft')
        .where('at', '<', before)
        .where('state', 'in', ['open', 'done'])
        .where('decided_by', 'is', null)
        .execute();
    }),
});
