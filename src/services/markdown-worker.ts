import { randomUUID } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { Root as Markup } from 'hast';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { type Formula, tame } from './markdown-tree.ts';

/** The thread that makes HTML of one text after another. It may be killed at any moment; it keeps nothing. */

export interface MarkdownWish {
  readonly text: string;
  /** Characters of HTML, formulas apart. */
  readonly maxOutput: number;
}

/** HTML cut at its formulas: a string, a formula, a string, … */
export type MarkdownPieces = readonly (string | Formula)[];

const SCHEMA: Schema = {
  strip: ['script'],
  clobber: [],
  ancestors: {},
  tagNames:
    'p br hr em strong del blockquote ul ol li pre code a h3 h4 h5 h6 table thead tbody tr th td div sup sub'.split(
      ' ',
    ),
  attributes: {
    a: ['href', ['rel', 'nofollow', 'ugc', 'noreferrer']],
    ol: ['start'],
    code: [['className', /^language-[\w+#.-]{1,40}$/]],
    th: [['align', 'left', 'right', 'center']],
    td: [['align', 'left', 'right', 'center']],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
};

/** Tables may be wider than the page, and then must be reached by keyboard. */
const boxTables =
  () =>
  (tree: Markup): void => {
    const box = (node: Markup | Markup['children'][number]): void => {
      if (!('children' in node)) return;
      for (const child of node.children) box(child);
      node.children = node.children.map((child) =>
        child.type === 'element' && child.tagName === 'table'
          ? {
              type: 'element',
              tagName: 'div',
              properties: { className: ['table'], tabIndex: 0, role: 'group', ariaLabel: 'Table' },
              children: [child],
            }
          : child,
      ) as typeof node.children;
    };
    box(tree);
  };

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkMath).freeze();
const writer = unified().use(remarkRehype).use(rehypeSanitize, SCHEMA).use(boxTables).use(rehypeStringify).freeze();

const render = ({ text, maxOutput }: MarkdownWish): MarkdownPieces | null => {
  try {
    const nonce = randomUUID();
    const formulas: Formula[] = [];
    const tree = tame(parser.parse(text), text, (formula) => `${nonce}:${formulas.push(formula) - 1}:`);
    const html = writer.stringify(writer.runSync(tree) as Markup);
    if (html.length > maxOutput) return null;
    return html
      .split(new RegExp(`${nonce}:(\\d+):`))
      .map((piece, n) => (n % 2 === 0 ? piece : (formulas[Number(piece)] ?? '')));
  } catch {
    // A stack that ran out: the text is shown as it was written.
    return null;
  }
};

parentPort?.on('message', (wish: MarkdownWish) => parentPort?.postMessage(render(wish)));
parentPort?.postMessage('ready');
