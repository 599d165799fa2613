import { duration, number } from './print.ts';

export interface Step {
  readonly done: number;
  /** Null where the end is not known. */
  readonly total: number | null;
  /** What `done` counts is shown in. */
  readonly unit: string;
  /** Share of the work done, 0 … 1, where that is known better than `done / total`. */
  readonly share?: number | null;
  /** A second. */
  readonly rate: number;
  readonly etaSeconds: number | null;
  /** What else there is to say: pages, or what it waits for. */
  readonly also?: string;
}

export interface Progress extends Disposable {
  show(step: Step): void;
}

const LINE_EVERY_MS = 5_000;

const words = ({ done, total, unit, rate, etaSeconds, also }: Step): string => {
  const count = total === null ? number(done) : `${number(done)} of ${number(total)}`;
  const left = etaSeconds === null ? '' : `, ${duration(etaSeconds)} left`;
  return `${count} ${unit}, ${number(Math.round(rate))}/s${left}${also === undefined ? '' : ` · ${also}`}`;
};

const barProgress = async (what: string): Promise<Progress> => {
  const { SingleBar, Presets } = await import('cli-progress');
  const bar = new SingleBar(
    {
      format: `${what} {bar} {words}`,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      fps: 8,
    },
    Presets.rect,
  );
  let begun = false;
  return {
    show(step) {
      const share = step.share ?? (step.total ? step.done / step.total : 0);
      if (!begun) bar.start(1, 0, { words: '' });
      begun = true;
      bar.update(Math.min(1, share), { words: words(step) });
    },
    [Symbol.dispose]: () => {
      if (begun) bar.stop();
    },
  };
};

const lineProgress = (what: string): Progress => {
  let last = Date.now();
  return {
    show(step) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      process.stderr.write(`${what}: ${words(step)}\n`);
    },
    [Symbol.dispose]: () => {},
  };
};

/** A bar with rate and time left on a terminal, else a plain line every five seconds; on standard error. */
export const showProgress = async (what: string): Promise<Progress> =>
  process.stderr.isTTY ? barProgress(what) : lineProgress(what);

/** Rate and time left of work that counts `done` of `total`, begun at `began` (milliseconds). */
export const pace = (done: number, total: number, began: number, now: number): Pick<Step, 'rate' | 'etaSeconds'> => {
  const rate = done / Math.max(0.001, (now - began) / 1000);
  return { rate, etaSeconds: rate === 0 ? null : Math.max(0, total - done) / rate };
};
