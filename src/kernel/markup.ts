import { decodeEntities } from './text.ts';

/** Elements of HTML, JATS and MathML that stand in titles and abstracts. Others are left: `p<x` is text. */
const TAG =
  /<\/?(?:(?:jats|mml|html):)?(?:p|br|i|b|u|em|strong|italic|bold|underline|sc|scp|tt|small|monospace|roman|span|div|a|sub|sup|title|sec|list(?:-item)?|label|inline-formula|disp-formula|alternatives|tex-math|math|m[a-z]+|semantics|annotation|ext-link|named-content|styled-content|abstract|ul|ol|li|h[1-6]|code|pre|blockquote)(?:\s[^<>]*)?\/?>/gi;
const BLOCK = /^<\/?(?:jats:|html:)?(?:p|br|title|sec|list|list-item|div|ul|ol|li|h[1-6]|disp-formula|blockquote)\b/i;

/** A text without what stands between two marks, marks included; an opening mark without its twin takes nothing away. */
const without = (text: string, open: RegExp, close: string, instead: (inner: string) => string): string => {
  const parts = text.split(close);
  const last = parts.pop() ?? '';
  return (
    parts
      .map((part) => {
        const at = part.search(open);
        return at === -1 ? part : part.slice(0, at) + instead(part.slice(at).replace(/^<[^<>]*>/, ''));
      })
      .join('') + last
  );
};

/** `\documentclass… \begin{document}$$x$$\end{document}`, as Springer writes a formula, as `$x$`. */
const formula = (tex: string): string => {
  const inner = tex.split('\\begin{document}').at(-1)?.split('\\end{document}')[0]?.replaceAll('$', '').trim() ?? '';
  return inner === '' ? '' : `$${inner}$`;
};

/**
 * The text of a title or an abstract that a source gives with HTML or JATS in it: formulas as TeX where there is TeX,
 * paragraphs parted by a space, the heading “Abstract” left out. Not yet cleaned.
 */
export const withoutMarkup = (marked: string): string => {
  let text = decodeEntities(marked);
  if (!text.includes('<')) return text;
  if (text.includes('tex-math')) {
    text = without(text, /<mml:math/i, '</mml:math>', () => '');
    text = without(text, /<jats:tex-math/i, '</jats:tex-math>', formula);
  }
  return text
    .replace(/<(?:jats:)?title>\s*(?:abstract|summary)\.?:?\s*<\/(?:jats:)?title>/gi, ' ')
    .replace(
      /<(?:jats:)?(su[bp])>([^<>{}$\\]{1,40})<\/(?:jats:)?\1>/gi,
      (_, kind: string, inner: string) => `${kind.toLowerCase() === 'sub' ? '_' : '^'}{${inner.trim()}}`,
    )
    .replace(TAG, (tag) => (BLOCK.test(tag) ? ' ' : ''));
};
