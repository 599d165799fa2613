import { foldSpace } from '../kernel/text.ts';
import { bibtexOf, citationKey, datedJournal, isGroup, texText } from './cite.ts';
import type { Marginalia } from './library.ts';
import type { Paper } from './paper.ts';

/** Formats that reference managers exchange, of one paper and what its keeper has written beside it. */

export const NO_MARGIN: Marginalia = { tags: [], folders: [], note: '' };
const SUFFIX = /^(.+?),?\s+(Jr\.?|Sr\.?|II|III|IV)$/;

interface Name {
  readonly given: string;
  readonly family: string;
  readonly suffix: string | null;
}

/** The last word is the family name; of a group, or a name of one word, there are no parts: null. */
export const partsOf = (name: string): Name | null => {
  if (isGroup(name)) return null;
  const [, whole = name, suffix = null] = SUFFIX.exec(name) ?? [];
  const at = whole.lastIndexOf(' ');
  return at < 0 ? null : { given: whole.slice(0, at), family: whole.slice(at + 1), suffix };
};

const line = (tag: string, text: string | null | undefined): readonly string[] =>
  text === null || text === undefined || text === '' ? [] : [`${tag}  - ${foldSpace(text)}`];

/** Where a paper can be read at its source; null where nothing says. */
export const addressOf = (paper: Paper): string | null =>
  paper.links.find(({ rel }) => rel === 'abstract' || rel === 'doi')?.url ?? null;

/** One RIS entry, lines ending in CR LF as the format has it. Notes lose their line ends; folders have no field. */
export const risOf = (
  paper: Paper,
  { tags, note }: Marginalia = NO_MARGIN,
  key: string = citationKey(paper),
): string => {
  const names = paper.authors.map(({ name }) => {
    const parts = partsOf(name);
    if (parts === null) return name;
    return [parts.family, parts.given, ...(parts.suffix === null ? [] : [parts.suffix])].join(', ');
  });
  const { year, journal } = datedJournal(paper);
  const lines = [
    `TY  - ${paper.journalRef === null ? 'UNPB' : 'JOUR'}`,
    ...line('ID', key),
    ...line('TI', paper.title),
    ...names.flatMap((name) => line('AU', name)),
    ...line('PY', year),
    ...line('DA', paper.published?.replaceAll('-', '/')),
    ...line('AB', paper.abstract),
    ...line('T2', journal),
    ...line('DO', paper.doi),
    ...line('AN', paper.id.startsWith('arxiv:') ? `arXiv:${paper.id.slice('arxiv:'.length)}` : null),
    ...line('UR', addressOf(paper)),
    ...tags.flatMap((tag) => line('KW', tag)),
    ...line('N1', note),
    'ER  - ',
  ];
  return `${lines.join('\r\n')}\r\n`;
};

/** One item of CSL-JSON, version 1.0. What has no variable there is under `custom`. */
export const cslOf = (
  paper: Paper,
  { tags, folders, note }: Marginalia = NO_MARGIN,
  key: string = citationKey(paper),
): Readonly<Record<string, unknown>> => {
  const arxiv = paper.id.startsWith('arxiv:') ? paper.id.slice('arxiv:'.length) : null;
  const author = paper.authors.map(({ name }) => {
    const parts = partsOf(name);
    if (parts === null) return { literal: name };
    const { suffix, ...rest } = parts;
    return suffix === null ? rest : { ...rest, suffix };
  });
  const { year, journal } = datedJournal(paper);
  const day = paper.published ?? year;
  const said: Readonly<Record<string, unknown>> = {
    id: key,
    type: paper.journalRef === null ? 'article' : 'article-journal',
    title: paper.title,
    author,
    issued: day === null ? null : { 'date-parts': [day.split('-').map(Number)] },
    abstract: paper.abstract,
    'container-title': journal,
    DOI: paper.doi,
    URL: addressOf(paper),
    publisher: arxiv === null || paper.journalRef !== null ? null : 'arXiv',
    number: arxiv === null ? null : `arXiv:${arxiv}`,
    keyword: tags.join(', '),
    annote: note,
    custom: folders.length === 0 ? null : { folders },
  };
  return Object.fromEntries(
    Object.entries(said).filter(
      ([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );
};

/** The BibTeX entry with keywords, the note as `annote` and the folders as JabRef's `groups`. */
export const bibtexWith = (
  paper: Paper,
  { tags, folders, note }: Marginalia = NO_MARGIN,
  key: string = citationKey(paper),
): string => {
  const day = paper.published?.split('-') ?? [];
  const more: readonly (readonly [string, string])[] = [
    ['month', day[1] === undefined ? '' : String(Number(day[1]))],
    ['day', day[2] === undefined ? '' : String(Number(day[2]))],
    ['abstract', texText(paper.abstract)],
    ['keywords', texText(tags.join(', '))],
    ['groups', texText(folders.join(', '))],
    ['annote', texText(note)],
  ];
  return bibtexOf(
    paper,
    key,
    more.filter(([, text]) => text !== ''),
  );
};
