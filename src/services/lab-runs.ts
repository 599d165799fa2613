import type { Clock } from '../kernel/clock.ts';
import type { Lab, PresetId, RunRecord } from '../labs/contract.ts';
import { type NotHere, notHere } from '../labs/not-here.ts';
import { LABS, labFor } from '../labs/registry.ts';
import { namesOf, type StoredRun } from '../model/lab-page.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';
import { standardRun } from './standard-runs.ts';

/** What stands on pages where several are kept: the fullest. */
const RANK: Readonly<Record<PresetId, number>> = { full: 0, standard: 1, quick: 2, smoke: 9 };

type Deps = { readonly store: Pick<Store, 'labRuns'> };

/** Keeps a run in place of the one before of the same version and preset. */
export const storeRun = ({ store, clock }: Deps & { readonly clock: Clock }, record: RunRecord): Promise<void> =>
  store.labRuns.put(record, clock.now());

/** The run to show of a lab as it is now: the fullest preset's that is kept here or beside the code; null for none. */
export const shownRun = async ({ store }: Deps, lab: Lab): Promise<StoredRun | null> => {
  const here = (await store.labRuns.of(lab.id, lab.version)).map(({ record, ranAt }) => ({
    record,
    at: new Date(ranAt).toISOString(),
  }));
  const recorded = await standardRun(lab);
  const rank = ({ record }: StoredRun): number => (record.preset === null ? RANK.smoke : RANK[record.preset]);
  const [first] = [...here, ...(recorded === null ? [] : [recorded])].toSorted((a, b) => rank(a) - rank(b));
  return first === undefined || rank(first) === RANK.smoke ? null : first;
};

/** What a paper's page says of its lab; null where it has none. */
export interface PaperLab {
  readonly lab: Lab;
  readonly stored: StoredRun | null;
}

/** Why a paper has no lab; null where nobody has said. */
export const whyNoLab = (paper: Paper): NotHere | null => notHere(namesOf(paper));

/** The lab of a paper, by its id or by a name it has at one of its sources. */
export const labOfPaper = async (deps: Deps, paper: Paper): Promise<PaperLab | null> => {
  const lab = labFor(namesOf(paper));
  return lab === null ? null : { lab, stored: await shownRun(deps, lab) };
};

/** The papers that have a lab, by the names they go by now. */
export const labPapers = async ({ store }: { readonly store: Pick<Store, 'papers'> }): Promise<readonly PaperId[]> => {
  const found = await Promise.all(
    LABS.map(async ({ paper }) => ((await store.papers.get(paper)) === null ? store.papers.resolve(paper) : paper)),
  );
  return found.filter((id) => id !== null);
};
