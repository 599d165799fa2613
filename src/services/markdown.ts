import { LRUCache } from 'lru-cache';
import { html } from '../kernel/html.ts';
import type { Rendered } from '../model/letter-page.ts';
import { openThread } from './killable-thread.ts';
import type { MarkdownPieces, MarkdownWish } from './markdown-worker.ts';
import type { MathWorker } from './math.ts';

export interface MarkdownLimits {
  /** For one text without its formulas; a thread that takes longer is killed. */
  readonly textMs: number;
  /** For the formulas of one text; those after that are left as they were written. */
  readonly mathMs: number;
  /** Characters of Markdown. */
  readonly maxInput: number;
  /** Bytes of HTML, formulas included. */
  readonly maxOutput: number;
}

const LIMITS: MarkdownLimits = { textMs: 200, mathMs: 1_000, maxInput: 10_000, maxOutput: 1_048_576 };
const CACHED_CHARACTERS = 16_000_000;

/** Makes HTML of Markdown with TeX, in a thread of its own. */
export interface MarkdownRenderer extends AsyncDisposable {
  readonly limits: MarkdownLimits;
  /** Never rejects, and never gives markup of the text's own. */
  render(text: string): Promise<Rendered>;
}

/** Containers opened at the start of one line, beyond which nothing is read as Markdown: some parsers' time grows with their square. */
const MOST_NESTED = 40;
const OPENERS = /^(?:[ \t]{0,9}(?:>|[-+*](?=\s)|\d{1,9}[.)](?=\s)))+/gm;
const OPENER = />|[-+*]|\d+[.)]/g;

const isTooDeep = (text: string): boolean =>
  (text.match(OPENERS) ?? []).some((line) => (line.match(OPENER) ?? []).length > MOST_NESTED);

const asWritten = (text: string): Rendered => ({
  html: html`<p class="as-written">${text.toWellFormed()}</p>`.toString(),
  asWritten: true,
});

/** Opens the renderer lazily: the thread starts with the first text. What was made once is kept, failures too. */
export const openMarkdown = (
  { math }: { readonly math: Pick<MathWorker, 'set' | 'limits'> },
  limits: MarkdownLimits = LIMITS,
): MarkdownRenderer => {
  const cache = new LRUCache<string, Rendered>({
    maxSize: CACHED_CHARACTERS,
    sizeCalculation: (made, key) => key.length + made.html.length + 1,
  });
  const thread = openThread<MarkdownWish>(new URL('./markdown-worker.ts', import.meta.url), {
    ms: limits.textMs,
    maxOldGenerationSizeMb: 128,
    stackSizeMb: 2,
  });
  const asked = new Map<string, Promise<Rendered>>();

  const set = async (pieces: MarkdownPieces): Promise<string> => {
    const until = performance.now() + limits.mathMs;
    let left = math.limits.maxTextOutput;
    const parts: string[] = [];
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        parts.push(piece);
        continue;
      }
      const { tex, display } = piece;
      const mathml = performance.now() < until ? await math.set(tex, display) : null;
      const fits = mathml !== null && mathml.length <= left;
      if (fits) left -= mathml.length;
      const dollars = display ? '$$' : '$';
      // Wide formulas are scrolled in their box, which must then be reached by keyboard.
      const boxed = (of: string): string => (display ? `<span class="formula" tabindex="0">${of}</span>` : of);
      parts.push(fits ? boxed(mathml) : html`<code class="tex">${dollars}${tex}${dollars}</code>`.toString());
    }
    return parts.join('');
  };

  const make = async (text: string): Promise<Rendered> => {
    if (text.length > limits.maxInput || isTooDeep(text)) return asWritten(text);
    const wish = { text: text.toWellFormed(), maxOutput: limits.maxOutput };
    const pieces = (await thread.ask(wish)) as MarkdownPieces | null;
    if (pieces === null) return asWritten(text);
    const made = await set(pieces);
    if (made.trim() === '') return asWritten(text);
    return Buffer.byteLength(made) > limits.maxOutput ? asWritten(text) : { html: made, asWritten: false };
  };

  return {
    limits,
    async render(text) {
      const kept = cache.get(text);
      if (kept !== undefined) return kept;
      const waited = asked.get(text);
      if (waited !== undefined) return waited;
      const turn = make(text);
      asked.set(text, turn);
      const made = await turn;
      asked.delete(text);
      cache.set(text, made);
      return made;
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
};
