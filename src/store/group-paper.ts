import { sql } from 'kysely';
import type { Engine } from './engine.ts';
import type { GroupStore } from './group-contract.ts';
import { keyText } from './key.ts';

interface Row {
  readonly handle: string;
  readonly name: string;
  readonly proposed: number | string;
  readonly meetings: number | string;
  readonly letters: number | string;
}

/** What a reader's groups have of one paper; see the contract in `group-contract.ts`. */
export const groupPapers = ({ read }: Engine): Pick<GroupStore['groups'], 'onPaper'> => ({
  onPaper: async (reader, paperId) => {
    const paper = keyText(paperId);
    const { rows } = await sql<Row>`
      SELECT reading_group.handle AS handle, reading_group.name AS name,
        (SELECT COUNT(*) FROM group_proposal WHERE group_proposal.group_handle = reading_group.handle
          AND group_proposal.paper_id = ${paper} AND group_proposal.dropped_at IS NULL) AS proposed,
        (SELECT COUNT(*) FROM group_meeting WHERE group_meeting.group_handle = reading_group.handle
          AND group_meeting.paper_id = ${paper} AND group_meeting.cancelled = 0) AS meetings,
        (SELECT COUNT(*) FROM letter WHERE letter.group_id = reading_group.handle
          AND letter.paper_id = ${paper} AND letter.state = 'open') AS letters
      FROM group_member JOIN reading_group ON reading_group.handle = group_member.group_handle
      WHERE group_member.reader = ${keyText(reader)} AND group_member.left_at IS NULL AND reading_group.closed_at IS NULL
      ORDER BY reading_group.name, reading_group.handle`.execute(read);
    return rows.map(({ handle, name, proposed, meetings, letters }) => ({
      handle,
      name,
      proposed: Number(proposed) > 0,
      meetings: Number(meetings),
      letters: Number(letters),
    }));
  },
});
