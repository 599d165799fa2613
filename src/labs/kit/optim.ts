import { pow } from './power.ts';
import type { Tape, Tensor } from './tape.ts';

export interface Optimizer {
  /** Moves every parameter by its gradient; one that no gradient reached is left alone by SGD, and decays as any other. */
  step(rate?: number): void;
  /** Numbers kept beside the parameters. */
  readonly kept: number;
}

interface Sgd {
  readonly rate: number;
  /** 0 for none. */
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** Added to the gradient, times the parameter (an L2 penalty of half of it). */
  readonly decay?: number;
  readonly parameters?: readonly Tensor[];
}

/** Stochastic gradient descent: v ← μ v + g, w ← w − rate × v, or with Nesterov's momentum w − rate × (g + μ v). */
export const createSgd = (tape: Tape, options: Sgd): Optimizer => {
  const { momentum = 0, nesterov = false, decay = 0, parameters = tape.parameters } = options;
  const speeds = momentum === 0 ? [] : parameters.map(({ size }) => new Float32Array(size));
  return {
    kept: speeds.reduce((all, { length }) => all + length, 0),
    step: (rate = options.rate) => {
      for (const [n, parameter] of parameters.entries()) {
        const [w, g, v] = [parameter.data, tape.gradient(parameter), speeds[n]];
        if (!v) {
          for (let i = 0; i < w.length; i++)
            w[i] = (w[i] as number) - rate * ((g[i] as number) + decay * (w[i] as number));
          continue;
        }
        for (let i = 0; i < w.length; i++) {
          const slope = (g[i] as number) + decay * (w[i] as number);
          const speed = momentum * (v[i] as number) + slope;
          v[i] = speed;
          w[i] = (w[i] as number) - rate * (nesterov ? slope + momentum * speed : speed);
        }
      }
    },
  };
};

interface Adam {
  readonly rate: number;
  /** 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** 10⁻⁸. */
  readonly epsilon?: number;
  /** Of Adam added to the gradient; of AdamW taken off the parameter, times the rate. */
  readonly decay?: number;
  readonly parameters?: readonly Tensor[];
}

/** m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − rate × m̂ ÷ (√v̂ + ε), with m̂ and v̂ freed of their start at 0. */
const adam = (tape: Tape, options: Adam, decoupled: boolean): Optimizer => {
  const { betas: [one, two] = [0.9, 0.999], epsilon = 1e-8, decay = 0, parameters = tape.parameters } = options;
  const means = parameters.map(({ size }) => new Float32Array(size));
  const squares = parameters.map(({ size }) => new Float32Array(size));
  let steps = 0;
  return {
    kept: 2 * means.reduce((all, { length }) => all + length, 0),
    step: (rate = options.rate) => {
      steps++;
      const pace = rate / (1 - pow(one, steps));
      const scale = 1 / Math.sqrt(1 - pow(two, steps));
      const shrink = decoupled ? 1 - rate * decay : 1;
      const penalty = decoupled ? 0 : decay;
      for (const [n, parameter] of parameters.entries()) {
        const [w, g] = [parameter.data, tape.gradient(parameter)];
        const [m, v] = [means[n] as Float32Array, squares[n] as Float32Array];
        for (let i = 0; i < w.length; i++) {
          const before = w[i] as number;
          const slope = (g[i] as number) + penalty * before;
          const mean = one * (m[i] as number) + (1 - one) * slope;
          const square = two * (v[i] as number) + (1 - two) * slope * slope;
          m[i] = mean;
          v[i] = square;
          w[i] = shrink * before - (pace * mean) / (Math.sqrt(square) * scale + epsilon);
        }
      }
    },
  };
};

/** Adam (D. P. Kingma, J. Ba, 2014). */
export const createAdam = (tape: Tape, options: Adam): Optimizer => adam(tape, options, false);

/** Adam with decoupled decay of the weights (I. Loshchilov, F. Hutter, 2017). */
export const createAdamW = (tape: Tape, options: Adam): Optimizer => adam(tape, options, true);
