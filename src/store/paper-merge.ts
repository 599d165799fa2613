import { sql } from 'kysely';
import type { PaperId } from '../model/paper.ts';
import { insertRows } from './bulk.ts';
import { recordCorrection } from './correction.ts';
import { draw } from './counter.ts';
import type { Db } from './engine.ts';
import { moveGroups } from './group-vote.ts';
import { keyText } from './key.ts';
import { moveLetters } from './letter.ts';
import { moveLibrary } from './library-merge.ts';
import { paperOf } from './paper-doc.ts';

/** Adds to a row's key columns nothing; moves rows of `table` from one paper to another, those it has already excepted. */
const moveRows = async (
  db: Db,
  table: 'vector' | 'former_text' | 'signal' | 'vote' | 'correction' | 'submission' | 'claim',
  from: PaperId,
  to: PaperId,
): Promise<void> => {
  const rows = await db.selectFrom(table).selectAll().where('paper_id', '=', from).execute();
  if (rows.length === 0) return;
  await db.deleteFrom(table).where('paper_id', '=', from).execute();
  const moved = rows.map((row) => ({ ...row, paper_id: to }));
  const conflict =
    table === 'signal'
      ? `ON CONFLICT (paper_id, source, name) DO UPDATE SET value = excluded.value WHERE excluded.value > signal.value`
      : 'ON CONFLICT DO NOTHING';
  await insertRows(db, table, moved, conflict);
};

const moveVotes = async (db: Db, from: PaperId, to: PaperId): Promise<void> => {
  await draw(db, 'vote', 0);
  await db.updateTable('vote_log').set({ paper_id: to }).where('paper_id', '=', from).execute();
  await moveRows(db, 'vote', from, to);
  const tallied = await db.deleteFrom('vote_tally').where('paper_id', 'in', [from, to]).executeTakeFirst();
  if (tallied.numDeletedRows === 0n) return;
  const { votes } = await db
    .selectFrom('vote')
    .select((is) => is.fn.countAll<number | string>().as('votes'))
    .where('paper_id', '=', to)
    .executeTakeFirstOrThrow();
  await insertRows(db, 'vote_tally', [{ paper_id: to, votes: Number(votes) }]);
};

/** An edition that has placed both keeps the better place, closes the gap, and says so in a correction. */
const movePlacements = async (db: Db, from: PaperId, to: PaperId, title: string, at: number): Promise<void> => {
  const places = await db.selectFrom('placement').select(['date', 'place']).where('paper_id', '=', from).execute();
  if (places.length === 0) return;
  await draw(db, 'edition', 1);
  for (const { date, place } of places) {
    const other = await db
      .selectFrom('placement')
      .select('place')
      .where('paper_id', '=', to)
      .where('date', '=', date)
      .executeTakeFirst();
    if (!other) {
      await db
        .updateTable('placement')
        .set({ paper_id: to })
        .where('date', '=', date)
        .where('place', '=', place)
        .execute();
      continue;
    }
    const worse = Math.max(place, other.place);
    const after = await db
      .selectFrom('placement')
      .selectAll()
      .where('date', '=', date)
      .where('place', '>=', worse)
      .execute();
    await db.deleteFrom('placement').where('date', '=', date).where('place', '>=', worse).execute();
    await db
      .updateTable('placement')
      .set({ paper_id: to })
      .where('date', '=', date)
      .where('place', '=', Math.min(place, other.place))
      .execute();
    const rows = after.filter((row) => row.place > worse).map((row) => ({ ...row, place: row.place - 1 }));
    await insertRows(db, 'placement', rows);
    const says = `“${title}” stood here twice, at places ${Math.min(place, other.place)} and ${worse}: both were the same paper. The first place remains.`;
    await recordCorrection(db, { date, paperId: to, kind: 'merged', says, at });
  }
};

/**
 * Makes the stored paper `from` the paper `to`, which is made from it where it is not stored yet: its sightings, signals,
 * votes, letters, library entries, places in editions, former texts and vectors go along, and `from` and all its names become names of `to`. A vote of the same
 * reader and a place in the same edition count once. The document of `to`, its lists and the change log are the caller's.
 */
export const becomes = async (db: Db, from: PaperId, to: PaperId, now: number): Promise<void> => {
  const row = await db.selectFrom('paper').selectAll().where('id', '=', from).executeTakeFirst();
  if (!row || from === to) return;
  await insertRows(db, 'paper', [{ ...row, id: to }], 'ON CONFLICT (id) DO NOTHING');
  // What moderators took down stays down, also as a part of another.
  if (row.held)
    await db.updateTable('paper').set({ held: row.held }).where('id', '=', to).where('held', 'is', null).execute();
  const paper = paperOf(from, row.doc);
  for (const { source, externalId } of paper.sightings) {
    await db
      .updateTable('sighting')
      .set({ paper_id: to })
      .where('source', '=', keyText(source))
      .where('external_id', '=', keyText(externalId))
      .where('paper_id', '=', from)
      .execute();
  }
  await moveRows(db, 'signal', from, to);
  await moveRows(db, 'former_text', from, to);
  await moveRows(db, 'vector', from, to);
  await moveVotes(db, from, to);
  await moveLetters(db, from, to);
  await moveLibrary(db, from, to);
  await moveGroups(db, from, to);
  await movePlacements(db, from, to, paper.title, now);
  await moveRows(db, 'correction', from, to);
  await moveRows(db, 'submission', from, to);
  await moveRows(db, 'claim', from, to);
  await db.updateTable('paper_alias').set({ paper_id: to }).where('paper_id', '=', from).execute();
  await db.deleteFrom('paper_alias').where('alias', '=', to).execute();
  await sql`INSERT INTO paper_alias (alias, paper_id) VALUES (${from}, ${to})
    ON CONFLICT (alias) DO UPDATE SET paper_id = excluded.paper_id`.execute(db);
  await db.deleteFrom('paper').where('id', '=', from).execute();
};
