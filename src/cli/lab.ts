import { Command, InvalidArgumentError, Option } from 'commander';
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

const run = async (id: string, { preset, seeds, set, lanes, json, store }: Running): Promise<void> => {
  const [{ labOf }, { presetParams, readParams, seedsOf }, { runInThreads, coresHere }] = await Promise.all([
    import('../labs/registry.ts'),
    import('../labs/params.ts'),
    import('../services/lab-run.ts'),
  ]);
  const lab = labOf(id);
  if (lab === null) throw new Fault('not-found', `There is no lab ${id}: broadsheet lab list shows those there are.`);
  const params = readParams(lab, { ...presetParams(lab, preset), ...settings(lab, set) });
  using stop = interruptible();
  let told = 0;
  const { outcome, record } = await runInThreads(lab, {
    params,
    seeds: seedsOf(seeds ?? lab.presets[preset].seeds),
    lanes: lanes ?? coresHere(),
    signal: stop.signal,
    onProgress: ({ finished, tasks, leftMs, elapsedMs }) => {
      if (elapsedMs - told < 2_000) return;
      told = elapsedMs;
      remark(`${finished} of ${tasks} runs${leftMs === null ? '' : `, some ${duration(leftMs / 1_000)} left`}`);
    },
  });
  if (outcome.stopped === 'failed') throw new Fault('bad-input', `The lab ${id} broke: ${outcome.error}`);
  if (outcome.stopped === 'silent')
    throw new Fault('bad-input', `The lab ${id} said nothing for too long and was stopped.`);
  if (json) await print(`${JSON.stringify(record)}\n`);
  else await show(lab, record);
  remark(
    `${outcome.complete ? 'Done' : 'Stopped'}: ${many(record.seeds.length, 'seed')} in ${duration(outcome.wallMs / 1_000)}, fingerprint ${record.hash}.`,
  );
  if (!store || !outcome.complete) return;
  const { storeRun } = await import('../services/lab-runs.ts');
  await using app = await openApp();
  await storeRun(app, record);
  remark('Kept: it is shown on the pages of the lab and of its paper.');
};

export const labCommand = (): Command =>
  new Command('lab')
    .description('run papers: each lab puts the claims of one abstract to the test')
    .addCommand(new Command('list').description('the labs there are').option('--json', 'as JSON').action(list))
    .addCommand(
      new Command('run')
        .description('run a lab on all cores, and say what it makes of every claim')
        .argument('<id>', 'the lab, as in its address')
        .addOption(
          new Option('--preset <preset>', 'how much')
            .choices(['smoke', 'quick', 'standard', 'full'])
            .default('standard'),
        )
        .option('--seeds <n>', 'how many seeds, from 1; as many as the preset has when left out', count)
        .option('--set <key=value>', 'another value for a parameter; may be said again', collect, [])
        .option('--lanes <n>', 'how many at once; as many as there are cores when left out', count)
        .option('--json', 'the whole record as JSON')
        .option('--store', 'keep it, to be shown on the pages of the lab and of its paper')
        .action(run),
    );
