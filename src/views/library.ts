import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import {
  formatLibraryFilter,
  type LibraryFilter,
  type LibraryItem,
  type LibraryPage,
  type LibrarySort,
  STATES,
} from '../model/library.ts';
import { href } from '../model/urls.ts';
import { count, number } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { pager } from './pager.ts';
import { STATE_NAMES, selectOf } from './shelf.ts';
import { plain, standfirst, story } from './story.ts';

/** What was done just now, to be told and taken back. */
export interface LibraryNotice {
  readonly says: string;
  /** Brings back what was taken out; null where there is nothing to bring back. */
  readonly undo: number | null;
  /** Lines of a file that were passed over. */
  readonly lines?: readonly { readonly line: number; readonly reason: string }[];
}

export type LibraryValue = LibraryPage & { readonly notice: LibraryNotice | null };

const SORTS: readonly (readonly [LibrarySort, string])[] = [
  ['saved', 'Last saved'],
  ['changed', 'Last changed'],
  ['published', 'Last published'],
  ['title', 'Title'],
  ['rating', 'Rating'],
];

const DEEDS: readonly (readonly [string, string])[] = [
  ['tag', 'Add tags'],
  ['untag', 'Take off tags'],
  ['file', 'Put in a folder'],
  ['unfile', 'Take out of a folder'],
  ...STATES.map((state) => [state, `Mark: ${STATE_NAMES[state].toLowerCase()}`] as const),
  ['remove', 'Take out of the library'],
];

const NOTE_SHOWN = 240;

const by = (rest: Partial<LibraryFilter>): string =>
  href.library(formatLibraryFilter({ words: [], not: [], tags: [], folders: [], states: [], ...rest }));

const item = ({ entry, card }: LibraryItem, frame: Frame): Html => {
  const { paper } = card;
  return html`<li><input type="checkbox" form="bulk" name="id" value="${paper.id}" aria-label="Choose ${plain(paper.title)}"><div>${story(card, frame, { level: 2, limit: 0 })}
<p class="tags small"><a href="${by({ states: [entry.state] })}">${STATE_NAMES[entry.state]}</a>${entry.rating === null ? nothing : html` <span>${entry.rating} of 5</span>`}${entry.folders.map((name) => html` <a href="${by({ folders: [name] })}">${name}</a>`)}${entry.tags.map((tag) => html` <a href="${by({ tags: [tag] })}">#${tag}</a>`)}</p>
${entry.note === '' ? nothing : html`<p class="standfirst">${standfirst(entry.note, NOTE_SHOWN)}</p>`}</div></li>`;
};

const bulk = ({ q, total, items }: LibraryPage): Html =>
  items.length === 0
    ? nothing
    : html`<form id="bulk" class="bulk" method="post" action="${href.library()}"><input type="hidden" name="q" value="${q}">
<label>With those chosen ${selectOf('do', 'tag', DEEDS)}</label>
<label>Tags or folder <input name="value" maxlength="500" autocomplete="off"></label>
${total > items.length ? html`<label class="choice"><input type="checkbox" name="all" value="1"> All ${number(total)} that are found</label>` : nothing}
<button class="button">Do it</button></form>`;

const links = (
  title: string,
  rows: readonly { readonly name: string; readonly papers: number; readonly to: string; readonly here: boolean }[],
): Html =>
  rows.length === 0
    ? nothing
    : html`<section class="block"><h2 class="section">${title}</h2><ul class="facet">${rows.map(
        ({ name, papers, to, here }) =>
          html`<li><a href="${to}"${here ? html` aria-current="true"` : nothing}>${name} <span class="number">${number(papers)}</span></a></li>`,
      )}</ul></section>`;

const folderForms = (folder: string | undefined): Html =>
  html`<section class="block" aria-labelledby="h-folder"><h2 class="section" id="h-folder">${folder === undefined ? 'New folder' : `Folder “${folder}”`}</h2>
<form class="shelf" method="post" action="${href.libraryFolders}">${folder === undefined ? nothing : html`<input type="hidden" name="from" value="${folder}">`}
<label>Name; a stroke (/) puts it in another <input name="name" value="${folder ?? ''}" maxlength="160" autocomplete="off"></label>
<p class="actions">${folder === undefined ? html`<button class="button" name="do" value="create">Make it</button>` : html`<button class="button" name="do" value="rename">Rename</button><button class="button" name="do" value="delete">Delete, keep its papers</button>`}</p></form></section>`;

const exchange = (
  q: string,
): Html => html`<section class="block" aria-labelledby="h-in"><h2 class="section" id="h-in">Bring in</h2>
<form class="shelf" method="post" action="${href.libraryImport}" enctype="multipart/form-data">
<label>A BibTeX, RIS, CSL-JSON or Zotero file <input type="file" name="file" required accept=".bib,.ris,.json,.gz,.txt,application/json,text/plain"></label>
<label>Into the folder (may be empty) <input name="folder" maxlength="160" autocomplete="off"></label>
<button class="button">Bring in</button></form></section>
<section class="block" aria-labelledby="h-out"><h2 class="section" id="h-out">Take along${q === '' ? '' : ' what is found'}</h2>
<p class="actions">${(
  [
    ['bibtex', 'BibTeX'],
    ['ris', 'RIS'],
    ['csl-json', 'CSL-JSON'],
    ['zotero', 'Zotero'],
    ['json', 'All of it as JSON'],
  ] as const
).map(([format, name]) => html`<a href="${safeUrl(href.libraryExport(format, q))}">${name}</a>`)}</p></section>`;

const told = ({ notice }: LibraryValue): Html => {
  if (notice === null) return nothing;
  const lines = notice.lines ?? [];
  const more =
    lines.length === 0
      ? nothing
      : html`<ul class="plain">${lines.map(({ line, reason }) => html`<li>Line ${line}: ${reason}</li>`)}</ul>`;
  return notice.undo === null
    ? html`<div class="notice"><p role="status">${notice.says}</p>${more}</div>`
    : html`<form class="notice undo" method="post" action="${href.library()}"><input type="hidden" name="undo" value="${notice.undo}"><p role="status">${notice.says}</p><button class="button" name="do" value="restore">Bring back</button></form>`;
};

const EMPTY = html`<section class="empty"><p>Nothing is saved yet. The ribbon beside a paper’s votes puts it here; so does the key s. A bibliography of yours can be brought in too.</p><p><a href="${href.home}">To the front page</a></p></section>`;

/** A reader's own papers: found, filed, tagged, brought in and taken along. */
export const libraryView = (page: LibraryValue, frame: Frame): string => {
  const { q, sort, filter, counts } = page;
  const to = (n: number): string =>
    href.library(q, { ...(sort === 'saved' ? {} : { sort }), ...(n === 1 ? {} : { p: String(n) }) });
  const folder = filter.folders.length === 1 ? filter.folders[0] : undefined;
  const list =
    page.items.length === 0
      ? html`<section class="empty"><p>Nothing in your library is like that. <a href="${href.library()}">Show all of it</a></p></section>`
      : html`${bulk(page)}<ol class="hits shelved">${page.items.map((one) => item(one, frame))}</ol>${pager(page, to)}`;
  return layout(frame, {
    head: { title: 'Library', description: 'The papers you keep.', canonical: null },
    section: 'library',
    islands: ['vote'],
    main: html`<h1 class="title">Library</h1>${told(page)}
<div class="sheet"><div>
${
  counts.total === 0
    ? EMPTY
    : html`<form class="bulk" action="${href.library()}" role="search" aria-label="Your library"><label>Words, tag:, in:, state: <input name="q" type="search" value="${q}" maxlength="500" autocomplete="off" autocapitalize="off" spellcheck="false"></label><label>Order ${selectOf('sort', sort, SORTS)}</label><button class="button">Find</button></form>
<p class="found">${page.total === counts.total ? count(page.total, 'paper') : `${number(page.total)} of ${count(counts.total, 'paper')}`}</p>${list}`
}
</div><aside class="rail" aria-label="States, folders, tags">
${links(
  'States',
  counts.total === 0
    ? []
    : STATES.map((state) => ({
        name: STATE_NAMES[state],
        papers: counts.states[state],
        to: by({ states: [state] }),
        here: filter.states.includes(state),
      })),
)}${links(
  'Folders',
  counts.folders.map(({ name, papers }) => ({
    name,
    papers,
    to: by({ folders: [name] }),
    here: filter.folders.includes(name),
  })),
)}${links(
  'Tags',
  counts.tags.map(({ name, papers }) => ({ name, papers, to: by({ tags: [name] }), here: filter.tags.includes(name) })),
)}${folderForms(folder)}${exchange(q)}
</aside></div>`,
  });
};
