import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Fault } from '../kernel/errors.ts';
import type { Curve, Finding, Lab, Metric, RunRecord } from '../labs/contract.ts';
import { labsDocument } from '../labs/document.ts';
import { sortMetrics } from '../labs/metrics-hash.ts';
import { presetParams } from '../labs/params.ts';
import type { StoredRun } from '../model/lab-page.ts';
import { pinOf } from './lab-pin.ts';

/**
 * The standard run of every lab, done once and kept beside the code in `assets/labs/runs`: what pages show before anything was run
 * here, and what `docs/labs.md` is made of.
 */

export const RUNS = fileURLToPath(new URL('../../assets/labs/runs/', import.meta.url));
export const DOCUMENT = fileURLToPath(new URL('../../docs/labs.md', import.meta.url));

/** A metric of an arm at a place, over all seeds in their order; null where a seed did not say it. */
type Series = readonly [name: string, arm: string, at: number | null, values: readonly (number | null)[]];

/** As it is written. The metrics are exact: read again, they are the same to the last bit. */
export interface RunFile {
  readonly lab: string;
  readonly version: number;
  /** The fingerprint of the predicates it was judged by. */
  readonly predicates: string;
  /** ISO time of its end. */
  readonly at: string;
  readonly engine: string;
  /** How many workers at once. */
  readonly lanes: number;
  readonly wallMs: number;
  /** Of all processors together: what it takes whatever else runs beside it. */
  readonly cpuMs: number;
  readonly hash: string;
  /** That of the smoke preset with the same code: it tells when what is computed has changed since. */
  readonly smoke: string;
  readonly seeds: readonly number[];
  readonly findings: Readonly<Record<string, Finding>>;
  readonly metrics: readonly Series[];
  readonly curves: readonly Curve[];
}

const seriesOf = (seeds: readonly number[], metrics: readonly Metric[]): readonly Series[] => {
  const groups = Map.groupBy(sortMetrics(metrics), ({ name, arm, at }) => JSON.stringify([name, arm, at]));
  return [...groups.values()].map((those): Series => {
    const [{ name, arm, at }] = those as [Metric];
    return [name, arm, at, seeds.map((seed) => those.find((one) => one.seed === seed)?.value ?? null)];
  });
};

const metricsOf = ({ seeds, metrics }: RunFile): readonly Metric[] =>
  sortMetrics(
    metrics.flatMap(([name, arm, at, values]) =>
      values.flatMap((value, i) => (value === null ? [] : [{ name, arm, seed: seeds[i] as number, at, value }])),
    ),
  );

/** JSON writes −0 as 0, which is another fingerprint. */
const exact = (series: Series): string =>
  `[${series
    .map((part) =>
      Array.isArray(part)
        ? `[${part.map((value) => (Object.is(value, -0) ? '-0' : JSON.stringify(value))).join(', ')}]`
        : JSON.stringify(part),
    )
    .join(', ')}]`;

/** The text of a file: one line a metric and a curve, so that what changes is seen. */
export const runText = ({ metrics, curves, ...head }: RunFile): string => {
  const lines = (all: readonly string[]): string => (all.length === 0 ? '[]' : `[\n    ${all.join(',\n    ')}\n  ]`);
  const start = JSON.stringify(head, null, 2).slice(0, -2);
  return `${start},\n  "metrics": ${lines(metrics.map(exact))},\n  "curves": ${lines(curves.map((curve) => JSON.stringify(curve)))}\n}\n`;
};

/** What is to be written of a run of the standard preset. `smoke`: the fingerprint of the smoke preset. */
export const runFileOf = (
  lab: Lab,
  record: RunRecord,
  more: Pick<RunFile, 'at' | 'lanes' | 'cpuMs' | 'smoke'>,
): RunFile => ({
  lab: lab.id,
  version: lab.version,
  predicates: pinOf(lab),
  at: more.at,
  engine: record.engine,
  lanes: more.lanes,
  wallMs: record.wallMs,
  cpuMs: Math.round(more.cpuMs),
  hash: record.hash,
  smoke: more.smoke,
  seeds: record.seeds,
  findings: record.findings,
  metrics: seriesOf(record.seeds, record.metrics),
  curves: record.curves ?? [],
});

/** The record that a file tells of. */
export const recordIn = (lab: Lab, file: RunFile): RunRecord => ({
  lab: file.lab,
  version: file.version,
  preset: 'standard',
  params: presetParams(lab, 'standard'),
  seeds: file.seeds,
  metrics: metricsOf(file),
  findings: file.findings,
  engine: file.engine,
  wallMs: file.wallMs,
  hash: file.hash,
  curves: file.curves,
});

const pathOf = (folder: string, { id }: Lab): string => `${folder}${id}.json`;

/** The recorded run of a lab, of whatever version; null where there is none. */
export const readRunFile = async (lab: Lab, folder = RUNS): Promise<RunFile | null> => {
  try {
    return JSON.parse(await readFile(pathOf(folder, lab), 'utf8')) as RunFile;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Fault('bad-input', `The recorded run ${pathOf(folder, lab)} cannot be read: record it again.`, { cause });
  }
};

/** By lab, as long as the file is the same. */
const kept = new Map<string, { readonly changed: number; readonly run: StoredRun | null }>();

/** The standard run of a lab as it is now: null where none was recorded, or one of another version. */
export const standardRun = async (lab: Lab): Promise<StoredRun | null> => {
  const changed = await stat(pathOf(RUNS, lab)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const key = `${lab.id}@${lab.version}`;
  const known = kept.get(key);
  if (known?.changed === changed) return known.run;
  const file = changed === 0 ? null : await readRunFile(lab);
  const run = file?.version === lab.version ? { record: recordIn(lab, file), at: file.at } : null;
  kept.set(key, { changed, run });
  return run;
};

/** `docs/labs.md` as it should be. */
export const labsDocumentOf = async (labs: readonly Lab[]): Promise<string> =>
  labsDocument(
    await Promise.all(
      labs.map(async (lab) => {
        const file = await readRunFile(lab);
        return file?.version === lab.version
          ? { lab, run: { record: recordIn(lab, file), at: file.at, lanes: file.lanes, cpuMs: file.cpuMs } }
          : { lab, run: null };
      }),
    ),
  );

/** Writes `docs/labs.md`. */
export const writeLabsDocument = async (labs: readonly Lab[]): Promise<void> =>
  writeFile(DOCUMENT, await labsDocumentOf(labs));

/** Keeps a run beside the code. */
export const writeRunFile = async (lab: Lab, file: RunFile, folder = RUNS): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(pathOf(folder, lab), runText(file));
};
