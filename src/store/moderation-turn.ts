import type { AccountRole } from '../model/moderation.ts';
import { BANNED_WITH_LETTERS, type ModerationEntry, type PaperHold, submissionIn } from '../model/moderation.ts';
import { chunks, insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import { relist } from './listing.ts';
import type { ModerationWish } from './moderation-contract.ts';
import { entryBefore, turnClaim, turnDraft } from './moderation-decide.ts';
import { paperOf } from './paper-doc.ts';

/** What moderators do to rows, inside the transaction that writes it down. Each says whether the target was as it was thought to be. */

const MOST_IDS = 500;

/** An act with the number its entry will have. */
type Act = ModerationWish & { readonly id: number };
type Undone = ModerationEntry | null;

interface Turned {
  readonly paper_id: string;
  readonly group_id: string | null;
}

const countLetters = async (db: Db, letters: readonly Turned[], by: number): Promise<void> => {
  for (const { paper_id, group_id } of letters)
    if (group_id === null && by !== 0)
      await insertRows(
        db,
        'letter_tally',
        [{ paper_id, letters: by }],
        'ON CONFLICT (paper_id) DO UPDATE SET letters = letter_tally.letters + excluded.letters',
      );
};

const ALWAYS = 'ON CONFLICT (kind, target) DO UPDATE SET settled_by = excluded.settled_by, at = excluded.at';

const settleReports = async (db: Db, letter: string, by: string, at: number, conflict: string): Promise<void> =>
  insertRows(db, 'moderation_settled', [{ kind: 'letter', target: letter, settled_by: by, at }], conflict);

/** Whoever acts on a letter has looked at its reports: where none came since they were last put aside, that stays. */
const NEWER = `ON CONFLICT (kind, target) DO UPDATE SET settled_by = excluded.settled_by, at = excluded.at
  WHERE EXISTS (SELECT 1 FROM letter_report
    WHERE letter_report.letter_id = excluded.target AND letter_report.at > moderation_settled.at)`;

/** What brought a target to the state that an undoing brings it back to: that reason and time hold again. */
const causeOf = async (db: Db, act: Act, undone: Undone): Promise<{ readonly reason: string; readonly at: number }> => {
  const found = undone === null ? undefined : await entryBefore(db, act, undone);
  return { reason: found?.reason ?? bodyText(act.reason), at: found?.at ?? act.at };
};

const openReports = async (db: Db, letter: string, at: number): Promise<void> => {
  await db
    .deleteFrom('moderation_settled')
    .where('kind', '=', 'letter')
    .where('target', '=', letter)
    .where('at', '=', at)
    .execute();
};

/** Its reports are put aside with it, and are open again when that is undone. */
const turnLetter = async (db: Db, act: Act, undone: Undone): Promise<boolean> => {
  const { before, after, at } = act;
  const { reason } = await causeOf(db, act, undone);
  const [letter, actor] = [keyText(act.target), keyText(act.actor)];
  await draw(db, 'letter', 1);
  const row = await db
    .updateTable('letter')
    .set({ state: after, state_at: at, state_by: actor, reason: after === 'open' ? null : reason })
    .where('id', '=', letter)
    .where('state', '=', before)
    .returning(['paper_id', 'group_id'])
    .executeTakeFirst();
  if (row === undefined) return false;
  await countLetters(db, [row], Number(after === 'open') - Number(before === 'open'));
  if (undone === null) await settleReports(db, letter, actor, at, NEWER);
  else await openReports(db, letter, undone.at);
  return true;
};

/** States of reports are times: until when they were put aside, empty for never. */
const turnReports = async (db: Db, { target, before, after, actor }: Act): Promise<boolean> => {
  const letter = keyText(target);
  await draw(db, 'letter', 1);
  const there = await db
    .selectFrom('moderation_settled')
    .select('at')
    .where('kind', '=', 'letter')
    .where('target', '=', letter)
    .executeTakeFirst();
  if (String(there?.at ?? '') !== before) return false;
  if (after === '') await openReports(db, letter, Number(before));
  else await settleReports(db, letter, keyText(actor), Number(after), ALWAYS);
  return true;
};

/** Papers taken down leave the lists and the search index, which follows the change log. */
const turnPaper = async (db: Db, act: Act, undone: Undone): Promise<boolean> => {
  const { target, before, after } = act;
  await draw(db, 'change', 0);
  const name = keyText(target);
  const alias = await db.selectFrom('paper_alias').select('paper_id').where('alias', '=', name).executeTakeFirst();
  const row = await db
    .selectFrom('paper')
    .select(['id', 'doc', 'held'])
    .where('id', '=', alias?.paper_id ?? name)
    .executeTakeFirst();
  if (row === undefined || stateOf(row.held) !== before) return false;
  const held = after === 'open' ? null : JSON.stringify({ state: after, ...(await causeOf(db, act, undone)) });
  await db.updateTable('paper').set({ held }).where('id', '=', row.id).execute();
  const paper = paperOf(row.id, row.doc);
  if (before === 'open') await relist(db, [{ old: paper, next: null }]);
  if (after === 'open') await relist(db, [{ old: null, next: paper }]);
  await insertRows(db, 'change_log', [{ seq: await draw(db, 'change', 1), paper_id: row.id }]);
  return true;
};

const stateOf = (held: string | null | undefined): string => holdOf(held)?.state ?? 'open';

/** A paper's `held` column, read. */
export const holdOf = (held: string | null | undefined): PaperHold | null => (held ? JSON.parse(held) : null);

const turnSubmission = async (db: Db, { target, before, after }: Act): Promise<boolean> => {
  await draw(db, 'submission', 1);
  const { paperId, reader } = submissionIn(target);
  const name = keyText(paperId);
  const alias = await db.selectFrom('paper_alias').select('paper_id').where('alias', '=', name).executeTakeFirst();
  const row = await db
    .updateTable('submission')
    .set({ state: after })
    .where('paper_id', '=', alias?.paper_id ?? name)
    .where('reader', '=', keyText(reader))
    .where('state', '=', before)
    .returning('paper_id')
    .executeTakeFirst();
  return row !== undefined;
};

const turnRing = async (db: Db, { target, after, at }: Act, undone: Undone): Promise<boolean> => {
  const clears = after === 'cleared';
  const of = db
    .updateTable('vote_ring')
    .set({ cleared_at: clears ? at : null })
    .where('ring', '=', keyText(target));
  const turned = clears ? of.where('cleared_at', 'is', null) : of.where('cleared_at', '=', undone?.at ?? at);
  return (await turned.executeTakeFirst()).numUpdatedRows > 0n;
};

/** Counts the votes of these papers again, from those that stand. */
const recount = async (db: Db, ids: readonly string[]): Promise<void> => {
  for (const some of chunks(ids, MOST_IDS)) {
    const counted = await db
      .selectFrom('vote')
      .select((is) => ['paper_id', is.fn.countAll<number | string>().as('votes')])
      .where('paper_id', 'in', some)
      .groupBy('paper_id')
      .execute();
    const votes = new Map(counted.map((row) => [row.paper_id, Number(row.votes)]));
    await insertRows(
      db,
      'vote_tally',
      some.map((id) => ({ paper_id: id, votes: votes.get(id) ?? 0 })),
      'ON CONFLICT (paper_id) DO UPDATE SET votes = excluded.votes',
    );
  }
};

const takeVotes = async (db: Db, reader: string): Promise<void> => {
  await draw(db, 'vote', 0);
  const gone = await db.deleteFrom('vote').where('reader', '=', reader).returning('paper_id').execute();
  await recount(
    db,
    gone.map((row) => row.paper_id),
  );
};

/** The log is never touched by a ban, so it says what the votes were; papers that have become one since are one there too. */
const giveVotesBack = async (db: Db, reader: string): Promise<void> => {
  await draw(db, 'vote', 0);
  const said = await db
    .selectFrom('vote_log')
    .select(['paper_id', 'wish'])
    .where('reader', '=', reader)
    .orderBy('seq')
    .execute();
  const last = new Map(said.map((row) => [row.paper_id, row.wish === 1]));
  const ids = [...last].flatMap(([id, wish]) => (wish ? [id] : []));
  await insertRows(
    db,
    'vote',
    ids.map((id) => ({ reader, paper_id: id })),
    'ON CONFLICT DO NOTHING',
  );
  await recount(db, ids);
};

/** Letters that a ban hides say so in `state_by`, and those that its end has shown again: so that either can be undone exactly. */
const hiddenBy = (ban: number): string => `ban:${ban}`;
const shownBy = (entry: number): string => `unban:${entry}`;

const hideLetters = async (
  db: Db,
  author: string,
  {
    at,
    reason,
    by,
    shown,
  }: { readonly at: number; readonly reason: string; readonly by: string; readonly shown: string | null },
): Promise<void> => {
  await draw(db, 'letter', 1);
  let open = db
    .updateTable('letter')
    .set({ state: 'hidden', state_at: at, state_by: by, reason })
    .where('author_id', '=', author)
    .where('state', '=', 'open');
  if (shown !== null) open = open.where('state_by', '=', shown);
  await countLetters(db, await open.returning(['paper_id', 'group_id']).execute(), -1);
};

const showLetters = async (
  db: Db,
  author: string,
  { at, by, ban }: { readonly at: number; readonly by: string; readonly ban: string },
): Promise<void> => {
  await draw(db, 'letter', 1);
  const shown = await db
    .updateTable('letter')
    .set({ state: 'open', state_at: at, state_by: by, reason: null })
    .where('author_id', '=', author)
    .where('state', '=', 'hidden')
    .where('state_by', '=', ban)
    .returning(['paper_id', 'group_id'])
    .execute();
  await countLetters(db, shown, 1);
};

/** The ban that an end of it ended, or that stands. */
const banBefore = async (db: Db, reader: string, entry: number) =>
  db
    .selectFrom('moderation_log')
    .select(['id', 'reason', 'at', 'state_after'])
    .where('kind', '=', 'reader')
    .where('target', '=', reader)
    .where('action', '=', 'ban')
    .where('id', '<', entry)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

const turnReader = async (db: Db, act: Act, undone: Undone): Promise<boolean> => {
  const id = keyText(act.target);
  const bans = act.after.startsWith('banned');
  // What is banned again by undoing its end is banned since when and why it was.
  const ban = bans && undone === null ? null : await banBefore(db, id, undone?.action === 'unban' ? undone.id : act.id);
  const at = ban?.at ?? act.at;
  const reason = bodyText(ban?.reason ?? act.reason);
  const row = await db
    .updateTable('account')
    .set({ disabled_at: bans ? at : null, disabled_why: bans ? reason : null })
    .where('id', '=', id)
    .where('disabled_at', bans ? 'is' : 'is not', null)
    .where('left_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  const withLetters = (ban?.state_after ?? act.after) === BANNED_WITH_LETTERS;
  if (bans) {
    await db.deleteFrom('session').where('account_id', '=', id).execute();
    await takeVotes(db, id);
    const shown = undone === null ? null : shownBy(undone.id);
    if (withLetters) await hideLetters(db, id, { at: act.at, reason, by: hiddenBy(ban?.id ?? act.id), shown });
  } else {
    await giveVotesBack(db, id);
    if (ban && withLetters) await showLetters(db, id, { at: act.at, by: shownBy(act.id), ban: hiddenBy(ban.id) });
  }
  return true;
};

const turnRole = async (db: Db, { target, before, after }: Act): Promise<boolean> => {
  const id = keyText(target);
  const row = await db
    .updateTable('account')
    .set({ role: after as AccountRole })
    .where('id', '=', id)
    .where('role', '=', before as AccountRole)
    .where('left_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  // Whoever holds a session signs in again.
  await db.deleteFrom('session').where('account_id', '=', id).execute();
  return true;
};

/** Does what an act says, or with `undone` takes that entry back; false where the target is not as it was `before`. */
export const turn = (db: Db, act: Act, undone: Undone): Promise<boolean> => {
  const action = undone?.action ?? act.action;
  switch (act.kind) {
    case 'letter':
      return action === 'settle' ? turnReports(db, act) : turnLetter(db, act, undone);
    case 'paper':
      return turnPaper(db, act, undone);
    case 'submission':
      return turnSubmission(db, act);
    case 'ring':
      return turnRing(db, act, undone);
    case 'draft':
      return turnDraft(db, act, undone);
    case 'claim':
      return turnClaim(db, act, undone);
    case 'reader':
      return action === 'role' ? turnRole(db, act) : turnReader(db, act, undone);
  }
};
