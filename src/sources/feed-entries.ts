import { Fault } from '../kernel/errors.ts';

/** A feed taken apart: each entry as it stands in the document, and what stood around it. */
export interface Feed {
  /** Start tags that entries stand in, with the namespaces they declare. */
  readonly opening: string;
  /** The end tags that go with them. */
  readonly closing: string;
  /** The authors the feed gives for all its entries: elements, as they stand in it. Of Atom alone: others mean the publisher. */
  readonly authors: string;
  readonly entries: readonly string[];
}

const MOST_ENTRIES = 100_000;
/** In characters, of what is repeated around each entry. */
const LONGEST_AROUND = 16 * 1024;
const NAME = /[^\s<>/=!?"'&;,]+/y;

export interface Tag {
  readonly kind: 'open' | 'close' | 'empty';
  /** As written, with its prefix. */
  readonly name: string;
  /** Without prefix, lower case. */
  readonly local: string;
  readonly start: number;
  readonly end: number;
}

const localOf = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();

/** Where the tag that begins at `start` ends; -1 where a `<` or the end of the text comes first. */
const tagEnd = (text: string, start: number): number => {
  let quote = 0;
  let first = -1;
  for (let at = start; at < text.length; at += 1) {
    const c = text.charCodeAt(at);
    if (c === 0x3c) break;
    if (c === 0x3e) {
      if (quote === 0) return at + 1;
      if (first < 0) first = at + 1;
    } else if (quote !== 0) {
      if (c === quote) quote = 0;
    } else if (c === 0x22 || c === 0x27) quote = c;
  }
  return first;
};

/** Tags of XML of any quality, in order; comments, CDATA and declarations are passed over. Linear in the text. */
export function* tagsOf(text: string, from = 0): Generator<Tag> {
  const sections: [open: string, close: string, known: boolean][] = [
    ['<!--', '-->', true],
    ['<![CDATA[', ']]>', true],
    ['<?', '?>', true],
  ];
  for (let at = text.indexOf('<', from); at >= 0; ) {
    let next = at + 1;
    const section = sections.find(([open]) => text.startsWith(open, at));
    if (section !== undefined) {
      const [open, close, known] = section;
      const end = known ? text.indexOf(close, at + open.length) : -1;
      if (end >= 0) next = end + close.length;
      // Not closed here means not closed anywhere later: looked for once.
      else section[2] = false;
    } else if (text[at + 1] !== '!') {
      const closes = text[at + 1] === '/';
      NAME.lastIndex = at + (closes ? 2 : 1);
      const name = NAME.exec(text)?.[0];
      const end = name === undefined ? -1 : tagEnd(text, NAME.lastIndex);
      if (name !== undefined && end >= 0) {
        const kind = closes ? 'close' : text[end - 2] === '/' ? 'empty' : 'open';
        yield { kind, name, local: localOf(name), start: at, end };
        next = end;
      }
    }
    at = text.indexOf('<', next);
  }
}

const authorsIn = (head: string): string => {
  let found = '';
  let open: Tag | undefined;
  for (const tag of tagsOf(head)) {
    if (tag.local !== 'author') continue;
    if (tag.kind === 'open') open ??= tag;
    else if (open !== undefined && tag.kind === 'close') {
      found += head.slice(open.start, tag.end);
      open = undefined;
    }
  }
  return found.length > LONGEST_AROUND ? '' : found;
};

const ROOTS = new Set(['rss', 'feed', 'rdf', 'channel', 'item', 'entry']);

/**
 * Takes a feed in XML apart, well formed or not; nothing inside entries is looked at. Throws `Fault('source-refused')` for
 * what is no feed.
 */
export const feedOf = (text: string): Feed => {
  let root: Tag | undefined;
  let channel: Tag | undefined;
  let entry: Tag | undefined;
  let depth = 0;
  let headEnd = -1;
  const entries: string[] = [];
  for (const tag of tagsOf(text)) {
    if (root === undefined) {
      if (!ROOTS.has(tag.local) || tag.kind === 'close')
        throw new Fault('source-refused', `This is no feed: it begins with <${tag.name.slice(0, 40)}>.`);
      root = tag;
    }
    if (entry !== undefined) {
      if (tag.name !== entry.name) continue;
      if (tag.kind === 'open') depth += 1;
      else if (tag.kind === 'close') depth -= 1;
      if (depth > 0) continue;
      entries.push(text.slice(entry.start, tag.end));
      entry = undefined;
    } else if (tag.local === 'item' || tag.local === 'entry') {
      if (tag.kind === 'close') continue;
      if (headEnd < 0) headEnd = tag.start;
      if (entries.length >= MOST_ENTRIES)
        throw new Fault('source-refused', `The feed has more than ${MOST_ENTRIES} entries.`);
      if (tag.kind === 'open') {
        entry = tag;
        depth = 1;
      } else entries.push(text.slice(tag.start, tag.end));
    } else if (tag.local === 'channel' && tag !== root && root.local === 'rss' && tag.kind === 'open') channel ??= tag;
  }
  if (root === undefined) throw new Fault('source-refused', 'This is no feed: it holds no XML.');
  if (entry !== undefined) {
    const rest = text.slice(entry.start);
    const tail = rest.slice(-200).replace(/(?:<\/(?:[\w.-]+:)?(?:channel|rss|feed|rdf)\s*>\s*){1,4}$/i, '');
    entries.push(rest.slice(0, -200) + tail);
  }
  const alone = root.local === 'item' || root.local === 'entry';
  const tags = [root, ...(channel === undefined ? [] : [channel])];
  const size = tags.reduce((sum, { start, end }) => sum + end - start, 0);
  const around = alone || size > LONGEST_AROUND ? [] : tags;
  return {
    opening: around.map((tag) => text.slice(tag.start, tag.end)).join(''),
    closing: around
      .map((tag) => `</${tag.name}>`)
      .reverse()
      .join(''),
    authors:
      root.local === 'feed' && around.length > 0
        ? authorsIn(text.slice(root.end, headEnd < 0 ? undefined : headEnd))
        : '',
    entries,
  };
};
