/** A text with mathematics in it, cut into what is read and what is set. */
export type MathPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'math'; readonly tex: string; readonly display: boolean };

/** A part after setting; `mathml` is null where TeX could not be set and `text` (readable Unicode) stands instead. */
export type SetPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'math'; readonly text: string; readonly display: boolean; readonly mathml: string | null };

/**
 * `$$…$$`, `\[…\]`, `\(…\)`, `$…$`. A single dollar before a digit closes only after something that is no space, and never
 * before a digit (`$5 and $6`); cleaned texts write such dollars as `\$`.
 */
const MATH =
  /\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|(?<![\\$])\$(?![\s$\d])((?:\\.|[^$\\])*?)(?<!\s)\$|(?<![\\$])\$(?=\d)((?:\\.|[^$\\])*?)(?<!\s)\$(?!\d)/g;

/** Splits at mathematics. Joining the sources of the parts gives the text back. */
export const splitMath = (text: string): readonly MathPart[] => {
  const parts: MathPart[] = [];
  let from = 0;
  for (const found of text.matchAll(MATH)) {
    const [whole, dollars, brackets, parens, single, digits] = found;
    const tex = dollars ?? brackets ?? parens ?? single ?? digits ?? '';
    if (tex.trim() === '') continue;
    if (found.index > from) parts.push({ kind: 'text', text: text.slice(from, found.index) });
    parts.push({ kind: 'math', tex, display: dollars !== undefined || brackets !== undefined });
    from = found.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
};
