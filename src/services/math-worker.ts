import { parentPort } from 'node:worker_threads';
import temml from 'temml';
import { cleanMathml } from '../model/mathml.ts';

/** The thread that sets one formula after another. It may be killed at any moment; it keeps nothing. */

export interface MathWish {
  readonly tex: string;
  readonly display: boolean;
  /** Characters of MathML. */
  readonly maxOutput: number;
}

const set = ({ tex, display, maxOutput }: MathWish): string | null => {
  try {
    const markup = temml.renderToString(tex, {
      displayMode: display,
      trust: false,
      strict: false,
      throwOnError: true,
      maxSize: [20, 2000],
      maxExpand: 500,
    });
    return markup.length > maxOutput ? null : cleanMathml(markup);
  } catch {
    // TeX that cannot be set, a stack that ran out: both are read as text instead.
    return null;
  }
};

parentPort?.on('message', (wish: MathWish) => parentPort?.postMessage(set(wish)));
parentPort?.postMessage('ready');
