import type { Params, Run } from './contract.ts';
import { cos, log, sin } from './kit/det-math.ts';
import { mean, median } from './kit/stats.ts';
import {
  createAdamW,
  createDescent,
  createNet,
  drawPairs,
  type Net,
  type Pairs,
  splitPairs,
} from './modular-addition-net.ts';
import { loudness, phasesOf, shareOf, strongest, ticketsOf, type Waves, wavesOf } from './modular-addition-waves.ts';
import { numberOf } from './params.ts';

const modulusOf = (params: Params, key: string): number => Number(params[key]);

const pairsOf = (run: Run, p: number): Pairs =>
  drawPairs(p, run.arm === 'scrambled' ? run.rng.fork(`scrambled ${p}`) : null);

const POINTS = 60;
/** One step in so many is told to the scheduler. */
const TOLD = 8;

/** How many of the steps of an arm are done. */
interface Clock {
  readonly tick: () => void;
}

export const createClock = (run: Run, total: number): Clock => {
  let done = 0;
  return {
    tick: () => {
      if (done++ % TOLD === 0) run.tick(done, total);
    },
  };
};

/** The share of pairs answered right by the neurons that `keeps` names alone. */
const rightOf = (net: Net, pairs: Pairs, keeps: (neuron: number) => boolean): number => {
  const { p, width, weights } = net;
  const kept = weights.slice();
  for (let j = 0; j < width; j++) if (!keeps(j)) weights.fill(0, p * width + j * p, p * width + (j + 1) * p);
  const { right } = net.score(pairs);
  weights.set(kept);
  return right;
};

/** The lengths of the mean of e^(iφ), and of e^(2iφ), weighed: the longer; 0 where angles are even about the circle. */
const lean = (angles: readonly number[], weights: readonly number[]): number => {
  let longest = 0;
  for (const order of [1, 2]) {
    let [re, im, all] = [0, 0, 0];
    for (const [i, angle] of angles.entries()) {
      const weight = weights[i] as number;
      re += weight * cos(order * angle);
      im += weight * sin(order * angle);
      all += weight;
    }
    longest = Math.max(longest, Math.sqrt(re * re + im * im) / Math.max(1e-30, all));
  }
  return longest;
};

/** How the neurons share out frequencies and phases among themselves. */
const diversity = (run: Run, waves: Waves, chosen: readonly number[], angles: readonly number[]): void => {
  const rng = run.rng.fork('phases');
  const [leans, drawn]: [number[], number[]] = [[], []];
  for (let k = 0; k < waves.frequencies; k++) {
    const group = chosen.flatMap((own, neuron) => (own === k ? [neuron] : []));
    if (group.length < 2) continue;
    const sizes = group.map((neuron) => loudness(waves, neuron, k));
    leans.push(
      lean(
        group.map((neuron) => angles[neuron] as number),
        sizes,
      ),
    );
    for (let i = 0; i < 20; i++)
      drawn.push(
        lean(
          group.map(() => 2 * Math.PI * rng.uniform()),
          sizes,
        ),
      );
  }
  run.metric('frequencies used', new Set(chosen).size / waves.frequencies);
  run.metric('lean of phases', leans.length === 0 ? 1 : mean(leans));
  run.metric('lean, less that of phases drawn', leans.length === 0 ? 1 : mean(leans) - mean(drawn));
};

/** What neurons say alone, many at once, and many that lean one way. */
const votes = (run: Run, net: Net, pairs: Pairs, chosen: readonly number[], angles: readonly number[]): void => {
  const { p, width } = net;
  const order = run.rng.fork('votes').shuffle(Array.from({ length: width }, (_, j) => j));
  const place = new Uint32Array(width);
  for (const [i, neuron] of order.entries()) place[neuron] = i;
  const alone = order.slice(0, 40).map((neuron) => rightOf(net, pairs, (j) => j === neuron));
  run.metric('one neuron', mean(alone));
  for (let count = 4; count <= width; count *= 2)
    run.point(
      'votes',
      count,
      rightOf(net, pairs, (j) => (place[j] as number) < count),
    );
  const oneSided = angles.map((angle) => angle > 0);
  const wanted = new Map<number, number>();
  for (const [neuron, k] of chosen.entries()) if (oneSided[neuron]) wanted.set(k, (wanted.get(k) ?? 0) + 1);
  const even = new Uint8Array(width);
  for (const neuron of order) {
    const k = chosen[neuron] as number;
    const left = wanted.get(k) ?? 0;
    if (left > 0) even[neuron] = 1;
    wanted.set(k, left - 1);
  }
  const [drawn, leaning] = [
    rightOf(net, pairs, (j) => even[j] === 1),
    rightOf(net, pairs, (j) => oneSided[j] === true),
  ];
  run.metric('phases as they come, less those of one side', drawn - leaning);
  run.metric('right', net.score(pairs).right);
  let [flawed, looked] = [0, 0];
  for (const [i, a] of pairs.a.entries()) {
    const b = pairs.b[i] as number;
    if (a === b) continue;
    const row = net.logits.subarray(i * p, (i + 1) * p);
    let second = -1;
    for (let c = 0; c < p; c++)
      if (c !== (a + b) % p && (second < 0 || (row[c] as number) > (row[second] as number))) second = c;
    looked++;
    if (second === (2 * a) % p || second === (2 * b) % p) flawed++;
  }
  run.metric('second answers at 2a or 2b', flawed / looked);
};

const SHOWN = 64;

/** All sums are taught; then the neurons are looked at. */
export const learnAll = (run: Run, clock: Clock): void => {
  const { params } = run;
  const [p, width, steps] = [modulusOf(params, 'p'), numberOf(params, 'width'), numberOf(params, 'steps')];
  const pairs = pairsOf(run, p);
  const net = createNet(p, width, 'relu', numberOf(params, 'init'), run.rng.fork('all sums'));
  const step = createAdamW(net, numberOf(params, 'rate'), 0);
  for (let i = 0; i < steps; i++) {
    net.derive(pairs);
    step();
    clock.tick();
  }
  const waves = wavesOf(net);
  const chosen = Array.from({ length: width }, (_, j) => strongest(waves, j));
  const phases = chosen.map((k, j) => phasesOf(waves, j, k));
  const angles = phases.map(([angle]) => angle);
  run.metric('share of the strongest frequency', median(chosen.map((k, j) => shareOf(waves, j, k))));
  run.metric('phase error', median(phases.map(([, off]) => Math.abs(off))));
  diversity(run, waves, chosen, angles);
  votes(run, net, pairs, chosen, angles);

  for (const [angle, off] of phases.slice(0, SHOWN)) run.point('phases', angle, off);
  const rows = chosen.map((k, j) => [k, j] as const).slice(0, SHOWN);
  rows.sort(([a, i], [b, j]) => a - b || i - j);
  const shares = rows.flatMap(([, j]) => Array.from({ length: waves.frequencies }, (_, k) => shareOf(waves, j, k)));
  run.frame('spectrum', { w: waves.frequencies, h: rows.length, data: shares });
};

const RACE_RATE = 1_000;
const RACE_FARTHEST = 0.01;

/** Squares for activation, small first weights, plain descent: which frequency of a neuron wins, and whether that could be told. */
export const race = (run: Run, clock: Clock): void => {
  const { params } = run;
  const [p, width, steps] = [modulusOf(params, 'p'), numberOf(params, 'width'), numberOf(params, 'racesteps')];
  const pairs = pairsOf(run, p);
  const net = createNet(p, width, 'square', 0.02, run.rng.fork('race'));
  const tickets = ticketsOf(wavesOf(net));
  const step = createDescent(net, RACE_RATE, RACE_FARTHEST);
  const every = Math.max(1, Math.round(steps / POINTS));
  for (let i = 0; i <= steps; i++) {
    const { loss } = net.derive(pairs);
    if (i % every === 0) {
      const waves = wavesOf(net);
      const own = Array.from(tickets.whole, (k, j) => shareOf(waves, j, k));
      run.point('race', i, mean(own), 'the one foretold');
      run.point('race', i, (1 - mean(own)) / (waves.frequencies - 1), 'another, on average');
      run.point('race loss', i, loss);
    }
    if (i < steps) step();
    clock.tick();
  }
  const waves = wavesOf(net);
  const won = Array.from({ length: width }, (_, j) => strongest(waves, j, true));
  const told = (by: Uint8Array): number => won.filter((k, j) => by[j] === k).length / width;
  run.metric('winners foretold', told(tickets.whole));
  run.metric('winners foretold, less by size alone', told(tickets.whole) - told(tickets.size));
  run.metric('winners foretold, less by phase alone', told(tickets.whole) - told(tickets.phase));
};

export const RATES = [3e-3, 1e-2];
/** Of what is taught, and of what is not: where it counts as known. */
const TAUGHT = 0.99;
const KNOWN = 0.9;

interface Grown {
  /** After which step what is taught, and what is not, was known; null where it never was. */
  readonly taught: number | null;
  readonly known: number | null;
  /** What was held back: the share right when what is taught was known, when the weights were largest after that, and at the end. */
  readonly first: number;
  readonly largest: number;
  readonly last: number;
  readonly curve: readonly (readonly [step: number, taught: number, held: number, size: number])[];
}

const grow = (run: Run, rate: number, clock: Clock): Grown => {
  const { params } = run;
  const [q, steps] = [modulusOf(params, 'q'), numberOf(params, 'groksteps')];
  const rng = run.rng.fork('held back');
  const [taught, held] = splitPairs(pairsOf(run, q), numberOf(params, 'share'), rng.fork('pairs'));
  const net = createNet(q, numberOf(params, 'narrow'), 'relu', numberOf(params, 'init'), rng.fork('weights'));
  const step = createAdamW(net, rate, run.arm === 'undecayed' ? 0 : numberOf(params, 'decay'));
  const every = Math.max(1, Math.round(steps / (2 * POINTS)));
  const curve: [number, number, number, number][] = [];
  for (let i = 0; i <= steps; i++) {
    if (i % every === 0) {
      const { right } = net.score(held);
      let size = 0;
      for (const weight of net.weights) size += weight * weight;
      curve.push([i, net.score(taught).right, right, Math.sqrt(size / net.weights.length)]);
    }
    if (i === steps) break;
    net.derive(taught);
    step();
    clock.tick();
  }
  const at = curve.findIndex(([, right]) => right >= TAUGHT);
  const after = at < 0 ? [] : curve.slice(at);
  const largest = after.reduce((best, point) => (point[3] > best[3] ? point : best), after[0] ?? [0, 0, 0, 0]);
  return {
    taught: curve[at]?.[0] ?? null,
    known: curve.find(([, , right]) => right >= KNOWN)?.[0] ?? null,
    first: curve[at]?.[2] ?? 0,
    largest: largest[2],
    last: curve.at(-1)?.[2] ?? 0,
    curve,
  };
};

/** Some sums are held back; of the rates, the one is kept whose net knows most of them in the end. */
export const grok = (run: Run, clock: Clock): void => {
  const grown = RATES.map((rate) => grow(run, rate, clock));
  const best = grown.reduce((one, other) => (other.last > one.last ? other : one));
  run.metric('held back', best.last);
  run.metric('rate, held back', RATES[grown.indexOf(best)] as number);
  const { taught, known } = best;
  // What is never known is not known later.
  run.metric('log of how much later', taught === null || known === null ? 0 : log((known + 1) / (taught + 1)));
  run.metric('gained while weights grew', best.largest - best.first);
  run.metric('gained while weights shrank', best.last - best.largest);
  for (const [step, taught, held, size] of best.curve) {
    run.point('grokking', step, taught, 'taught');
    run.point('grokking', step, held, 'held back');
    run.point('sizes', step, size);
  }
};
