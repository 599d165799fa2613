import { foldLetters } from '../kernel/text.ts';
import { splitMath } from './math.ts';
import type { Paper } from './paper.ts';

/** Words that do not tell titles apart. */
const SMALL = new Set(
  'a an and are as at by for from how in into is it its of on or the their to towards via what when where which who why with without'.split(
    ' ',
  ),
);
const SUFFIX = /^(.+?),?\s+(Jr\.?|Sr\.?|II|III|IV)$/;
const GROUP = /\b(?:collaboration|consortium|team|group|project|laboratory|institute|society)\b/i;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

/** Characters that mean something to TeX, written so that they stand for themselves. */
const escaped = (text: string): string =>
  text.replace(/[\\{}&%$#_~^]/g, (character) => ESCAPES[character] ?? character);

/** Braces that pair up, none closed before it is opened. A brace after a backslash counts, as it does for BibTeX. */
const balanced = (tex: string): boolean => {
  let depth = 0;
  for (const character of tex) {
    if (character === '{') depth += 1;
    else if (character === '}' && --depth < 0) return false;
  }
  return depth === 0;
};

/** Cleaned text with its math left as TeX. */
export const texText = (text: string): string =>
  splitMath(text)
    .map((part) => {
      if (part.kind === 'text') return escaped(part.text.replaceAll('\\$', '$'));
      return balanced(part.tex) && !/\\$/.test(part.tex) ? `$${part.tex}$` : escaped(part.tex);
    })
    .join('');

/** Whether a name is of no single person, as far as one can see. */
export const isGroup = (name: string): boolean => GROUP.test(name) || !name.includes(' ') || /,|\band\b/i.test(name);

/** BibTeX takes `First von Last` apart by itself; groups are kept whole, and `Jr` has a place of its own. */
const nameInBibtex = (name: string): string => {
  if (isGroup(name)) return `{${escaped(name)}}`;
  const [, whole, suffix] = SUFFIX.exec(name) ?? [];
  if (whole === undefined || suffix === undefined || !whole.includes(' ')) return escaped(name);
  const at = whole.lastIndexOf(' ');
  return escaped(`${whole.slice(at + 1)}, ${suffix}, ${whole.slice(0, at)}`);
};

const lastNameOf = (name: string): string =>
  isGroup(name) ? name : ((SUFFIX.exec(name)?.[1] ?? name).split(' ').at(-1) ?? name);

const letters = (text: string): string => foldLetters(text).replace(/[^a-z0-9]+/g, '');

/** `friedman1992simpler`: the first author, the year, the first telling word of the title; without authors its first two. */
export const citationKey = (paper: Pick<Paper, 'title' | 'authors' | 'published'>): string => {
  const plain = splitMath(paper.title)
    .map((part) => (part.kind === 'text' ? part.text : ' '))
    .join('');
  const words = plain
    .split(/[^\p{L}\p{N}]+/u)
    .map(letters)
    .filter((word) => word !== '' && !SMALL.has(word));
  const first = paper.authors[0] ? letters(lastNameOf(paper.authors[0].name)) : '';
  const head = first === '' ? words.shift() : first;
  return `${head ?? 'paper'}${paper.published?.slice(0, 4) ?? ''}${words[0] ?? ''}`;
};

/** The year and the journal of a paper; of one without a day the year stands behind the journal: `Birds (2019)`. */
export const datedJournal = ({
  published,
  journalRef,
}: Pick<Paper, 'published' | 'journalRef'>): { readonly year: string | null; readonly journal: string | null } => {
  const [, journal = null, year = null] = /^(.+?)\s*\((\d{4})\)$/.exec(journalRef ?? '') ?? [];
  return published === null && year !== null
    ? { year, journal }
    : { year: published?.slice(0, 4) ?? null, journal: journalRef };
};

const braceless = (text: string): string => text.replaceAll('{', '%7B').replaceAll('}', '%7D').replace(/\s+/g, '');

/** One BibTeX entry, UTF-8, ending in a line break; `more` are further fields, their text as TeX. A paper in a journal is an `@article`, any other a `@misc`. */
export const bibtexOf = (
  paper: Paper,
  key: string = citationKey(paper),
  more: readonly (readonly [name: string, tex: string])[] = [],
): string => {
  const arxiv = paper.id.startsWith('arxiv:') ? paper.id.slice('arxiv:'.length) : null;
  const url = paper.links.find(({ rel }) => rel === 'abstract' || rel === 'doi')?.url ?? null;
  const { year, journal } = datedJournal(paper);
  const fields: readonly (readonly [string, string | null])[] = [
    ['title', `{${texText(paper.title)}}`],
    ['author', paper.authors.length > 0 ? paper.authors.map(({ name }) => nameInBibtex(name)).join(' and ') : null],
    ['year', year],
    ['journal', journal === null ? null : texText(journal)],
    ['organization', paper.organisation === null ? null : escaped(paper.organisation.name)],
    ['eprint', arxiv],
    ['archivePrefix', arxiv === null ? null : 'arXiv'],
    ['primaryClass', arxiv === null ? null : (paper.categories[0] ?? null)],
    ['doi', paper.doi === null ? null : braceless(paper.doi)],
    ['url', url === null ? null : braceless(url)],
    ...more,
  ];
  const lines = fields.flatMap(([name, value]) => (value === null ? [] : [`  ${name} = {${value}}`]));
  return `@${paper.journalRef === null ? 'misc' : 'article'}{${key},\n${lines.join(',\n')}\n}\n`;
};
