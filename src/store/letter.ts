import { Fault } from '../kernel/errors.ts';
import type { Letter, LetterState } from '../model/letter.ts';
import type { PaperId } from '../model/paper.ts';
import { insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { LetterStore } from './letter-contract.ts';

/** Letters with the names their authors have now, and whether they are known to have written the paper. */
export const selectLetters = (db: Db) =>
  db
    .selectFrom('letter')
    .leftJoin('account', 'account.id', 'letter.author_id')
    .leftJoin('claim', (join) =>
      join
        .onRef('claim.paper_id', '=', 'letter.paper_id')
        .onRef('claim.reader', '=', 'letter.author_id')
        .on('claim.state', '=', 'granted'),
    )
    .selectAll('letter')
    .select(['account.handle as handle_now', 'account.name as name_now', 'claim.reader as claimed_by']);

type Row = Awaited<ReturnType<ReturnType<typeof selectLetters>['executeTakeFirstOrThrow']>>;

export const letterOf = (row: Row): Letter => ({
  id: row.id,
  paperId: row.paper_id,
  groupId: row.group_id,
  parentId: row.parent_id,
  author: {
    id: row.author_id,
    handle: row.handle_now ?? row.handle,
    name: row.name_now ?? row.name,
    isAuthorOfPaper: row.claimed_by !== null,
  },
  body: row.body,
  createdAt: row.created_at,
  editedAt: row.edited_at,
  edits: row.edits,
  state: row.state as LetterState,
  stateAt: row.state_at,
  reason: row.reason,
});

const find = async (db: Db, id: string): Promise<Letter | null> => {
  const row = await selectLetters(db).where('letter.id', '=', keyText(id)).executeTakeFirst();
  return row ? letterOf(row) : null;
};

const tally = (db: Db, paperId: string, change: number): Promise<void> =>
  insertRows(
    db,
    'letter_tally',
    [{ paper_id: paperId, letters: change }],
    'ON CONFLICT (paper_id) DO UPDATE SET letters = letter_tally.letters + excluded.letters',
  );

/** Letters go along when papers become one. */
export const moveLetters = async (db: Db, from: PaperId, to: PaperId): Promise<void> => {
  await db.updateTable('letter').set({ paper_id: to }).where('paper_id', '=', from).execute();
  const moved = await db
    .deleteFrom('letter_tally')
    .where('paper_id', '=', from)
    .returning('letters')
    .executeTakeFirst();
  if (moved) await tally(db, to, moved.letters);
};

const timesOf = async (db: Db, author: string, since: number): Promise<readonly number[]> => {
  const rows = await db
    .selectFrom('letter_edit')
    .select('at')
    .where('author_id', '=', author)
    .where('at', '>', since)
    .orderBy('at')
    .execute();
  return rows.map(({ at }) => at);
};

export const letters = ({ read, write }: Engine): LetterStore['letters'] => ({
  add: async (wish) => {
    const there = await find(read, wish.id);
    if (there !== null) return { letter: there, isNew: false };
    return write(async (db) => {
      await draw(db, 'letter', 1);
      const known = await find(db, wish.id);
      if (known !== null) return { letter: known, isNew: false };
      const [id, paperId, author] = [keyText(wish.id), keyText(wish.paperId), keyText(wish.author.id)];
      const paper = await db.selectFrom('paper').select('id').where('id', '=', paperId).executeTakeFirst();
      if (!paper) throw new Fault('not-found', 'There is no such paper to write about.');
      if (wish.within) wish.within.check(await timesOf(db, author, wish.within.since));
      const body = bodyText(wish.body);
      const row = {
        id,
        paper_id: paperId,
        group_id: wish.groupId === null ? null : keyText(wish.groupId),
        parent_id: wish.parentId === null ? null : keyText(wish.parentId),
        author_id: author,
        handle: bodyText(wish.author.handle),
        name: bodyText(wish.author.name),
        body,
        created_at: wish.at,
        edited_at: null,
        edits: 0,
        state: 'open',
        state_at: null,
        state_by: null,
        reason: null,
      };
      await insertRows(db, 'letter', [row]);
      await insertRows(db, 'letter_edit', [{ letter_id: id, n: 1, author_id: author, body, at: wish.at }]);
      if (wish.groupId === null) await tally(db, paperId, 1);
      const letter = await find(db, wish.id);
      if (letter === null) throw new Fault('internal', 'A letter was not kept.');
      return { letter, isNew: true };
    });
  },
  edit: (change) =>
    write(async (db) => {
      await draw(db, 'letter', 1);
      const before = await find(db, change.id);
      const body = bodyText(change.body);
      if (before === null || before.state !== 'open' || before.body === body)
        return before?.state === 'open' ? before : null;
      const author = keyText(before.author.id);
      if (change.within) change.within.check(await timesOf(db, author, change.within.since));
      const [id, edits] = [keyText(change.id), before.edits + 1];
      await db.updateTable('letter').set({ body, edits, edited_at: change.at }).where('id', '=', id).execute();
      const wording = { letter_id: id, n: edits + 1, author_id: author, body, at: change.at };
      await insertRows(db, 'letter_edit', [wording]);
      return { ...before, body, edits, editedAt: change.at };
    }),
  turn: (change) =>
    write(async (db) => {
      await draw(db, 'letter', 1);
      const before = await find(db, change.id);
      if (before === null || !change.from.includes(before.state)) return false;
      if (change.since !== undefined && (before.stateAt ?? 0) <= change.since) return false;
      await db
        .updateTable('letter')
        .set({
          state: change.to,
          state_at: change.at,
          state_by: keyText(change.by),
          reason: change.reason === null ? null : bodyText(change.reason),
        })
        .where('id', '=', keyText(change.id))
        .execute();
      const counts = (state: LetterState): number => (state === 'open' && before.groupId === null ? 1 : 0);
      const moved = counts(change.to) - counts(before.state);
      if (moved !== 0) await tally(db, before.paperId, moved);
      return true;
    }),
  get: (id) => find(read, id),
  ofPaper: async (paperId, groupId = null) => {
    const rows = await selectLetters(read)
      .where('letter.paper_id', '=', keyText(paperId))
      .where('group_id', groupId === null ? 'is' : '=', groupId === null ? null : keyText(groupId))
      .orderBy('letter.created_at')
      .orderBy('letter.id')
      .execute();
    return rows.map(letterOf);
  },
  ofAuthor: async (author, limit) => {
    const rows = await selectLetters(read)
      .where('author_id', '=', keyText(author))
      .orderBy('letter.created_at', 'desc')
      .orderBy('letter.id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(letterOf);
  },
  wordings: (id) =>
    read
      .selectFrom('letter_edit')
      .select(['n', 'body', 'at'])
      .where('letter_id', '=', keyText(id))
      .orderBy('n')
      .execute(),
  times: (author, since) => timesOf(read, keyText(author), since),
  report: ({ letterId, reader, reason, at }) =>
    write(async (db) => {
      await draw(db, 'letter', 1);
      const row = { letter_id: keyText(letterId), reader: keyText(reader), reason: bodyText(reason), at };
      await insertRows(db, 'letter_report', [row], 'ON CONFLICT DO NOTHING');
    }),
  reports: async (limit, groupId) => {
    let query = read
      .selectFrom('letter_report')
      .innerJoin('letter', 'letter.id', 'letter_report.letter_id')
      .selectAll('letter_report')
      .where('letter.state', 'in', ['open', 'hidden'])
      .orderBy('at')
      .orderBy('letter_id')
      .orderBy('letter_report.reader')
      .limit(limit);
    if (groupId !== undefined) query = query.where('letter.group_id', '=', keyText(groupId));
    const rows = await query.execute();
    return rows.map(({ letter_id: letterId, reader, reason, at }) => ({ letterId, reader, reason, at }));
  },
  reportsBy: async (reader) =>
    (
      await read
        .selectFrom('letter_report')
        .selectAll()
        .where('reader', '=', keyText(reader))
        .orderBy('at')
        .orderBy('letter_id')
        .execute()
    ).map((row) => ({ letterId: row.letter_id, reader: row.reader, reason: row.reason, at: row.at })),
  unname: (author) =>
    write(async (db) => {
      await draw(db, 'letter', 1);
      await db.updateTable('letter').set({ handle: '', name: '' }).where('author_id', '=', keyText(author)).execute();
      await db.deleteFrom('letter_report').where('reader', '=', keyText(author)).execute();
    }),
  sweep: async (before) => {
    const due = () =>
      read
        .selectFrom('letter')
        .select('id')
        .where('state', '=', 'deleted')
        .where('state_at', '<', before)
        .where('body', '<>', '')
        .limit(500);
    const ids = (await due().execute()).map(({ id }) => id);
    if (ids.length === 0) return;
    await write(async (db) => {
      await draw(db, 'letter', 1);
      const gone = db
        .selectFrom('letter')
        .select('id')
        .where('id', 'in', ids)
        .where('state', '=', 'deleted')
        .where('state_at', '<', before);
      await db.updateTable('letter_edit').set({ body: '' }).where('letter_id', 'in', gone).execute();
      await db
        .updateTable('letter')
        .set({ body: '' })
        .where('id', 'in', ids)
        .where('state', '=', 'deleted')
        .where('state_at', '<', before)
        .execute();
    });
  },
});
