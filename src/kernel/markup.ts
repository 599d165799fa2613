import { withoutTags } from './html-text.ts';
import { decodeEntities } from './text.ts';

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
  const plain = text
    .replace(/<(?:jats:)?title>\s*(?:abstract|summary)\.?:?\s*<\/(?:jats:)?title>/gi, ' ')
    .replace(
      /<(?:jats:)?(su[bp])>([^<>{}$\\]{1,40})<\/(?:jats:)?\1>/gi,
      (_, kind: string, inner: string) => `${kind.toLowerCase() === 'sub' ? '_' : '^'}{${inner.trim()}}`,
    );
  return withoutTags(plain, { known: true });
};
