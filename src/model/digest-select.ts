import { type ChangeKind, type DigestPlan, PAPER_PARTS, type PaperPart, type WatchedState } from './digest.ts';
import type { Paper, PaperId } from './paper.ts';

/** A paper that one part of a digest would tell of. */
export interface Candidate {
  readonly paperId: PaperId;
  /** One sentence: why it is told of. */
  readonly reason: string;
}

/** Where a paper of several parts stands: what is nearest to its reader tells most. */
const TELLING: readonly PaperPart[] = ['followed', 'searches', 'groups', 'personal', 'trending'];

/**
 * The papers of a digest: nothing that was sent, every paper once, under the part that tells most and with the reasons of
 * all its parts, at most `limit`. The parts take turns, so that a long one leaves room for the others; within a part the order is
 * that of `candidates`.
 */
export const selectParts = (
  candidates: ReadonlyMap<PaperPart, readonly Candidate[]>,
  { sent, limit }: { readonly sent: ReadonlySet<PaperId>; readonly limit: number },
): DigestPlan['parts'] => {
  const homes = new Map<PaperId, { readonly part: PaperPart; readonly reasons: Set<string> }>();
  for (const part of TELLING) {
    for (const { paperId, reason } of candidates.get(part) ?? []) {
      if (sent.has(paperId)) continue;
      const home = homes.get(paperId) ?? { part, reasons: new Set() };
      home.reasons.add(reason);
      homes.set(paperId, home);
    }
  }
  const queues = PAPER_PARTS.map((part) => ({
    part,
    waiting: [...new Set((candidates.get(part) ?? []).map(({ paperId }) => paperId))].filter(
      (id) => homes.get(id)?.part === part,
    ),
    taken: [] as PaperId[],
  }));
  let left = limit;
  for (let round = 0; left > 0 && queues.some(({ waiting }) => round < waiting.length); round++) {
    for (const queue of queues) {
      const id = queue.waiting[round];
      if (id === undefined || left === 0) continue;
      queue.taken.push(id);
      left--;
    }
  }
  return queues
    .filter(({ taken }) => taken.length > 0)
    .map(({ part, taken }) => ({
      part,
      entries: taken.map((paperId) => ({ paperId, reasons: [...(homes.get(paperId)?.reasons ?? [])] })),
    }));
};

/** A paper as it is watched: see `changesOf`. */
export const stateOf = (paper: Pick<Paper, 'versions' | 'withdrawn' | 'links'>): WatchedState => ({
  version: Math.max(0, ...paper.versions.map(({ n }) => n)),
  withdrawn: paper.withdrawn,
  code: paper.links.some(({ rel }) => rel === 'code'),
});

/** What is new of a paper since its reader was last told; nothing where it was not watched before. */
export const changesOf = (before: WatchedState | undefined, now: WatchedState): readonly ChangeKind[] => {
  if (before === undefined) return [];
  const changes: ChangeKind[] = [];
  if (now.withdrawn && !before.withdrawn) changes.push('withdrawn');
  // Where versions were unknown before, a number is no new version.
  if (now.version > before.version && before.version > 0) changes.push('version');
  if (now.code && !before.code) changes.push('code');
  return changes;
};

/** Whether a digest says anything. */
export const isEmpty = (plan: DigestPlan): boolean =>
  plan.parts.length === 0 && plan.changes.length === 0 && plan.replies.length === 0;

/** The papers a digest tells of as new: what `sent` is made of. */
export const papersOf = (plan: DigestPlan): readonly PaperId[] =>
  plan.parts.flatMap(({ entries }) => entries.map(({ paperId }) => paperId));
