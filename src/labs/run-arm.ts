import type { Lab, LabEvent, Metric, Params, Run } from './contract.ts';
import { createRng } from './kit/rng.ts';

/** One arm with one seed: the unit that workers take. */
export interface Task {
  readonly arm: string;
  readonly seed: number;
}

/** Every arm with every seed, seed by seed, so that all arms show something early. */
export const tasksOf = (lab: Pick<Lab, 'arms'>, seeds: readonly number[]): readonly Task[] =>
  seeds.flatMap((seed) => lab.arms.map(({ id }) => ({ arm: id, seed })));

const finite = (value: number, what: string): number => {
  if (!Number.isFinite(value)) throw new Error(`${what} is ${value}, which is no measurement.`);
  return value;
};

/** Runs one arm with one seed. Throws where the lab says what its own declaration does not know. */
export const runArm = async (
  lab: Lab,
  { arm, seed }: Task,
  params: Params,
  emit: (event: LabEvent) => void,
): Promise<void> => {
  const plots = new Set(lab.plots.map(({ id }) => id));
  const known = (plot: string): string => {
    if (!plots.has(plot)) throw new Error(`The lab ${lab.id} declares no plot “${plot}”.`);
    return plot;
  };
  const said = new Set<string>();
  const run: Run = {
    arm,
    seed,
    params,
    rng: createRng(`${lab.id}/${seed}`),
    metric: (name, value, at) => {
      const key = JSON.stringify([name, at ?? null]);
      if (said.has(key)) throw new Error(`The metric “${name}” is said twice.`);
      said.add(key);
      emit({ t: 'metric', name, arm, seed, at: at ?? null, value: finite(value, name) });
    },
    point: (plot, x, y, series = '') =>
      emit({ t: 'point', plot: known(plot), arm, seed, series, x: finite(x, plot), y: finite(y, plot) }),
    frame: (plot, { w, h, data }) => {
      if (data.length !== w * h) throw new Error(`The frame of ${plot} has ${data.length} values for ${w} × ${h}.`);
      emit({ t: 'frame', plot: known(plot), arm, seed, w, h, data: Float32Array.from(data) });
    },
    note: (text) => emit({ t: 'note', arm, seed, text }),
    tick: (done, total) => emit({ t: 'progress', arm, seed, done, total }),
  };
  await lab.run(run);
};

/** Every arm with every seed, here and one after another: for tests and for small runs. */
export const runHere = async (lab: Lab, params: Params, seeds: readonly number[]): Promise<readonly Metric[]> => {
  const metrics: Metric[] = [];
  for (const task of tasksOf(lab, seeds)) {
    await runArm(lab, task, params, (event) => {
      if (event.t !== 'metric') return;
      const { t: _, ...metric } = event;
      metrics.push(metric);
    });
  }
  return metrics;
};
