import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import type { Lab, PresetId, RunRecord } from '../labs/contract.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, print, remark } from './print.ts';

interface Running {
  readonly preset: PresetId;
  readonly seeds?: number;
  readonly set: readonly string[];
  readonly lanes?: number;
  readonly json?: boolean;
  readonly store?: boolean;
  readonly record?: boolean;
  readonly all?: boolean;
}

const list = async ({ json }: { readonly json?: boolean }): Promise<void> => {
  const { LABS } = await import('../labs/registry.ts');
  if (json) {
    const labs = LABS.map(({ id, paper, version, title, presets }) => ({ id, paper, version, title, presets }));
    return print(`${JSON.stringify(labs)}\n`);
  }
  for (const { id, title, presets } of LABS)
    await print(
      `${id}\n    ${title} (quick: ${duration(presets.quick.seconds)}, full: ${duration(presets.full.seconds)})\n`,
    );
};

const count = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It takes a whole number, 1 or more.');
  return Number(text);
};

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

const settings = (lab: Lab, set: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    set.map((text) => {
      const [key = '', ...rest] = text.split('=');
      if (!lab.params.some((spec) => spec.key === key) || rest.length === 0)
        throw new Fault(
          'bad-usage',
          `“${text}” sets nothing: ${lab.id} has ${lab.params.map((spec) => `${spec.key}=…`).join(', ')}.`,
        );
      return [key, rest.join('=')];
    }),
  );

const show = async (lab: Lab, { findings }: RunRecord): Promise<void> => {
  for (const claim of lab.claims) {
    const { verdict = 'not-run', says = [] } = findings[claim.id] ?? {};
    await print(`${verdict.replaceAll('-', ' ')}: “${claim.clean ?? claim.quote}”\n`);
    for (const line of says) await print(`    ${line}\n`);
  }
};

const WHY = { failed: 'broke', silent: 'said nothing for too long and was stopped', asked: 'was stopped' } as const;

/** Null where it was stopped by hand. Throws where it broke. */
const runOne = async (
  lab: Lab,
  { preset, seeds, set, lanes, json }: Running,
  signal: AbortSignal,
): Promise<RunRecord | null> => {
  const [{ presetParams, readParams, seedsOf }, { runInThreads, coresHere }] = await Promise.all([
    import('../labs/params.ts'),
    import('../services/lab-run.ts'),
  ]);
  let told = 0;
  const { outcome, record } = await runInThreads(lab, {
    params: readParams(lab, { ...presetParams(lab, preset), ...settings(lab, set) }),
    seeds: seedsOf(seeds ?? lab.presets[preset].seeds),
    lanes: lanes ?? coresHere(),
    signal,
    onProgress: ({ finished, tasks, leftMs, elapsedMs }) => {
      if (elapsedMs - told < 2_000) return;
      told = elapsedMs;
      remark(`${finished} of ${tasks} runs${leftMs === null ? '' : `, some ${duration(leftMs / 1_000)} left`}`);
    },
  });
  if (outcome.stopped === 'failed' || outcome.stopped === 'silent')
    throw new Fault(
      'bad-input',
      `The lab ${lab.id} ${WHY[outcome.stopped]}${outcome.error ? `: ${outcome.error}` : '.'}`,
    );
  if (json) await print(`${JSON.stringify(record)}\n`);
  else await show(lab, record);
  remark(
    `${outcome.complete ? 'Done' : 'Stopped'}: ${many(record.seeds.length, 'seed')} in ${duration(outcome.wallMs / 1_000)}, fingerprint ${record.hash}.`,
  );
  return outcome.complete ? record : null;
};

const keepBesideCode = async (
  lab: Lab,
  record: RunRecord,
  { lanes, cpuMs }: { readonly lanes: number; readonly cpuMs: number },
): Promise<void> => {
  const [{ presetParams, seedsOf }, { runInThreads }, { runFileOf, writeLabsDocument, writeRunFile }, { LABS }] =
    await Promise.all([
      import('../labs/params.ts'),
      import('../services/lab-run.ts'),
      import('../services/standard-runs.ts'),
      import('../labs/registry.ts'),
    ]);
  const { smoke } = lab.presets;
  const small = await runInThreads(lab, { params: presetParams(lab, 'smoke'), seeds: seedsOf(smoke.seeds), lanes });
  const at = new Date(systemClock.now()).toISOString();
  await writeRunFile(lab, runFileOf(lab, record, { at, lanes, cpuMs, smoke: small.record.hash }));
  await writeLabsDocument(LABS);
  remark(`Recorded: assets/labs/runs/${lab.id}.json, and docs/labs.md is written again.`);
};

const chosen = async (id: string | undefined, all: boolean | undefined): Promise<readonly Lab[]> => {
  const { LABS, labOf } = await import('../labs/registry.ts');
  if (all === true && id === undefined) return LABS;
  if (id === undefined || all === true) throw new Fault('bad-usage', 'Name one lab, or say --all.');
  const lab = labOf(id);
  if (lab === null) throw new Fault('not-found', `There is no lab ${id}: broadsheet lab list shows those there are.`);
  return [lab];
};

const run = async (id: string | undefined, running: Running): Promise<void> => {
  const { preset, seeds, set, store, record: recorded, all } = running;
  if (recorded && (preset !== 'standard' || seeds !== undefined || set.length > 0))
    throw new Fault('bad-usage', 'What is recorded is the standard preset as it is: leave --seeds and --set out.');
  const { coresHere } = await import('../services/lab-run.ts');
  const lanes = running.lanes ?? coresHere();
  using stop = interruptible();
  for (const lab of await chosen(id, all)) {
    if (all) remark(`${lab.id}: ${lab.title}`);
    const before = process.cpuUsage();
    const record = await runOne(lab, { ...running, lanes }, stop.signal);
    if (record === null) return;
    const { user, system } = process.cpuUsage(before);
    if (recorded) await keepBesideCode(lab, record, { lanes, cpuMs: (user + system) / 1_000 });
    if (!store) continue;
    const { storeRun } = await import('../services/lab-runs.ts');
    await using app = await openApp();
    await storeRun(app, record);
    remark('Kept: it is shown on the pages of the lab and of its paper.');
  }
};

const begin = async (id: string): Promise<void> => {
  const [{ draftLab }, { faultOf }] = await Promise.all([import('../services/lab-draft.ts'), import('./complain.ts')]);
  const drafted = await draftLab(id);
  if (!drafted.ok) throw faultOf(drafted);
  await print(`${drafted.value} is written, and stands in the registry.
It runs as it is: broadsheet lab run ${id} --preset quick
See it while you write: broadsheet lab watch ${id}
What is missing: npm test -- test/contracts/lab.test.ts; how it is done: docs/writing-a-lab.md
`);
};

const watching = async (id: string): Promise<void> => {
  await chosen(id, false);
  const { serve } = await import('./serve.ts');
  await serve({ watched: id });
};

export const labCommand = (): Command =>
  new Command('lab')
    .description('run papers: each lab puts the claims of one abstract to the test')
    .addCommand(new Command('list').description('the labs there are').option('--json', 'as JSON').action(list))
    .addCommand(
      new Command('new')
        .description('begin a lab: a file that runs at once, and its line in the registry')
        .argument('<id>', 'its name: lower case letters, digits and hyphens')
        .action(begin),
    )
    .addCommand(
      new Command('watch')
        .description('serve, and make one lab again whenever its files are saved')
        .argument('<id>', 'the lab')
        .action(watching),
    )
    .addCommand(
      new Command('run')
        .description('run a lab on all cores, and say what it makes of every claim')
        .argument('[id]', 'the lab, as in its address')
        .option('--all', 'every lab there is, one after another')
        .addOption(
          new Option('--preset <preset>', 'how much')
            .choices(['smoke', 'quick', 'standard', 'full'])
            .default('standard'),
        )
        .option('--seeds <n>', 'how many seeds, from 1; as many as the preset has when left out', count)
        .option('--set <key=value>', 'another value for a parameter; may be said again', collect, [])
        .option('--lanes <n>', 'how many at once; as many as there are cores when left out', count)
        .option('--json', 'the whole record as JSON')
        .option('--record', 'keep the standard run in assets/labs/runs, beside the code, and write docs/labs.md')
        .option('--store', 'keep it, to be shown on the pages of the lab and of its paper')
        .action(run),
    );
