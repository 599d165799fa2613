import { readLines } from '../kernel/lines.ts';
import { fail, type Result } from '../kernel/result.ts';
import type { Marginalia } from '../model/library.ts';
import { nameInOrder, namesIn } from '../model/name.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Source } from '../ports/source.ts';
import { dayFromParts, draftOfReference, marginOf } from './bibliographic.ts';

/** Longest entry taken, in characters. */
const ENTRY_MAX = 256 * 1024;
/** All `@string` definitions that are kept, in characters. */
const STRINGS_MAX = 1024 * 1024;
/** Braces deeper than this are no bibliography. */
const DEPTH_MAX = 60;
/** Entries after which others may run. One takes about 0.2 ms. */
const BREATH = 50;
const OPENS = /@\s*([A-Za-z]+)\s*([{(])/g;
const NO_PAPERS: ReadonlySet<string> = new Set(['comment', 'preamble', 'string']);
const MONTHS: readonly string[] = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

interface Piece {
  readonly line: number;
  readonly position: number;
  readonly type: string;
  readonly text: string;
  /** Why it cannot be an entry. */
  readonly problem: string | null;
}

/** An entry that is being collected. */
interface Open {
  readonly line: number;
  readonly type: string;
  readonly closer: string;
  readonly parts: string[];
  size: number;
  depth: number;
  problem: string | null;
}

/** The column after the mark that closes the entry; -1 where it goes on in the next line. */
const endIn = (open: Open, text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '{') open.depth += 1;
    else if (character === '}') open.depth -= 1;
    if (open.depth > DEPTH_MAX) open.problem ??= `its braces are nested deeper than ${DEPTH_MAX}`;
    if (open.depth <= 0 && character === open.closer) return at + 1;
  }
  return -1;
};

const add = (open: Open, part: string): void => {
  open.size += part.length + 1;
  if (open.size > ENTRY_MAX) open.problem ??= `the entry is longer than ${ENTRY_MAX} characters`;
  if (open.size <= ENTRY_MAX || open.parts.length === 0) open.parts.push(part.slice(0, ENTRY_MAX));
};

/** Cuts a file into its entries. An entry that does not end is given up where the next begins a line. */
async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  let open: Open | null = null;
  let position = 0;
  let last = 1;
  const close = ({ line, type, parts }: Open, at: number, problem: string | null): Piece => {
    // Entries that share a line still have positions of their own.
    position = Math.max(position + 1, at);
    return { line, position, type, text: parts.join('\n'), problem };
  };
  for await (const { n, text, problem } of readLines(bytes)) {
    if (open !== null && /^@[A-Za-z]+\s*[{(]/.test(text)) {
      yield close(open, last, open.problem ?? 'the entry does not end');
      open = null;
    }
    last = n;
    if (open !== null) open.problem ??= problem;
    for (let [start, at] = [0, 0]; ; start = at) {
      if (open === null) {
        OPENS.lastIndex = at;
        const begin = OPENS.exec(text);
        if (begin === null) break;
        const [type, opener] = [(begin[1] as string).toLowerCase(), begin[2]];
        const [closer, depth] = opener === '{' ? ['}', 1] : [')', 0];
        open = { line: n, type, closer, parts: [], size: 0, depth, problem } as Open;
        start = begin.index;
        at = start + begin[0].length;
      }
      const end = endIn(open, text, at);
      add(open, text.slice(start, end === -1 ? undefined : end));
      if (end === -1) break;
      yield close(open, n, open.problem);
      open = null;
      at = end;
    }
  }
  if (open !== null) yield close(open, last, open.problem ?? 'the entry does not end');
}

type Fields = Readonly<Record<string, string | number | undefined>>;
type Read = (text: string) => { readonly label: string; readonly properties: Fields } | undefined;

/** The grammar of citation-js: the fields as they were written, `@string` put in, TeX left alone. Loads in 0.1 s. */
const openGrammar = async (): Promise<Read> => {
  const { plugins } = await import('@citation-js/core');
  await import('@citation-js/plugin-bibtex');
  const input = plugins.input as unknown as {
    data(text: string, type: string): readonly { readonly label: string; readonly properties: Fields }[];
  };
  return (text) => input.data(text, '@bibtex/text').at(-1);
};

const NAMED: Readonly<Record<string, string>> = {
  backslash: '\\',
  braceleft: '{',
  braceright: '}',
  asciitilde: '~',
  asciicircum: '^',
};

const monthOf = (month: string): string => {
  const at = MONTHS.indexOf(month.trim().slice(0, 3).toLowerCase());
  return at === -1 ? month : String(at + 1);
};

const draftOf = (label: string, fields: Fields): Result<PaperDraft, 'bad-input'> => {
  const field = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = fields[name];
      if (value !== undefined && String(value).trim() !== '') return String(value);
    }
    return null;
  };
  const archive = field('archiveprefix', 'eprinttype');
  const eprint = field('eprint');
  const [year, month, day] = field('date')?.split('-') ?? [field('year'), monthOf(field('month') ?? ''), field('day')];
  return draftOfReference({
    externalId: label,
    tex: true,
    title: field('title'),
    abstract: field('abstract'),
    authors: namesIn(field('author') ?? '').map(nameInOrder),
    published: dayFromParts(year, month, day),
    year: year ?? null,
    doi: field('doi'),
    hints: [
      archive === null || /^arxiv$/i.test(archive) ? eprint && `arxiv:${eprint.replace(/^arxiv:/i, '')}` : null,
      field('url'),
      field('ee'),
      field('howpublished')?.replace(/^\\url\{|\}$/g, ''),
    ],
    journal: field('journal', 'journaltitle', 'booktitle'),
    volume: field('volume'),
    number: field('number'),
    pages: field('pages'),
    note: field('note'),
  });
};

/** `groups` is JabRef's; `annote` and `comment` are notes that no bibliography prints. */
const bibtexMargin = (fields: Fields): Marginalia => {
  const list = (name: string): readonly string[] => String(fields[name] ?? '').split(/[,;]/);
  const note = ['annote', 'annotation', 'comment'].map((name) => fields[name]).find((text) => text !== undefined);
  return marginOf({
    tags: [...list('keywords'), ...list('keyword')].map(unescaped),
    folders: list('groups').map(unescaped),
    note: note === undefined ? null : unescaped(String(note)),
  });
};

/** What TeX needs escaped as it is meant, without the braces that group. */
const unescaped = (text: string): string =>
  text.replace(
    /\\text(backslash|braceleft|braceright|asciitilde|asciicircum)\{\}|\\([&%$#_{}])|[{}]/g,
    (_, name: string | undefined, sign: string | undefined) =>
      name === undefined ? (sign ?? '') : (NAMED[name] ?? ''),
  );

/** `@string` definitions by name, each with those it is made of, so that an entry can be read without the rest of its file. */
const keepStrings = () => {
  const kept = new Map<string, readonly string[]>();
  let size = 0;
  const used = (text: string): readonly string[] => {
    const found = new Set<string>();
    for (const [, name = ''] of text.matchAll(/[=#]\s*([A-Za-z_][\w:+-]*)/g))
      for (const definition of kept.get(name.toLowerCase()) ?? []) found.add(definition);
    return [...found];
  };
  return {
    used,
    keep(text: string): void {
      const name = /^@\s*string\s*[{(]\s*([A-Za-z_][\w:+-]*)/i.exec(text)?.[1]?.toLowerCase();
      size += text.length;
      if (name !== undefined && size <= STRINGS_MAX) kept.set(name, [...used(text), text]);
    },
  };
};

/** A BibTeX or BibLaTeX file, read entry by entry: a bad one is passed over alone. Positions are, as a rule, the last lines of entries. */
export const bibtex: Source = {
  id: 'bibtex',
  title: 'BibTeX file',
  homepage: 'https://ctan.org/pkg/bibtex',
  authority: 'index',
  recognises: ({ name, head }) =>
    /^\s*@\s*[A-Za-z]+\s*[{(]\s*[^\s,{}()"=]+\s*(?:,|=)/m.test(head) || (/\.bib$/i.test(name) && head.includes('@')),
  async *parse(bytes, { resume = 0 } = {}) {
    let read: Read | null = null;
    let taken = 0;
    const strings = keepStrings();
    for await (const { line, position, type, text, problem } of piecesOf(bytes)) {
      if (type === 'string' && problem === null) strings.keep(text);
      if (NO_PAPERS.has(type) || position <= resume) continue;
      const raw = [...strings.used(text), text].join('\n');
      const refuse = (reason: string) => ({ kind: 'rejected', line, position, raw, reason }) as const;
      if (problem !== null) {
        yield refuse(problem);
        continue;
      }
      read ??= await openGrammar();
      if (++taken % BREATH === 0) await new Promise((go) => setImmediate(go));
      let draft: Result<PaperDraft, 'bad-input'>;
      let margin: Marginalia = marginOf({});
      try {
        const entry = read(raw);
        draft = entry ? draftOf(entry.label, entry.properties) : fail('bad-input', 'the entry is empty');
        if (entry) margin = bibtexMargin(entry.properties);
      } catch (cause) {
        draft = fail(
          'bad-input',
          `not BibTeX: ${String((cause as Error).message)
            .split('\n')[0]
            ?.replace(/\s*at line.*/, '')}`,
        );
      }
      yield draft.ok ? { kind: 'paper', line, position, raw, draft: draft.value, margin } : refuse(draft.message);
    }
  },
};
