import { ok, type Result } from '../kernel/result.ts';
import type { GroupReports } from '../model/group-page.ts';
import type { ModerationEntry } from '../model/moderation.ts';
import type { Store } from '../store/store.ts';
import { type Acting, enterGroup } from './group.ts';
import { type Deed, type ModerationDeps, moderate } from './moderation.ts';
import { peopleOf } from './people.ts';

const REPORTS = 200;

interface Deps extends ModerationDeps {
  readonly store: ModerationDeps['store'] & Pick<Store, 'groups'>;
}

/** Reported letters of a group that wait for a word of its editors, the most reported first; the instance's moderators see them too. */
export const readGroupReports = async (
  deps: Deps,
  acting: Acting,
): Promise<Result<GroupReports, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'tend' });
  if (!entered.ok) return entered;
  const { store } = deps;
  const reports = await store.letters.reports(REPORTS, acting.handle);
  const byLetter = Map.groupBy(reports, ({ letterId }) => letterId);
  const [settled, people] = await Promise.all([
    store.moderation.settled('letter', [...byLetter.keys()]),
    peopleOf(
      store,
      reports.map(({ reader }) => reader),
    ),
  ]);
  const matters: GroupReports['matters'][number][] = [];
  for (const [id, all] of byLetter) {
    const letter = await store.letters.get(id);
    const open = all.filter(({ at }) => at > (settled.get(id) ?? Number.NEGATIVE_INFINITY));
    // What is hidden stays here, so that it can be shown again.
    if (letter === null || (open.length === 0 && letter.state === 'open')) continue;
    const said = open.map(({ reader, reason, at }) => ({ by: people.get(reader) ?? null, reason, at }));
    matters.push({ letter, reports: said });
  }
  return ok({ ...entered.value, matters: matters.sort((a, b) => b.reports.length - a.reports.length) });
};

/** What an editor does to a letter of the group: as moderators do, in the same log, which tells others no more than that it was done. */
export const tendGroupLetter = async (
  deps: Deps,
  {
    handle,
    reader,
    ...deed
  }: Acting & Pick<Deed, 'target' | 'reason'> & { readonly action: 'hide' | 'remove' | 'restore' | 'settle' },
): Promise<Result<ModerationEntry | null, 'bad-input' | 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'tend' });
  return entered.ok ? moderate(deps, { ...deed, actor: reader, kind: 'letter', within: handle }) : entered;
};
