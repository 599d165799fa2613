import { below, judge } from './claims.ts';
import type { Lab } from './contract.ts';
import { IMAGES, RINGS, runVectors } from './multiplicative-diffusion-arms.ts';
import { runLine } from './multiplicative-diffusion-line.ts';

export const multiplicativeDiffusion: Lab = {
  id: 'multiplicative-diffusion',
  paper: 'dale-meets-langevin-a-multiplicative-denoising-diffusion-model',
  version: 3,
  title: 'Noise that multiplies, taken back step by step',
  about:
    'Positive numbers are multiplied by noise until only a log-normal is left: one at a time in two lumps, in pairs on a ring, 64 at a time in handwritten digits. The way back multiplies too, and so never changes a sign. It is compared with diffusion that adds its noise, to the numbers and to their logarithms, and with the same way back in plain steps.',
  fidelity: {
    same: [
      'Forward noise is geometric Brownian motion, and sampling goes back in time from a log-normal by multiplying with exponentials.',
      'The learned scores minimise the multiplicative denoising loss: of single numbers in a table, of the ring and the digits in a net.',
      'The way back in plain steps is the reversed equation taken as it stands; the second version of the paper says in its abstract that such a sampler pays no heed to the sign, and derives the other from the logarithm.',
    ],
    changed: [
      'Derived here from the abstract by Anderson’s reversal and Itô’s formula; the paper’s own equations, schedule and constants were not read.',
      'Of one number the score is known exactly, or learned as a table of 60 bins for every step. Additive diffusion is given the best denoiser of 200 evenly spread quantiles of the data, so that only the way of sampling differs.',
      'The images are 1,797 digits of 8 × 8 pixels and the net has two hidden layers of 128, of the ring 64, where the paper has larger images and a larger net. Every arm has the same net, with inputs and outputs scaled as T. Karras and others (2022) do, and as many lessons.',
      'A pixel of 0 has no logarithm: 1 is added to all of them. This was chosen by trials with 0.1, 0.3 and 1; the nearer to 0, the worse both ways that use logarithms did, while adding does not notice.',
      'On the ring and the digits no way back adds noise in its last step: the multiplying one did at first, its rivals never, and then the claim about the ring held only in part. The digits are not sampled in plain steps.',
      'Trials of settings used some of the seeds that the standard run has too.',
      'Every arm picks the best of three spacings of its steps, and on the ring of two rates of learning, by samples that are not measured. For the digits the rate was chosen by trials, the same for all.',
      'The energy distance is measured in units of that of data with shuffled coordinates. The limits on it were set before the first run, and stayed when trials showed which settings of nets and sampling work. That scale turned out strict for the digits: most of what it sees is the mean brightness of pixels, which shuffling leaves alone.',
      'The drift of the forward motion is 0; the log-normal it starts back from has the mean and variance of the logarithm.',
    ],
    sources: [{ label: 'arXiv:2510.02730', url: 'https://arxiv.org/abs/2510.02730' }],
  },
  params: [
    { kind: 'int', key: 'steps', label: 'Steps back', min: 10, max: 400, step: 10, default: 100, costly: true },
    {
      kind: 'number',
      key: 'sigma',
      label: 'Strength of the noise',
      help: 'σ of the geometric Brownian motion, over one unit of time.',
      min: 1,
      max: 4,
      step: 0.5,
      default: 2,
    },
    { kind: 'int', key: 'samples', label: 'Samples', min: 100, max: 4_000, step: 100, default: 1_000, costly: true },
    {
      kind: 'int',
      key: 'draws',
      label: 'Examples the score is learned from, a step',
      min: 500,
      max: 20_000,
      step: 500,
      default: 5_000,
      costly: true,
    },
    {
      kind: 'int',
      key: 'lessons',
      label: 'Lessons of the net',
      help: 'Batches of 128 points of the ring; of 64 digits there are twice as many.',
      min: 10,
      max: 20_000,
      step: 10,
      default: 1_500,
      costly: true,
    },
  ],
  presets: {
    smoke: { params: { steps: 10, samples: 100, draws: 500, lessons: 10 }, seeds: 1, seconds: 0.6 },
    quick: { params: { steps: 50, samples: 300, draws: 4_000, lessons: 150 }, seeds: 3, seconds: 8 },
    standard: { params: {}, seeds: 6, seconds: 70 },
    full: { params: { steps: 200, samples: 2_000, draws: 20_000, lessons: 6_000 }, seeds: 20, seconds: 1_600 },
  },
  arms: [
    { id: 'exact', label: 'Multiplying, exact score', role: 'method' },
    { id: 'learned', label: 'Multiplying, learned score', role: 'method' },
    { id: 'additive', label: 'Adding', role: 'baseline' },
    { id: 'logarithm', label: 'Adding to the logarithm', role: 'baseline' },
    { id: 'plain', label: 'Multiplying without the exponential', role: 'ablation' },
    { id: 'fresh', label: 'Fresh data', role: 'oracle' },
  ],
  plots: [
    {
      id: 'density',
      kind: 'line',
      title: 'What is sampled',
      x: { label: 'value', min: -1, max: 6 },
      y: { label: 'density', min: 0 },
    },
    {
      id: 'distance',
      kind: 'bars',
      metric: 'distance',
      title: 'Distance from the data (Wasserstein, 1)',
      x: { label: 'distance', min: 0 },
      y: { label: 'way back' },
    },
    {
      id: 'negative',
      kind: 'bars',
      metric: 'negative',
      title: 'Steps that ended at 0 or below',
      x: { label: 'share of steps', min: 0 },
      y: { label: 'way back' },
    },
    {
      id: 'ring',
      kind: 'heatmap',
      palette: 'sequential',
      title: 'The ring as it is sampled',
      x: { label: 'one number, −0.25 to 2.75' },
      y: { label: 'the other' },
    },
    {
      id: 'digits',
      kind: 'heatmap',
      palette: 'sequential',
      title: 'Digits as they are sampled',
      x: { label: '' },
      y: { label: '' },
    },
    {
      id: 'energy',
      kind: 'bars',
      metric: 'energy',
      title: 'Energy distance of the ring and the digits',
      places: { 2: 'ring', 64: 'digits' },
      x: { label: '0: fresh data, 1: data with shuffled coordinates' },
      y: { label: 'way back, data' },
    },
    {
      id: 'below',
      kind: 'bars',
      metric: 'numbers below',
      title: 'Numbers at 0 or below, ring and digits',
      places: { 2: 'ring', 64: 'digits' },
      x: { label: 'share of numbers, all steps', min: 0 },
      y: { label: 'way back, data' },
    },
  ],
  claims: [
    {
      id: 'same-step',
      quote:
        'yields a multiplicative update rule, which surprisingly, coincides with the sampling equivalent of the exponential gradient descent update',
      prediction:
        'Of 400 backward steps with their noise, the largest relative difference from the minimum that defines the exponentiated gradient step, found without an exponential, has a 95 % interval below 0.000001.',
      test: (evidence) => judge(below('Largest relative difference', evidence.summary('steps apart', 'exact'), 1e-6)),
    },
    {
      id: 'sign',
      quote: 'inhibitory and excitatory synapses do not swap roles during the course of learning',
      prediction:
        'No step of the multiplicative way back ends at 0 or below: the share of such steps is 0, with an interval below 0.000001. It lies below that of additive diffusion, seed by seed.',
      test: (evidence) =>
        judge(
          below('Steps at 0 or below', evidence.summary('negative', 'exact'), 1e-6),
          below('Multiplying less adding', evidence.difference('negative', 'exact', 'additive'), 0),
        ),
    },
    {
      id: 'sampling',
      quote: 'a novel multiplicative update scheme for sample generation starting from a log-normal density',
      prediction:
        'The 95 % interval of the distance from the data lies below 0.15, with the exact score; the difference to additive diffusion, and that to additive diffusion of the logarithm, lie below 0.02, seed by seed.',
      test: (evidence) =>
        judge(
          below('Distance, exact score', evidence.summary('distance', 'exact'), 0.15),
          below('Exact score less adding', evidence.difference('distance', 'exact', 'additive'), 0.02),
          below(
            'Exact score less adding to the logarithm',
            evidence.difference('distance', 'exact', 'logarithm'),
            0.02,
          ),
        ),
    },
    {
      id: 'score-matching',
      quote: 'the proposed score-matching formalism turns out to be a natural fit',
      prediction:
        'With the learned score, the 95 % interval of the distance from the data lies below 0.2, and that of the difference to the exact score below 0.05.',
      test: (evidence) =>
        judge(
          below('Distance, learned score', evidence.summary('distance', 'learned'), 0.2),
          below('Learned less exact score', evidence.difference('distance', 'learned', 'exact'), 0.05),
        ),
    },
    {
      id: 'subsumes',
      quote: 'subsuming the loss function proposed by Hyvaerinen for non-negative data',
      prediction:
        'Of ten scores drawn at random, the multiplicative denoising loss less Hyvärinen’s loss for non-negative data is the same number: by how much it differs, relative to the mean loss, has a 95 % interval below 0.000001.',
      test: (evidence) => judge(below('Losses apart', evidence.summary('losses apart', 'exact'), 1e-6)),
    },
    {
      id: 'ring',
      quote: 'we propose a new formalism for multiplicative denoising score-matching',
      prediction:
        'On the ring, with a net’s score, the energy distance (0: fresh data; 1: data with shuffled coordinates) has a 95 % interval below 0.25; the differences to adding, and to adding to the logarithm, with a net of the same size, lie below 0.1, seed by seed. The share of numbers at 0 or below, over all steps, is below 0.000001.',
      test: (evidence) =>
        judge(
          below('Energy distance, ring', evidence.summary('energy', 'learned', 2), 0.25),
          below('Multiplying less adding', evidence.difference('energy', 'learned', 'additive', 2), 0.1),
          below(
            'Multiplying less adding to the logarithm',
            evidence.difference('energy', 'learned', 'logarithm', 2),
            0.1,
          ),
          below('Numbers at 0 or below', evidence.summary('numbers below', 'learned', 2), 1e-6),
        ),
    },
    {
      id: 'digits',
      quote: 'This allows for training of score-based models for image data',
      prediction:
        'On digits of 8 × 8 pixels, with a net’s score, the energy distance (0: fresh data; 1: data with shuffled pixels) has a 95 % interval below 0.25; the differences to adding, and to adding to the logarithm, with a net of the same size, lie below 0.1, seed by seed. The share of numbers at 0 or below, over all steps, is below 0.000001.',
      test: (evidence) =>
        judge(
          below('Energy distance, digits', evidence.summary('energy', 'learned', 64), 0.25),
          below('Multiplying less adding', evidence.difference('energy', 'learned', 'additive', 64), 0.1),
          below(
            'Multiplying less adding to the logarithm',
            evidence.difference('energy', 'learned', 'logarithm', 64),
            0.1,
          ),
          below('Numbers at 0 or below', evidence.summary('numbers below', 'learned', 64), 1e-6),
        ),
    },
    {
      id: 'images',
      quote: 'Experimental results on MNIST, Fashion MNIST, and Kuzushiji datasets demonstrate generative capability',
      untestable: 'This needs a large net trained on images with a graphics card.',
    },
  ],
  breaks: [
    {
      swaps: { exact: 'plain' },
      broken:
        'Each step multiplies by 1 + u, the first two terms of the reversed equation’s step, and not by an exponential.',
      verdicts: { 'same-step': 'does-not-hold-at-this-scale', sign: 'holds-in-part' },
    },
    {
      swaps: { exact: 'additive', learned: 'additive' },
      broken: 'Noise is added in the place of multiplying.',
      verdicts: { sampling: 'holds-in-part', 'score-matching': 'holds', ring: 'holds-in-part' },
    },
    {
      swaps: { exact: 'plain' },
      broken: 'The denoising loss takes the score of log x for that of x.',
      verdicts: { subsumes: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { learned: 'fresh' },
      broken: 'The net has nothing to learn: its pictures are fresh data.',
      verdicts: { digits: 'holds' },
    },
  ],
  run: (run) => {
    const kinds = { exact: [], plain: [RINGS] }[run.arm] ?? [RINGS, IMAGES];
    const units = 1 + 2 * kinds.length;
    runLine(run, (share) => run.tick(share / units, 1));
    for (const [i, kind] of kinds.entries())
      runVectors(run, kind, (share) => run.tick((1 + 2 * (i + share)) / units, 1));
  },
};
