import { plainMath } from '../kernel/plain-math.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Rewording, VersionsPage } from '../model/pages.ts';
import type { FormerText, Paper, PaperId } from '../model/paper.ts';
import { wordDiff } from '../model/word-diff.ts';
import type { Store } from '../store/store.ts';

/** Changes compared on one page. */
const MOST_CHANGES = 20;

type Named = Pick<Rewording, 'anchor' | 'from' | 'to'>;

/** Each change of wording with its name, in the order of `history` (newest first): `v3`, and `v3-2` for a second one that led to version 3. */
const named = (paper: Paper, history: readonly FormerText[]): readonly Named[] => {
  const newest = Math.max(1, ...paper.versions.map(({ n }) => n));
  const used = new Map<number, number>();
  return history.map(({ n }, at) => {
    const to = Math.max(n, history[at - 1]?.n ?? newest);
    const times = (used.get(to) ?? 0) + 1;
    used.set(to, times);
    return { from: n, to, anchor: times === 1 ? `v${to}` : `v${to}-${times}` };
  });
};

/** Where the changes of a paper's words are told, by the version they led to. */
export const anchorsOf = (
  paper: Paper,
  history: readonly FormerText[],
): readonly { readonly n: number; readonly anchor: string }[] =>
  named(paper, history)
    .slice(0, MOST_CHANGES)
    .map(({ to, anchor }) => ({ n: to, anchor }));

/** A paper's versions and what changed from one to the next, formulas as Unicode. */
export const readVersions = async (
  { store }: { readonly store: Pick<Store, 'papers'> },
  id: PaperId,
): Promise<Result<VersionsPage, 'not-found'>> => {
  const [paper, history] = await Promise.all([store.papers.get(id), store.papers.history(id)]);
  if (paper === null) return fail('not-found', 'There is no such paper here.');
  const changes = named(paper, history)
    .slice(0, MOST_CHANGES)
    .map((name, at): Rewording => {
      const before = history[at] ?? paper;
      const after = history[at - 1] ?? paper;
      return {
        ...name,
        on: history[at]?.until.slice(0, 10) ?? '',
        title: wordDiff(plainMath(before.title), plainMath(after.title)),
        abstract: wordDiff(plainMath(before.abstract), plainMath(after.abstract)),
      };
    });
  return ok({ paper, changes, more: history.length - changes.length });
};
