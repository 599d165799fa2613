import { readLines } from '../kernel/lines.ts';
import { nameInOrder } from '../model/name.ts';
import type { Entry, Source } from '../ports/source.ts';
import { dayFromParts, draftOfReference, marginOf } from './bibliographic.ts';

/** Longest entry taken, in characters. */
const ENTRY_MAX = 256 * 1024;
const TAG = /^([A-Z][A-Z0-9]) {1,2}- ?(.*)$/;

interface Open {
  readonly line: number;
  readonly lines: string[];
  readonly tags: Map<string, string[]>;
  last: string[];
  size: number;
  problem: string | null;
}

const entryOf = ({ line, lines, tags, problem }: Open, position: number): Entry => {
  const raw = lines.join('\n');
  if (problem !== null) return { kind: 'rejected', line, position, raw, reason: problem };
  const first = (...names: readonly string[]): string | null =>
    names.flatMap((name) => tags.get(name) ?? []).find((value) => value.trim() !== '') ?? null;
  const all = (...names: readonly string[]): readonly string[] => names.flatMap((name) => tags.get(name) ?? []);
  const title = first('TI', 'T1', 'CT');
  const doi = first('DO');
  const [year, month, day] = (first('DA', 'PY', 'Y1') ?? '').split(/[/-]/);
  const pages = [first('SP'), first('EP')].filter((page) => page !== null);
  // EndNote writes the DOI into M3 or N1, Zotero an arXiv id into DO's place as AN or M1.
  const hints = [...all('UR', 'L1', 'L2', 'LK'), ...all('AN', 'M1', 'M3', 'ID')];
  const draft = draftOfReference({
    externalId: first('ID', 'AN') ?? doi ?? title?.slice(0, 200) ?? `line ${line}`,
    title,
    abstract: first('AB', 'N2'),
    authors: (all('AU').length > 0 ? all('AU') : all('A1')).map(nameInOrder),
    published: dayFromParts(year, month, day),
    year: first('PY', 'Y1', 'DA'),
    doi,
    hints,
    journal: first('T2', 'JO', 'JF', 'JA', 'BT'),
    volume: first('VL'),
    number: first('IS'),
    pages: pages.join('-') || null,
  });
  return draft.ok
    ? {
        kind: 'paper',
        line,
        position,
        raw,
        draft: draft.value,
        margin: marginOf({ tags: all('KW'), note: first('N1', 'RN') }),
      }
    : { kind: 'rejected', line, position, raw, reason: draft.message };
};

/** A RIS file, as publishers, PubMed, Zotero and EndNote write it. Positions are the last lines of entries. */
export const ris: Source = {
  id: 'ris',
  title: 'RIS file',
  homepage: 'https://en.wikipedia.org/wiki/RIS_(file_format)',
  authority: 'index',
  recognises: ({ head }) => /^\ufeff?\s*TY {1,2}- ?[A-Z]{2,6}\s*$/m.test(head),
  async *parse(bytes, { resume = 0 } = {}) {
    let open: Open | null = null;
    let last = 0;
    for await (const { n, text, problem } of readLines(bytes)) {
      const [, tag, value = ''] = TAG.exec(text.trimEnd()) ?? [];
      if (tag === 'TY') {
        if (open !== null && last > resume)
          yield entryOf({ ...open, problem: open.problem ?? 'the entry does not end' }, last);
        open = { line: n, lines: [], tags: new Map(), last: [], size: 0, problem: null };
      }
      last = n;
      if (open === null) continue;
      open.problem ??= problem;
      open.size += text.length + 1;
      if (open.size > ENTRY_MAX) open.problem ??= `the entry is longer than ${ENTRY_MAX} characters`;
      else open.lines.push(text);
      if (tag === 'ER') {
        if (n > resume) yield entryOf(open, n);
        open = null;
      } else if (open.problem === null && tag !== undefined) {
        open.last = open.tags.get(tag) ?? [];
        open.last.push(value);
        open.tags.set(tag, open.last);
      } else if (open.problem === null && text.trim() !== '' && open.last.length > 0) {
        // A line without a tag goes on with the last one.
        open.last.push(`${open.last.pop()} ${text.trim()}`);
      }
    }
    if (open !== null && last > resume)
      yield entryOf({ ...open, problem: open.problem ?? 'the entry does not end' }, last);
  },
};
