import type { Clock } from '../kernel/clock.ts';
import type { Day } from '../kernel/day.ts';
import type { PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import { allowedPerDay, type PerDay, type SubmissionDraft } from '../model/submission.ts';
import type { Incoming, Store } from '../store/store.ts';
import type { Finding } from './find-papers.ts';
import { type NewcomerDeps, newcomerLimits } from './newcomer.ts';
import { dayIn } from './roll-over.ts';

interface Rules {
  readonly perDay: PerDay;
  readonly review: boolean;
}

export interface SubmitDeps {
  readonly store: Pick<Store, 'papers' | 'submissions' | 'accounts'>;
  readonly clock: Clock;
  readonly config: NewcomerDeps['config'] & { readonly submit: Rules; readonly edition: { readonly zone: string } };
}

/** What was found, and what became of it. */
export interface Body extends Finding {
  /** Which of `found` were confirmed. */
  readonly chosen?: readonly number[];
  /** The papers they became. */
  readonly papers?: readonly PaperId[];
}

export type Submitted =
  | { readonly kind: 'done'; readonly papers: readonly PaperId[] }
  /** A moderator looks at it first. */
  | { readonly kind: 'waiting' };

/** What a draft’s body holds, read. */
export const bodyOf = (draft: SubmissionDraft): Body => JSON.parse(draft.body);

/** The day of the edition that is open now. */
export const today = ({ clock, config }: Pick<SubmitDeps, 'clock' | 'config'>): Day =>
  dayIn(config.edition.zone, clock.now());

/** How many a reader may submit within a day; null for any number. */
export const mostFor = async (deps: SubmitDeps, reader: Reader): Promise<number | null> => {
  const most = allowedPerDay(deps.config.submit.perDay, reader.role);
  const limits = await newcomerLimits(deps, reader);
  return limits === null ? most : Math.min(most ?? limits.submissions, limits.submissions);
};

/** How many more a reader may submit today; null for any number. */
export const leftFor = async (deps: SubmitDeps, reader: Reader): Promise<number | null> => {
  const most = await mostFor(deps, reader);
  return most === null ? null : Math.max(0, most - (await deps.store.submissions.countOn(reader.id, today(deps))));
};

/** What was confirmed of a finding: papers to be taken in, and those that are here. */
export const confirmed = async (
  { store }: Pick<SubmitDeps, 'store'>,
  body: Body,
  chosen: readonly number[],
): Promise<{ readonly incoming: readonly Incoming[]; readonly known: readonly PaperId[] }> => {
  const found = chosen.flatMap((n) => body.found[n] ?? []);
  const known = await Promise.all(
    found.map((one) => (one.kind === 'known' ? store.papers.resolve(one.paperId) : null)),
  );
  return {
    incoming: found.flatMap((one) => (one.kind === 'new' ? [one.incoming] : [])),
    known: known.filter((id) => id !== null),
  };
};
