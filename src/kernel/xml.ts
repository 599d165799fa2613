import { decodeHTMLStrict, decodeXML } from 'entities';
import { Fault } from './errors.ts';

/**
 * An element: attributes under `@name`, child elements under their names (an array where there are several or the caller
 * asked for arrays), its own text under `#text`. An element that has only text is that string; an empty one is `''`.
 */
export interface XmlNode {
  readonly [name: string]: unknown;
}

const MOST = { characters: 64 * 1024 * 1024, depth: 100, attributes: 256, parts: 1_000_000 } as const;

const refuse = (sentence: string): never => {
  throw new Fault('bad-input', sentence);
};

// Sticky, and no two neighbours of theirs match the same character: each is linear in what it reads.
const OPEN = /<([^\s<>/=!?#@&"']+)/y;
const ATTRIBUTE = /\s*([^\s<>/=#@&"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
const OPEN_END = /\s*(\/?)>/y;
const CLOSE = /<\/([^\s<>]+)\s*>/y;
const DOCTYPE = /<!DOCTYPE(?:[^"'[>]+|"[^"]*"|'[^']*')*/y;
const SUBSET_END = /\]\s*>/g;

/** Where a document type declaration ends. Entities of a document's own are how a kilobyte becomes gigabytes: refused. */
const pastDoctype = (text: string, start: number): number => {
  DOCTYPE.lastIndex = start;
  DOCTYPE.test(text);
  const at = DOCTYPE.lastIndex;
  if (text[at] === '>') return at + 1;
  SUBSET_END.lastIndex = at;
  if (text[at] !== '[' || !SUBSET_END.test(text)) return refuse('The XML ends inside its document type.');
  if (text.slice(at, SUBSET_END.lastIndex).includes('<!ENTITY'))
    return refuse('The XML declares entities of its own, which Broadsheet does not read.');
  return SUBSET_END.lastIndex;
};

const past = (text: string, ending: string, start: number, what: string): number => {
  const at = text.indexOf(ending, start);
  return at < 0 ? refuse(`The XML ends inside ${what}.`) : at + ending.length;
};

interface Walker {
  attribute(name: string, value: string): void;
  open(name: string): void;
  close(): void;
  /** Text between tags as it is written, entities and all; of a CDATA section, `literal`. */
  text(text: string, literal: boolean): void;
}

const CHECKING: Walker = { attribute() {}, open() {}, close() {}, text() {} };

const walk = (text: string, walker: Walker): void => {
  if (text.length > MOST.characters) refuse('The XML is longer than 64 MiB.');
  const open: string[] = [];
  let roots = 0;
  let parts = 0;
  let at = 0;
  for (;;) {
    const next = text.indexOf('<', at);
    const between = text.slice(at, next < 0 ? undefined : next);
    if (open.length > 0) walker.text(between, false);
    else if (/[^\s\ufeff]/.test(between)) refuse(roots === 0 ? 'This is no XML.' : 'The XML goes on after its end.');
    if (next < 0) break;
    at = next;
    if (text.startsWith('<!--', at)) at = past(text, '-->', at + 4, 'a comment');
    else if (text.startsWith('<![CDATA[', at)) {
      const end = past(text, ']]>', at + 9, 'a CDATA section');
      walker.text(text.slice(at + 9, end - 3), true);
      at = end;
    } else if (text.startsWith('<?', at)) at = past(text, '?>', at + 2, 'an instruction');
    else if (text.startsWith('<!DOCTYPE', at)) at = pastDoctype(text, at);
    else if (text.startsWith('</', at)) {
      CLOSE.lastIndex = at;
      const name = CLOSE.exec(text)?.[1];
      const expected = open.pop();
      if (name === undefined || name !== expected)
        refuse(
          `The XML is not well formed: <${(expected ?? 'nothing').slice(0, 60)}> is not closed where it should be.`,
        );
      walker.close();
      at = CLOSE.lastIndex;
    } else {
      OPEN.lastIndex = at;
      const name = OPEN.exec(text)?.[1] ?? refuse('The XML is not well formed: a < that starts nothing.');
      at = OPEN.lastIndex;
      if (name === '__proto__') refuse('The XML is not well formed: an element has a name that none has.');
      walker.open(name);
      for (let attributes = 0; ; attributes += 1) {
        ATTRIBUTE.lastIndex = at;
        const [found, key = '', double, single = ''] = ATTRIBUTE.exec(text) ?? [];
        if (found === undefined) break;
        at = ATTRIBUTE.lastIndex;
        parts += 1;
        if (attributes >= MOST.attributes) refuse(`An element of the XML has more than ${MOST.attributes} attributes.`);
        walker.attribute(key, double ?? single);
      }
      OPEN_END.lastIndex = at;
      const ending =
        OPEN_END.exec(text) ?? refuse(`The XML is not well formed: the tag <${name.slice(0, 60)}> is broken.`);
      at = OPEN_END.lastIndex;
      if (open.length === 0) roots += 1;
      if (ending[1] === '') open.push(name);
      else walker.close();
      parts += 1;
      if (open.length > MOST.depth) refuse(`The XML is nested deeper than ${MOST.depth} levels.`);
      if (parts > MOST.parts) refuse('The XML has more than a million elements and attributes.');
    }
  }
  if (open.length > 0) refuse(`The XML ends too early: <${(open.at(-1) ?? '').slice(0, 60)}> is not closed.`);
  if (roots !== 1) refuse(roots === 0 ? 'This is no XML.' : 'The XML has more than one root.');
};

/**
 * Walks through a document once, building nothing, and throws `Fault('bad-input')` when it is no well-formed XML, declares
 * entities of its own, or is larger than any answer of a source: 64 Mi characters, 100 levels, 256 attributes an element,
 * a million elements and attributes.
 */
export const checkXml = (text: string): void => walk(text, CHECKING);

const TEXT = '#text';

/** An element that is being read. */
interface Frame {
  readonly name: string;
  readonly node: Record<string, unknown>;
  attributes: number;
  elements: number;
  text: string;
}

const frameOf = (name: string): Frame => ({
  name,
  // Without a prototype, no name of an element means anything but itself.
  node: Object.create(null),
  attributes: 0,
  elements: 0,
  text: '',
});

const contentOf = ({ node, attributes, elements, text }: Frame): unknown => {
  if (attributes + elements === 0) return text;
  if (text !== '' && (elements === 0 || text.trim() !== '')) node[TEXT] = text;
  return node;
};

/**
 * Reads a whole document; the answer has one name, that of the root element. Text is verbatim: no trimming, no numbers;
 * white space between elements is left out, line ends are `\n`. The five entities and numeric ones are decoded, with
 * `html` those of HTML too; others stay as they are written. `arrays` names elements that are arrays even when there is
 * one. `prefixes: 'drop'` takes the namespace prefix off elements and attributes, and leaves `xmlns…` out. Throws
 * `Fault('bad-input')` for what `checkXml` refuses.
 */
export const parseXml = (
  text: string,
  options: { readonly arrays?: readonly string[]; readonly prefixes?: 'keep' | 'drop'; readonly html?: boolean } = {},
): XmlNode => {
  const arrays = new Set(options.arrays);
  const drop = options.prefixes === 'drop';
  const named = (name: string): string => (drop ? name.slice(name.indexOf(':') + 1) : name);
  const entities = options.html ? decodeHTMLStrict : decodeXML;
  const decoded = (raw: string): string => (raw.includes('&') ? entities(raw) : raw);
  const lines = (raw: string): string => (raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw);

  const root = frameOf('');
  const frames = [root];
  let top = root;
  walk(text, {
    open(name) {
      top = frameOf(named(name));
      frames.push(top);
    },
    attribute(name, raw) {
      if (drop && /^xmlns(?::|$)/.test(name)) return;
      // XML makes a space of each line end and tab in an attribute, unless it is written as an entity.
      top.node[`@${named(name)}`] ??= decoded(lines(raw).replace(/[\t\n]/g, ' '));
      top.attributes += 1;
    },
    text(raw, literal) {
      if (raw !== '') top.text += literal ? lines(raw) : decoded(lines(raw));
    },
    close() {
      const { name } = top;
      const value = contentOf(top);
      frames.pop();
      top = frames.at(-1) ?? root;
      const before = top.node[name];
      if (Array.isArray(before)) before.push(value);
      else if (before !== undefined) top.node[name] = [before, value];
      else top.node[name] = arrays.has(name) ? [value] : value;
      top.elements += 1;
    },
  });
  return root.node;
};

/** The text of what `parseXml` gave for a name: of a string, of an element's own text, of the first of several; else `''`. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'object' && value !== null ? textOf((value as XmlNode)[TEXT] ?? '') : '';
};

/** The elements behind what `parseXml` gave for a name, always as an array; elements without children or attributes come as `{ '#text': … }`. */
export const elementsOf = (value: unknown): readonly XmlNode[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) =>
    typeof one === 'string' ? { [TEXT]: one } : (one as XmlNode),
  );

const decoderOf = (label: string | undefined): TextDecoder | null => {
  try {
    return label ? new TextDecoder(label) : null;
  } catch {
    return null;
  }
};

/**
 * Bytes to text by, in this order: byte order mark, `charset` of the header, encoding of an XML declaration, UTF-8. A
 * charset nobody knows is passed over; bytes that do not fit become U+FFFD. The byte order mark is left out.
 */
export const decodeText = (bytes: Uint8Array, contentType: string | null): string => {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder().decode(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const header = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? '')?.[1];
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const declared = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  return (decoderOf(header) ?? decoderOf(declared) ?? new TextDecoder()).decode(bytes);
};
