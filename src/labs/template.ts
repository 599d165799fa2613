import { below, judge } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import { numberOf } from './params.ts';

// What `broadsheet lab new` copies. It runs as it is: many noisy readings of one number, averaged. Wherever TODO stands it wants yours.

/** How far the guess is from the truth, which is 0. */
const errorOf = (run: Run, readings: number): number => {
  // A stream of its own for every purpose; the same for all arms of a seed, so that their differences are paired.
  const rng = run.rng.fork('readings');
  const first = rng.normal();
  let sum = first;
  for (let i = 1; i < readings; i++) {
    // The ablation breaks the mechanism and nothing else: it averages, but what it averages is always the same.
    sum += run.arm === 'repeated' ? first : rng.normal();
    run.point('learning', i + 1, Math.abs(sum / (i + 1)));
    run.tick(i, readings);
  }
  return Math.abs(sum / readings);
};

export const template: Lab = {
  id: 'template',
  paper: 'TODO-the-id-of-the-paper',
  version: 1,
  title: 'TODO: what it shows, as a headline',
  about: 'TODO: what is done, in two or three plain sentences for someone who has not read the paper.',
  fidelity: {
    same: ['TODO: what is as in the paper. Say so only of what you read there or derived.'],
    changed: ['TODO: what was made smaller, replaced or left out.'],
    sources: [{ label: 'TODO: arXiv:…', url: 'https://arxiv.org/' }],
  },
  params: [{ kind: 'int', key: 'readings', label: 'Readings', min: 2, max: 10_000, default: 400, costly: true }],
  presets: {
    smoke: { params: { readings: 10 }, seeds: 1, seconds: 0.1 },
    quick: { params: { readings: 100 }, seeds: 30, seconds: 1 },
    standard: { params: {}, seeds: 30, seconds: 1 },
    full: { params: { readings: 10_000 }, seeds: 30, seconds: 5 },
  },
  arms: [
    { id: 'averaged', label: 'Averaged', role: 'method' },
    { id: 'single', label: 'One reading', role: 'baseline' },
    { id: 'repeated', label: 'The first reading, again and again', role: 'ablation' },
  ],
  plots: [
    {
      id: 'learning',
      kind: 'line',
      title: 'Error, by readings',
      x: { label: 'readings' },
      y: { label: 'error', min: 0 },
    },
    {
      id: 'error',
      kind: 'bars',
      metric: 'error',
      title: 'Error at the end',
      x: { label: 'error', min: 0 },
      y: { label: 'guess' },
    },
  ],
  claims: [
    {
      id: 'nearer',
      quote: 'TODO: the authors’ claim, word for word from the abstract',
      prediction:
        'The 95 % interval of the difference of errors, averaged less one reading, seed by seed, lies below −0.3. (TODO: yours, before the first run.)',
      test: (evidence) =>
        judge(below('Averaged less one reading', evidence.difference('error', 'averaged', 'single'), -0.3)),
    },
  ],
  breaks: [
    {
      swaps: { averaged: 'repeated' },
      broken: 'TODO: what is broken, in a sentence.',
      verdicts: { nearer: 'does-not-hold-at-this-scale' },
    },
  ],
  run: (run) => {
    run.metric('error', errorOf(run, run.arm === 'single' ? 1 : numberOf(run.params, 'readings')));
  },
};
