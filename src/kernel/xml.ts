import { decodeHTMLStrict, decodeXML } from 'entities';
import { type EntityDecoderOptions, XMLParser } from 'fast-xml-parser';
import { Fault } from './errors.ts';

/**
 * An element: attributes under `@name`, child elements under their names (an array where there are several or the caller
 * asked for arrays), its own text under `#text`. An element that has only text is that string; an empty one is `''`.
 */
export interface XmlNode {
  readonly [name: string]: unknown;
}

const MOST = { characters: 64 * 1024 * 1024, depth: 100, attributes: 256, parts: 1_000_000 } as const;

const refuse = (sentence: string, cause?: unknown): never => {
  throw new Fault('bad-input', sentence, { cause });
};

// Sticky, and no two neighbours of theirs match the same character: each is linear in what it reads.
const OPEN = /<([^\s<>/=!?#@&"']+)/y;
const ATTRIBUTE = /\s*[^\s<>/=#@&"']+\s*=\s*(?:"[^"]*"|'[^']*')/y;
const OPEN_END = /\s*(\/?)>/y;
const DOCTYPE = /<!DOCTYPE(?:[^"'[>]+|"[^"]*"|'[^']*')*/y;
const SUBSET_END = /\]\s*>/g;
const CLOSE = /<\/([^\s<>]+)\s*>/y;

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

/**
 * Walks through a document once, building nothing, and throws `Fault('bad-input')` when it is no well-formed XML, declares
 * entities of its own, or is larger than any answer of a source: 64 Mi characters, 100 levels, 256 attributes an element,
 * a million elements and attributes.
 */
export const checkXml = (text: string): void => {
  if (text.length > MOST.characters) refuse('The XML is longer than 64 MiB.');
  const open: string[] = [];
  let roots = 0;
  let parts = 0;
  let at = 0;
  for (;;) {
    const next = text.indexOf('<', at);
    if (open.length === 0 && /[^\s\ufeff]/.test(text.slice(at, next < 0 ? undefined : next)))
      refuse(roots === 0 ? 'This is no XML.' : 'The XML goes on after its end.');
    if (next < 0) break;
    at = next;
    if (text.startsWith('<!--', at)) at = past(text, '-->', at + 4, 'a comment');
    else if (text.startsWith('<![CDATA[', at)) at = past(text, ']]>', at + 9, 'a CDATA section');
    else if (text.startsWith('<?', at)) at = past(text, '?>', at + 2, 'an instruction');
    else if (text.startsWith('<!DOCTYPE', at)) at = pastDoctype(text, at);
    else if (text.startsWith('</', at)) {
      CLOSE.lastIndex = at;
      const name = CLOSE.exec(text)?.[1];
      const expected = open.pop();
      if (name === undefined || name !== expected)
        refuse(
          `The XML is not well formed: <${(expected ?? 'nothing').slice(0, 60)}> is not closed where it should be.`,
        );
      at = CLOSE.lastIndex;
    } else {
      OPEN.lastIndex = at;
      const name = OPEN.exec(text)?.[1] ?? refuse('The XML is not well formed: a < that starts nothing.');
      at = OPEN.lastIndex;
      for (let attributes = 0; ; attributes += 1) {
        ATTRIBUTE.lastIndex = at;
        if (!ATTRIBUTE.test(text)) break;
        at = ATTRIBUTE.lastIndex;
        parts += 1;
        if (attributes >= MOST.attributes) refuse(`An element of the XML has more than ${MOST.attributes} attributes.`);
      }
      OPEN_END.lastIndex = at;
      const ending =
        OPEN_END.exec(text) ?? refuse(`The XML is not well formed: the tag <${name.slice(0, 60)}> is broken.`);
      at = OPEN_END.lastIndex;
      if (open.length === 0) roots += 1;
      if (ending[1] === '') open.push(name);
      parts += 1;
      if (open.length > MOST.depth) refuse(`The XML is nested deeper than ${MOST.depth} levels.`);
      if (parts > MOST.parts) refuse('The XML has more than a million elements and attributes.');
    }
  }
  if (open.length > 0) refuse(`The XML ends too early: <${(open.at(-1) ?? '').slice(0, 60)}> is not closed.`);
  if (roots !== 1) refuse(roots === 0 ? 'This is no XML.' : 'The XML has more than one root.');
};

type Ordered = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ':@';
const TEXT = '#text';

const decoder = (decode: (text: string) => string): EntityDecoderOptions => ({
  setExternalEntities() {},
  addInputEntities() {},
  reset() {},
  setXmlVersion() {},
  decode: (text) => (text.includes('&') ? decode(text) : text),
});

// One parser for both ways: it keeps nothing between documents.
const parserOf = (decode: (text: string) => string): XMLParser =>
  new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    jPath: false,
    maxNestedTags: MOST.depth,
    entityDecoder: decoder(decode),
  });
const PARSERS = { xml: parserOf(decodeXML), html: parserOf(decodeHTMLStrict) } as const;

/**
 * Reads a whole document; the answer has one name, that of the root element. Text is verbatim: no trimming, no numbers;
 * white space between elements is left out. The five entities and numeric ones are decoded, with `html` those of HTML
 * too; others stay as they are written. `arrays` names elements that are arrays even when there is one. `prefixes:
 * 'drop'` takes the namespace prefix off elements and attributes, and leaves `xmlns…` out. Throws `Fault('bad-input')`
 * for what `checkXml` refuses.
 */
export const parseXml = (
  text: string,
  options: { readonly arrays?: readonly string[]; readonly prefixes?: 'keep' | 'drop'; readonly html?: boolean } = {},
): XmlNode => {
  checkXml(text);
  const arrays = new Set(options.arrays);
  const drop = options.prefixes === 'drop';
  const named = (name: string): string => (drop ? name.slice(name.indexOf(':') + 1) : name);

  const build = (children: readonly Ordered[], attributes: Readonly<Record<string, string>> | undefined): unknown => {
    const node: Record<string, unknown> = Object.create(null);
    let size = 0;
    let own = '';
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (drop && /^xmlns(?::|$)/.test(name)) continue;
      node[`@${named(name)}`] ??= value;
      size += 1;
    }
    let elements = 0;
    for (const child of children) {
      const tag = Object.keys(child).find((key) => key !== ATTRIBUTES);
      if (tag === undefined) continue;
      if (tag === TEXT) {
        own += String(child[TEXT]);
        continue;
      }
      const value = build(child[tag] as readonly Ordered[], child[ATTRIBUTES] as Record<string, string> | undefined);
      const name = named(tag);
      const before = node[name];
      if (Array.isArray(before)) before.push(value);
      else if (before !== undefined) node[name] = [before, value];
      else node[name] = arrays.has(name) ? [value] : value;
      elements += 1;
    }
    if (size + elements === 0) return own;
    if (own !== '' && (elements === 0 || own.trim() !== '')) node[TEXT] = own;
    return node;
  };

  try {
    return build(PARSERS[options.html ? 'html' : 'xml'].parse(text) as readonly Ordered[], undefined) as XmlNode;
  } catch (cause) {
    return refuse('The XML is not well formed.', cause);
  }
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
