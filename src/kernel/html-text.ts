import { decodeHTMLStrict } from 'entities';

/** Elements whose content is no text for readers. */
const SILENT = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'object', 'svg', 'head']);
/** Elements inside a line: their tags part no words. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
const BLOCK = new Set(
  'address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html img input li main nav ol p picture pre section source summary table tbody td tfoot th thead tr ul video audio math annotation'.split(
    ' ',
  ),
);
const NAME = /[a-zA-Z][\w:-]*/y;

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
 * The text of HTML: tags, comments, scripts and styles left out, entities decoded once, blocks parted by spaces. `known`
 * is for what may be HTML or not: then only elements of HTML are tags, so that `n <k and j> m` stays. The answer is text,
 * not markup: it may hold `<`. Takes time in proportion to the input.
 */
export const textOfHtml = (html: string, { known = false } = {}): string => {
  if (!html.includes('<')) return decodeHTMLStrict(html);
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
      name = NAME.exec(html)?.[0].toLowerCase() ?? '';
      if (name !== '' && (!known || SILENT.has(name) || INLINE.has(name) || BLOCK.has(name))) end = tagEnd(html, at);
      if (INLINE.has(name)) gap = '';
    }
    if (end >= 0) {
      if (silent === '') out += decodeHTMLStrict(html.slice(from, at)) + gap;
      if (closes && name === silent) silent = '';
      else if (silent === '' && !closes && SILENT.has(name) && html[end - 2] !== '/') silent = name;
      from = end;
    }
    at = html.indexOf('<', end >= 0 ? end : at + 1);
  }
  return silent === '' ? out + decodeHTMLStrict(html.slice(from)) : out;
};
