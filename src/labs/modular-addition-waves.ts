import { atan, cos, sin } from './kit/det-math.ts';
import type { Net } from './modular-addition-net.ts';

/** What every neuron's weights are made of: Σ_k amplitude_k cos(2πk a ÷ p + phase_k), k = 1 … (p − 1) ÷ 2. */
export interface Waves {
  readonly frequencies: number;
  readonly neurons: number;
  /** By neuron and frequency, re and im of amplitude × e^(i phase): of the weights from the input, and to the output. */
  readonly into: Float64Array;
  readonly out: Float64Array;
  /** Of the weights from the input: the squares of each neuron, divided by p ÷ 2, the constant part with them. */
  readonly power: Float64Array;
}

/** The discrete Fourier transform of a net's weights. */
export const wavesOf = ({ p, width, weights }: Net): Waves => {
  const frequencies = (p - 1) / 2;
  const cosines = Float64Array.from({ length: p }, (_, i) => (2 / p) * cos((2 * Math.PI * i) / p));
  const sines = Float64Array.from({ length: p }, (_, i) => (2 / p) * sin((2 * Math.PI * i) / p));
  const into = new Float64Array(2 * width * frequencies);
  const out = new Float64Array(2 * width * frequencies);
  const power = new Float64Array(width);
  for (let j = 0; j < width; j++) {
    for (let a = 0; a < p; a++) {
      const [one, other] = [weights[a * width + j] as number, weights[p * width + j * p + a] as number];
      power[j] = (power[j] as number) + (2 / p) * one * one;
      for (let k = 1; k <= frequencies; k++) {
        const [at, turn] = [2 * (j * frequencies + k - 1), (k * a) % p];
        const [c, s] = [cosines[turn] as number, sines[turn] as number];
        into[at] = (into[at] as number) + one * c;
        into[at + 1] = (into[at + 1] as number) - one * s;
        out[at] = (out[at] as number) + other * c;
        out[at + 1] = (out[at + 1] as number) - other * s;
      }
    }
  }
  return { frequencies, neurons: width, into, out, power };
};

/** From −π to π; 0 of nothing. */
export const angleOf = (re: number, im: number): number => {
  const size = Math.sqrt(re * re + im * im);
  if (size === 0) return 0;
  return size + re === 0 ? Math.PI : 2 * atan(im / (size + re));
};

const squared = (from: Float64Array, at: number): number =>
  (from[at] as number) * (from[at] as number) + (from[at + 1] as number) * (from[at + 1] as number);

/** The strongest frequency of a neuron, from 0: in what it takes in, or in and out together. */
export const strongest = ({ frequencies, into, out }: Waves, neuron: number, both = false): number => {
  let [best, most] = [0, -1];
  for (let k = 0; k < frequencies; k++) {
    const at = 2 * (neuron * frequencies + k);
    const size = squared(into, at) + (both ? squared(out, at) : 0);
    if (size > most) [best, most] = [k, size];
  }
  return best;
};

/** The share of a neuron's squared input weights that a frequency has. */
export const shareOf = ({ frequencies, into, power }: Waves, neuron: number, k: number): number =>
  squared(into, 2 * (neuron * frequencies + k)) / Math.max(1e-30, power[neuron] as number);

/** What a neuron contributes at a frequency, up to a factor: the square of its amplitude coming in, times that going out. */
export const loudness = ({ frequencies, into, out }: Waves, neuron: number, k: number): number => {
  const at = 2 * (neuron * frequencies + k);
  return squared(into, at) * Math.sqrt(squared(out, at));
};

/** Twice the phase of what comes in and the phase of what goes out, less that: both from −π to π. */
export const phasesOf = ({ frequencies, into, out }: Waves, neuron: number, k: number): readonly [number, number] => {
  const at = 2 * (neuron * frequencies + k);
  const [re, im] = [into[at] as number, into[at + 1] as number];
  const [twoRe, twoIm] = [re * re - im * im, 2 * re * im];
  const [x, y] = [out[at] as number, out[at + 1] as number];
  return [angleOf(twoRe, twoIm), angleOf(twoRe * x + twoIm * y, twoRe * y - twoIm * x)];
};

/**
 * How long a frequency of a neuron with squares for activation takes to grow fiftyfold, from its amplitudes z and w: near 0 the
 * softmax is level, the loss falls by ½ Re(z² w̄) summed over frequencies, and so z′ = z̄ w, w′ = ½ z². Infinity if it is slow.
 */
export const growthTime = (zr: number, zi: number, wr: number, wi: number): number => {
  let [x, y, u, v] = [zr, zi, wr, wi];
  const start = Math.sqrt(x * x + y * y + u * u + v * v);
  let time = 0;
  for (let step = 0; step < 4_000; step++) {
    const size = Math.sqrt(x * x + y * y + u * u + v * v);
    if (size > 50 * start) return time;
    const pace = 0.02 / size;
    // The midpoint method: the time at which it diverges is to be right within a percent or so.
    const half = pace / 2;
    const [mx, my] = [x + half * (x * u + y * v), y + half * (x * v - y * u)];
    const [mu, mv] = [u + (half * (x * x - y * y)) / 2, v + half * x * y];
    x += pace * (mx * mu + my * mv);
    y += pace * (mx * mv - my * mu);
    u += (pace * (mx * mx - my * my)) / 2;
    v += pace * mx * my;
    time += pace;
  }
  return Number.POSITIVE_INFINITY;
};

export interface Tickets {
  /** Of every neuron: which frequency is to win by its dynamics, by its amplitudes alone, by its phases alone. */
  readonly whole: Uint8Array;
  readonly size: Uint8Array;
  readonly phase: Uint8Array;
}

/** What a net's first weights say of the race to come. */
export const ticketsOf = (waves: Waves): Tickets => {
  const { frequencies, neurons, into, out } = waves;
  const [whole, size, phase] = [new Uint8Array(neurons), new Uint8Array(neurons), new Uint8Array(neurons)];
  for (let j = 0; j < neurons; j++) {
    let [soonest, largest, nearest] = [Number.POSITIVE_INFINITY, -1, Number.POSITIVE_INFINITY];
    for (let k = 0; k < frequencies; k++) {
      const at = 2 * (j * frequencies + k);
      const time = growthTime(into[at] as number, into[at + 1] as number, out[at] as number, out[at + 1] as number);
      const sum = loudness(waves, j, k);
      const off = Math.abs(phasesOf(waves, j, k)[1]);
      if (time < soonest) [soonest, whole[j]] = [time, k];
      if (sum > largest) [largest, size[j]] = [sum, k];
      if (off < nearest) [nearest, phase[j]] = [off, k];
    }
  }
  return { whole, size, phase };
};
