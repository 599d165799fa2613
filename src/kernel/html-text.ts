import { decodeHTMLStrict } from 'entities';

const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Elements whose content is no text for readers. */
const SILENT = names('script style template noscript iframe object svg head');
/** Elements inside a line, of HTML, JATS and MathML: their tags part no words. */
const INLINE =
  names(`a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr
bold italic monospace roman sc scp underline alternatives ext-link inline-formula named-content styled-content tex-math
math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics`);
const BLOCK =
  names(`address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html img input label li main nav ol p picture pre section source summary table tbody td tfoot th thead tr ul video audio
abstract disp-formula list list-item sec title annotation`);
const NAME = /[a-zA-Z][\w:-]*/y;
const PREFIX = /^(?:jats|mml|html):/;
/** Where a tag that begins at `start` ends (after `>`); -1 where another `<` or the end of the text comes first. */
const tagEnd = (html: string, start: number): number => {
  let quote = '';
  let first = -1;
  for (let at = start + 1; at < html.length; at += 1) {
    const c = html[at] as string;
    if (c === '<') break;
    if (c === '>' && first < 0) first = at + 1;
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === '>') return at + 1;
    else if (c === '"' || c === "'") quote = c;
  }
  return first;
};

/**
 * A text without the tags, comments and scripts in it, blocks parted by spaces. `known`: only elements of HTML, JATS and
 * MathML are tags, so that `n <k and j> m` stays. `read` is given every stretch between tags. Takes time in proportion to the input.
 */
export const withoutTags = (
  html: string,
  { known, read = (text) => text }: { readonly known: boolean; readonly read?: (text: string) => string },
): string => {
  if (!html.includes('<')) return read(html);
  let out = '';
  let from = 0;
  let silent = '';
  let comments = true;
  for (let at = html.indexOf('<'); at >= 0; ) {
    let end = -1;
    let gap = ' ';
    let name = '';
    const closes = html[at + 1] === '/';
    if (comments && html.startsWith('<!--', at)) {
      end = html.indexOf('-->', at + 4) + 3;
      if (end < 3) {
        comments = false;
        end = -1;
      }
      gap = '';
    } else if (html[at + 1] === '!' || html[at + 1] === '?') {
      // `<![CDATA[` of a document inside a document: the mark goes, the text stays.
      end = html.startsWith('<![CDATA[', at) ? at + 9 : tagEnd(html, at);
      gap = '';
    } else {
      NAME.lastIndex = at + (closes ? 2 : 1);
      name = (NAME.exec(html)?.[0].toLowerCase() ?? '').replace(PREFIX, '');
      if (name !== '' && (!known || SILENT.has(name) || INLINE.has(name) || BLOCK.has(name))) end = tagEnd(html, at);
      if (INLINE.has(name)) gap = '';
    }
    if (end >= 0) {
      if (silent === '') out += read(html.slice(from, at)) + gap;
      if (closes && name === silent) silent = '';
      else if (silent === '' && !closes && SILENT.has(name) && html[end - 2] !== '/') silent = name;
      from = end;
    }
    at = html.indexOf('<', end >= 0 ? end : at + 1);
  }
  return silent === '' ? out + read(html.slice(from)) : out;
};

/**
 * The text of HTML: see `withoutTags`, and entities decoded once. `known` is for what may be HTML or not. The answer is text,
 * not markup: it may hold `<`.
 */
export const textOfHtml = (html: string, { known = false } = {}): string =>
  withoutTags(html, { known, read: decodeHTMLStrict });
