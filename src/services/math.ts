import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { plainMath } from '../kernel/plain-math.ts';
import { type SetPart, splitMath } from '../model/math.ts';
import type { MathWish } from './math-worker.ts';

export interface MathLimits {
  /** For one formula; a worker that takes longer is killed. */
  readonly formulaMs: number;
  /** For one text; formulas after that are left as text. */
  readonly textMs: number;
  /** Characters of TeX in one formula. */
  readonly maxInput: number;
  /** Characters of MathML of one formula. */
  readonly maxOutput: number;
  /** Characters of MathML in one text. */
  readonly maxTextOutput: number;
}

const LIMITS: MathLimits = {
  formulaMs: 250,
  textMs: 1_000,
  maxInput: 2_000,
  maxOutput: 100_000,
  maxTextOutput: 1_000_000,
};
const START_MS = 5_000;
const CACHED_CHARACTERS = 8_000_000;

/** Sets formulas in a thread of its own, one at a time. */
export interface MathWorker extends AsyncDisposable {
  readonly limits: MathLimits;
  /** MathML, or null where the formula cannot be set within the limits. Never rejects. */
  set(tex: string, display: boolean): Promise<string | null>;
}

const within = async <T>(work: Promise<T>, ms: number): Promise<T | 'late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const startWorker = async (): Promise<Worker> => {
  const worker = new Worker(new URL('./math-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 96, stackSizeMb: 2 },
  });
  worker.unref();
  worker.on('error', () => {});
  if ((await within(once(worker, 'message'), START_MS)) === 'late') throw new Error('The math worker did not start.');
  return worker;
};

/** Opens the worker lazily: the thread starts with the first formula. What was set once is kept, failures too. */
export const openMathWorker = (limits: MathLimits = LIMITS): MathWorker => {
  const cache = new LRUCache<string, { readonly mathml: string | null }>({
    maxSize: CACHED_CHARACTERS,
    sizeCalculation: ({ mathml }, key) => key.length + (mathml?.length ?? 0) + 1,
  });
  let worker: Promise<Worker> | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const stop = async (): Promise<void> => {
    const stopped = worker;
    worker = null;
    await stopped?.then((thread) => thread.terminate()).catch(() => {});
  };

  const ask = async (wish: MathWish): Promise<string | null> => {
    try {
      worker ??= startWorker();
      const thread = await worker;
      const answer = once(thread, 'message');
      thread.postMessage(wish);
      const said = await within(answer, limits.formulaMs);
      if (said !== 'late') return said[0] as string | null;
    } catch {
      // The thread ran out of memory or could not start: the next formula gets a new one.
    }
    await stop();
    return null;
  };

  return {
    limits,
    async set(tex, display) {
      if (tex.length > limits.maxInput) return null;
      const key = `${display ? 'd' : 'i'}${tex}`;
      const kept = cache.get(key);
      if (kept !== undefined) return kept.mathml;
      const turn = queue.then(() => {
        const meanwhile = cache.get(key);
        return meanwhile === undefined ? ask({ tex, display, maxOutput: limits.maxOutput }) : meanwhile.mathml;
      });
      queue = turn;
      const mathml = await turn;
      cache.set(key, { mathml });
      return mathml;
    },
    async [Symbol.asyncDispose]() {
      await queue;
      await stop();
    },
  };
};

/** Sets the mathematics of a text. Where TeX cannot be set the part reads as plain Unicode text instead. */
export const renderMath = async (
  { worker }: { worker: Pick<MathWorker, 'set' | 'limits'> },
  text: string,
): Promise<readonly SetPart[]> => {
  const until = performance.now() + worker.limits.textMs;
  let left = worker.limits.maxTextOutput;
  const parts: SetPart[] = [];
  for (const part of splitMath(text)) {
    if (part.kind === 'text') {
      parts.push({ kind: 'text', text: plainMath(part.text) });
      continue;
    }
    const mathml = performance.now() < until ? await worker.set(part.tex, part.display) : null;
    const fits = mathml !== null && mathml.length <= left;
    if (fits) left -= mathml.length;
    const { tex, display } = part;
    parts.push({ kind: 'math', text: plainMath(`$${tex}$`), display, mathml: fits ? mathml : null });
  }
  return parts;
};
