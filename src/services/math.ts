import { LRUCache } from 'lru-cache';
import { plainMath } from '../kernel/plain-math.ts';
import { type SetPart, splitMath } from '../model/math.ts';
import { openThread } from './killable-thread.ts';
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
const CACHED_CHARACTERS = 8_000_000;

/** Sets formulas in a thread of its own, one at a time. */
export interface MathWorker extends AsyncDisposable {
  readonly limits: MathLimits;
  /** MathML, or null where the formula cannot be set within the limits. Never rejects. */
  set(tex: string, display: boolean): Promise<string | null>;
}

/** Opens the worker lazily: the thread starts with the first formula. What was set once is kept, failures too. */
export const openMathWorker = (limits: MathLimits = LIMITS): MathWorker => {
  const cache = new LRUCache<string, { readonly mathml: string | null }>({
    maxSize: CACHED_CHARACTERS,
    sizeCalculation: ({ mathml }, key) => key.length + (mathml?.length ?? 0) + 1,
  });
  const thread = openThread<MathWish>(new URL('./math-worker.ts', import.meta.url), {
    ms: limits.formulaMs,
    maxOldGenerationSizeMb: 96,
    stackSizeMb: 2,
  });
  const asked = new Map<string, Promise<string | null>>();

  return {
    limits,
    async set(tex, display) {
      if (tex.length > limits.maxInput) return null;
      const key = `${display ? 'd' : 'i'}${tex}`;
      const kept = cache.get(key);
      if (kept !== undefined) return kept.mathml;
      const waited = asked.get(key);
      if (waited !== undefined) return waited;
      const turn = thread.ask({ tex, display, maxOutput: limits.maxOutput }) as Promise<string | null>;
      asked.set(key, turn);
      const mathml = await turn;
      asked.delete(key);
      cache.set(key, { mathml });
      return mathml;
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
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
