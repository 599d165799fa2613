import { BY_ORCID } from '../model/claim.ts';
import type { ModerationEntry } from '../model/moderation.ts';
import { submissionIn } from '../model/moderation.ts';
import { draw } from './counter.ts';
import type { Db } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { ModerationWish } from './moderation-contract.ts';
import { addSubmissions, withdrawSubmissions } from './submission.ts';

/** What moderators decide about what waits for them: submissions and claims; see `moderation-turn.ts`. */

type Undone = ModerationEntry | null;

interface Decided {
  readonly by: string;
  readonly at: number;
}

/** The entry that brought a target to the state an undoing brings it back to; undefined where the log has none. */
export const entryBefore = (
  db: Db,
  { kind, target, after }: Pick<ModerationWish, 'kind' | 'target' | 'after'>,
  undone: ModerationEntry,
) =>
  db
    .selectFrom('moderation_log')
    .select(['actor', 'reason', 'at'])
    .where('kind', '=', kind)
    .where('target', '=', keyText(target))
    .where('state_after', '=', after)
    .where('id', '<', undone.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Who brought a target to that state, and when. */
const decidedBefore = async (db: Db, act: ModerationWish, undone: ModerationEntry): Promise<Decided | null> => {
  const row = await entryBefore(db, act, undone);
  return row === undefined ? null : { by: row.actor, at: row.at };
};

/** A submission let through is made in its reader's name at the time of the deed, by which it is found when that is taken back. */
export const turnDraft = async (db: Db, act: ModerationWish, undone: Undone): Promise<boolean> => {
  const { before, after, at, through } = act;
  await draw(db, 'submission', 0);
  const decided: Decided | null =
    after === 'waiting'
      ? null
      : undone === null
        ? { by: keyText(act.actor), at }
        : await decidedBefore(db, act, undone);
  const row = await db
    .updateTable('submission_draft')
    .set({
      state: after as 'waiting' | 'done' | 'refused',
      decided_by: decided?.by ?? null,
      decided_at: decided?.at ?? null,
      ...(through === undefined ? {} : { body: bodyText(through.body) }),
    })
    .where('id', '=', keyText(act.target))
    .where('state', '=', before as 'waiting' | 'done' | 'refused')
    .returning(['reader', 'note'])
    .executeTakeFirst();
  if (row === undefined) return false;
  const { reader, note } = row;
  if (before === 'done' && undone !== null) await withdrawSubmissions(db, { reader, at: undone.at });
  if (through !== undefined) {
    const { day, papers } = through;
    await addSubmissions(
      db,
      papers.map((paperId) => ({ paperId, reader, day, at, note })),
      null,
    );
  }
  return true;
};

/** A claim that no entry of the log has granted was granted by a sign-in at ORCID, when it was made. */
export const turnClaim = async (db: Db, act: ModerationWish, undone: Undone): Promise<boolean> => {
  const { paperId, reader } = submissionIn(act.target);
  const name = keyText(paperId);
  const alias = await db.selectFrom('paper_alias').select('paper_id').where('alias', '=', name).executeTakeFirst();
  const key = { paper_id: alias?.paper_id ?? name, reader: keyText(reader) };
  const there = await db
    .selectFrom('claim')
    .select(['state', 'requested_at'])
    .where('paper_id', '=', key.paper_id)
    .where('reader', '=', key.reader)
    .executeTakeFirst();
  if (there === undefined || there.state !== act.before) return false;
  const byOrcid: Decided = { by: BY_ORCID, at: there.requested_at };
  const decided =
    act.after === 'requested'
      ? null
      : undone === null
        ? { by: keyText(act.actor), at: act.at }
        : ((await decidedBefore(db, act, undone)) ?? byOrcid);
  const turned = await db
    .updateTable('claim')
    .set({
      state: act.after as 'requested' | 'granted' | 'refused',
      decided_by: decided?.by ?? null,
      decided_at: decided?.at ?? null,
    })
    .where('paper_id', '=', key.paper_id)
    .where('reader', '=', key.reader)
    .where('state', '=', there.state)
    .executeTakeFirst();
  return turned.numUpdatedRows > 0n;
};
