import type { Definition, Link, Nodes, Parents, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { handlesIn, papersIn } from '../model/letter-words.ts';
import { href } from '../model/urls.ts';

/** A formula of a text, and the mark that stands for it until it is set. */
export interface Formula {
  readonly tex: string;
  readonly display: boolean;
}

interface Walk {
  readonly source: string;
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly mark: (formula: Formula) => string;
  readonly headings: { readonly ranks: ReadonlyMap<number, number>; last: number };
}

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
const LEAST_HEADING = 3;
const LANGUAGE = /^[\w+#.-]{1,40}$/;

const text = (value: string): Text => ({ type: 'text', value });

/** Where an address leads: out of this site, to a page of it, or nowhere that is let through. */
const targetOf = (url: string): 'out' | 'here' | null => {
  const address = URL.parse(url);
  if (address !== null) return SCHEMES.has(address.protocol) ? 'out' : null;
  return /^\/(?![/\\])/.test(url) ? 'here' : null;
};

const linkTo = (url: string, children: readonly PhrasingContent[]): readonly PhrasingContent[] => {
  const target = targetOf(url);
  if (target === null) return children;
  const rel = target === 'out' ? { data: { hProperties: { rel: ['nofollow', 'ugc', 'noreferrer'] } } } : {};
  return [{ type: 'link', url, children: [...children], ...rel } as Link];
};

/** A text with its mentions of readers and its names of papers as links to them. */
const linked = (value: string): readonly PhrasingContent[] => {
  const found = [
    ...handlesIn(value).map(({ at, length, handle }) => ({ at, length, url: href.reader(handle) })),
    ...papersIn(value).map(({ at, length, id }) => ({ at, length, url: href.paper(id) })),
  ].sort((a, b) => a.at - b.at);
  const parts: PhrasingContent[] = [];
  let from = 0;
  for (const { at, length, url } of found) {
    if (at < from) continue;
    if (at > from) parts.push(text(value.slice(from, at)));
    parts.push({ type: 'link', url, children: [text(value.slice(at, at + length))] });
    from = at + length;
  }
  if (from < value.length) parts.push(text(value.slice(from)));
  return parts;
};

const sourceOf = ({ position }: Nodes, { source }: Walk): string =>
  source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0);

/** `$5 and $6` is no formula: none begins or ends with a space inside, or ends before a digit. */
const isFormula = (node: Nodes, walk: Walk): boolean => {
  const written = sourceOf(node, walk);
  if (written.startsWith('$$')) return true;
  return !/^\$\s|\s\$$/.test(written) && !/\d/.test(walk.source[node.position?.end.offset ?? 0] ?? '');
};

const headingLevel = (depth: number, { headings }: Walk): number => {
  headings.last = Math.min(6, LEAST_HEADING + (headings.ranks.get(depth) ?? 0), headings.last + 1);
  return headings.last;
};

const inside = (node: Parents, walk: Walk, inLink = false): void => {
  node.children = node.children.flatMap((child) => changed(child, walk, inLink)) as never;
};

const changed = (node: RootContent, walk: Walk, inLink: boolean): readonly RootContent[] => {
  const pointed = (label: readonly PhrasingContent[], url: string | undefined): readonly RootContent[] =>
    inLink || url === undefined ? label : linkTo(url, label);
  const definition = (name: string): string | undefined => walk.definitions.get(name)?.url;
  switch (node.type) {
    case 'text':
      return inLink ? [node] : linked(node.value);
    case 'html':
      return [text(node.value)];
    case 'inlineMath':
      if (!isFormula(node, walk)) return [text(sourceOf(node, walk))];
      return [text(walk.mark({ tex: node.value, display: sourceOf(node, walk).startsWith('$$') }))];
    case 'code':
      return [{ ...node, lang: LANGUAGE.test(node.lang ?? '') ? node.lang : null }];
    case 'math':
      return [{ type: 'paragraph', children: [text(walk.mark({ tex: node.value, display: true }))] }];
    case 'image':
      return pointed([text(node.alt || node.url)], node.url);
    case 'imageReference':
      return pointed([text(node.alt || node.identifier)], definition(node.identifier));
    case 'link':
      inside(node, walk, true);
      return pointed(node.children, node.url);
    case 'linkReference':
      inside(node, walk, true);
      return pointed(node.children, definition(node.identifier));
    case 'definition':
      return [];
    case 'footnoteReference':
      return [text(`[${node.label ?? node.identifier}]`)];
    case 'footnoteDefinition':
      inside(node, walk);
      return [{ type: 'paragraph', children: [text(`[${node.label ?? node.identifier}]`)] }, ...node.children];
    case 'heading':
      inside(node, walk);
      return [{ ...node, depth: headingLevel(node.depth, walk) as 3 }];
    case 'listItem': {
      inside(node, walk);
      const [first] = node.children;
      if (typeof node.checked === 'boolean' && first?.type === 'paragraph')
        first.children.unshift(text(node.checked ? '☑ ' : '☐ '));
      return [{ ...node, checked: null }];
    }
    default:
      if ('children' in node) inside(node, walk, inLink);
      return [node];
  }
};

const all = function* (node: Nodes): Generator<Nodes> {
  yield node;
  if ('children' in node) for (const child of node.children) yield* all(child);
};

/**
 * Makes of parsed Markdown what a letter may hold: markup is text, pictures and footnotes are links and words, headings
 * begin at the third level and skip none, only http, https, mailto and addresses of this site are links, readers and papers named
 * are links to them. Formulas become the marks that `mark` gives.
 */
export const tame = (root: Root, source: string, mark: Walk['mark']): Root => {
  const definitions = new Map<string, Definition>();
  const depths = new Set<number>();
  for (const node of all(root)) {
    if (node.type === 'definition' && !definitions.has(node.identifier)) definitions.set(node.identifier, node);
    if (node.type === 'heading') depths.add(node.depth);
  }
  const ranks = new Map([...depths].sort().map((depth, rank) => [depth, rank]));
  inside(root, { source, definitions, mark, headings: { ranks, last: LEAST_HEADING - 1 } });
  root.children = root.children.map((node) =>
    (node as RootContent).type === 'text' ? { type: 'paragraph', children: [node as unknown as Text] } : node,
  );
  return root;
};
