import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { isLibrarySort, isReadingState, LIBRARY_CAPS, type LibraryChange, STATES, tagsIn } from '../model/library.ts';
import type { PaperId } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import {
  changeEntries,
  createFolder,
  deleteFolder,
  idsOf,
  readLibrary,
  removeEntries,
  renameFolder,
  restoreEntries,
  savePaper,
} from '../services/library.ts';
import { exportLibrary, LIBRARY_FORMATS, type LibraryFormat } from '../services/library-export.ts';
import { importLibrary, type LibraryImportReport } from '../services/library-import.ts';
import { leaveToBringIn } from '../services/submit.ts';
import { count } from '../views/dates.ts';
import { type LibraryNotice, libraryView } from '../views/library.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, pageSentFrom } from './form.ts';
import { frameOf } from './frame.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** Nothing of a reader's is kept by anyone. */
export const PRIVATE = { cache: 'private, no-store', vary: 'Accept, Accept-Encoding, Cookie' } as const;
const JSON_TYPE = 'application/json; charset=utf-8';
/** Longest file that is brought in. */
export const MOST_IMPORT_BYTES = 16 * 1024 * 1024;

export const wantsJson = (c: Context<Env>): boolean =>
  c.req.path.endsWith('.json') || /\bapplication\/json\b/.test(c.req.header('accept') ?? '');

const SHORT = z.string().max(LIBRARY_CAPS.query);
const LONG = z.string().max(2_000);
const PageNumber = z.coerce.number().int().min(1).max(1_000_000).catch(1);

const noticeOf = ({ did, n, undo }: Readonly<Record<string, string>>): LibraryNotice | null => {
  const papers = count(Math.min(Number(n) || 0, 1_000_000), 'paper');
  const says: Readonly<Record<string, string>> = {
    removed: `${papers} taken out of your library.`,
    restored: `${papers} brought back.`,
    changed: `${papers} changed.`,
    folder: 'The folder is made.',
    renamed: 'The folder is renamed.',
    deleted: 'The folder is deleted; its papers are still in your library.',
    none: 'No paper was chosen.',
  };
  const said = says[did ?? ''];
  if (said === undefined) return null;
  return { says: said, undo: did === 'removed' && /^\d{1,15}$/.test(undo ?? '') ? Number(undo) : null };
};

const sendLibrary = async (
  edge: Edge,
  c: Context<Env>,
  notice: LibraryNotice | null,
  status = 200,
): Promise<Response> => {
  const { q = '', sort = '', p = '1' } = c.req.query();
  const wish = { reader: await readerIdOf(edge, c), q: q.slice(0, LIBRARY_CAPS.query), page: PageNumber.parse(p) };
  const page = await readLibrary(edge, isLibrarySort(sort) ? { ...wish, sort } : wish);
  return wantsJson(c)
    ? sendOnce(c, JSON.stringify(page), { ...PRIVATE, type: JSON_TYPE, status })
    : sendOnce(c, libraryView({ ...page, notice }, frameOf(edge, c)), { ...PRIVATE, status });
};

/** `/library` and `/library.json` */
export const libraryPage =
  (edge: Edge): Handler =>
  (c) =>
    sendLibrary(edge, c, noticeOf(c.req.query()));

const SaveForm = z.object({ save: z.enum(['0', '1']) });

/** `POST /papers/{id}/save`: puts a paper into the library or takes it out. */
export const savePage =
  (edge: Edge): Handler =>
  async (c) => {
    const { save } = await formOf(edge, c, SaveForm);
    const paperId = await paperAt(edge, (c.req.param('id') ?? '').replace(/\/save$/, ''));
    const reader = await readerIdOf(edge, c);
    const done = unwrap(await savePaper(edge, { reader, paperId, wish: save === '1' }));
    if (wantsJson(c)) return c.json(done, 200, { 'cache-control': 'private, no-store' });
    return c.redirect(pageSentFrom(edge, c, href.paper(paperId)), 303);
  };

const ShelfForm = z.object({
  state: z.enum(STATES).optional(),
  rating: z.enum(['0', '1', '2', '3', '4', '5']).optional(),
  tags: LONG.optional(),
  folders: LONG.optional(),
  note: z
    .string()
    .max(2 * LIBRARY_CAPS.note)
    .optional(),
});

/** `POST /papers/{id}/shelf`: state, rating, tags, folders and note; what is not sent stays. */
export const shelfPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { state, rating, tags, folders, note } = await formOf(edge, c, ShelfForm);
    const paperId = await paperAt(edge, (c.req.param('id') ?? '').replace(/\/shelf$/, ''));
    const change: LibraryChange = {
      ...(state === undefined ? {} : { state }),
      ...(rating === undefined ? {} : { rating: rating === '0' ? null : Number(rating) }),
      ...(tags === undefined ? {} : { tags: tagsIn(tags) }),
      ...(folders === undefined ? {} : { folders: folders.split(/[,;\n]/) }),
      ...(note === undefined ? {} : { note }),
    };
    const [entry] = await changeEntries(edge, {
      reader: await readerIdOf(edge, c),
      ids: [paperId],
      change,
      saving: true,
    });
    if (wantsJson(c)) return c.json(entry, 200, { 'cache-control': 'private, no-store' });
    return c.redirect(`${href.paper(paperId)}#shelf`, 303);
  };

const Ids = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((ids): readonly PaperId[] => (typeof ids === 'string' ? [ids] : ids));

const BulkForm = z.object({
  do: z.enum(['tag', 'untag', 'file', 'unfile', 'remove', 'restore', ...STATES]),
  id: Ids,
  value: SHORT.default(''),
  q: SHORT.default(''),
  all: z.literal('1').optional(),
  undo: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});

const changeFor = (deed: string, value: string): LibraryChange => {
  const names = tagsIn(value);
  const folders = value.split(/[,;\n]/);
  if (isReadingState(deed)) return { state: deed };
  if (deed === 'tag') return { addTags: names };
  if (deed === 'untag') return { dropTags: names };
  return deed === 'file' ? { addFolders: folders } : { dropFolders: folders };
};

/** `POST /library`: one deed for all papers that were chosen, or for all that are found. */
export const changeLibraryPage =
  (edge: Edge): Handler =>
  async (c) => {
    const form = await formOf(edge, c, BulkForm);
    const reader = await readerIdOf(edge, c);
    const back = (did: string, n: number, more: Readonly<Record<string, string>> = {}): Response =>
      wantsJson(c)
        ? c.json({ did, papers: n, ...more }, 200, { 'cache-control': 'private, no-store' })
        : c.redirect(href.library(form.q, { did, n: String(n), ...more }), 303);
    if (form.do === 'restore')
      return back('restored', await restoreEntries(edge, { reader, undo: Number(form.undo ?? 0) }));
    const ids = form.all === undefined ? form.id : await idsOf(edge, { reader, q: form.q });
    if (ids.length === 0) return back('none', 0);
    if (form.do === 'remove') {
      const { removed, undo } = await removeEntries(edge, { reader, ids });
      return back('removed', removed, { undo: String(undo) });
    }
    return back('changed', (await changeEntries(edge, { reader, ids, change: changeFor(form.do, form.value) })).length);
  };

const FolderForm = z.object({
  do: z.enum(['create', 'rename', 'delete']),
  name: SHORT.default(''),
  from: SHORT.default(''),
});

/** `POST /library/folders` */
export const foldersPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { do: deed, name, from } = await formOf(edge, c, FolderForm);
    const reader = await readerIdOf(edge, c);
    if (deed === 'delete') {
      unwrap(await deleteFolder(edge, { reader, name: from }));
      return c.redirect(href.library('', { did: 'deleted' }), 303);
    }
    const folder = unwrap(
      await (deed === 'create' ? createFolder(edge, { reader, name }) : renameFolder(edge, { reader, from, to: name })),
    );
    return c.redirect(href.library(`in:"${folder}"`, { did: deed === 'create' ? 'folder' : 'renamed' }), 303);
  };

const reportText = ({ fresh, known, saved, rejected, over, cut }: LibraryImportReport): string =>
  [
    `${count(saved, 'paper')} put into your library; ${fresh} new to this Broadsheet, ${known} known already, ${rejected} passed over.`,
    ...(over > 0
      ? [
          `${count(over, 'paper')} of the file ${over === 1 ? 'is' : 'are'} not known here, and more than you may bring in within a day: bring the file in again tomorrow, or submit ${over === 1 ? 'it' : 'them'}.`,
        ]
      : []),
    ...(cut ? ['The file has more; bring in the rest as a file of its own.'] : []),
  ].join(' ');

/** `POST /library/import`: a file, as the browser sends files. */
export const importPage =
  (edge: Edge): Handler =>
  async (c) => {
    if (!(c.req.header('content-type') ?? '').startsWith('multipart/form-data'))
      throw new Fault('bad-request', 'Send the file as multipart/form-data.');
    const form = await c.req.parseBody().catch((cause: unknown) => {
      throw new Fault('bad-request', 'The form cannot be read.', { cause });
    });
    const { file, folder = '' } = form;
    if (!(file instanceof File) || typeof folder !== 'string' || file.size === 0)
      throw new Fault('bad-request', 'Choose a file first.');
    const bytes = (async function* () {
      yield new Uint8Array(await file.arrayBuffer());
    })();
    const who = await edge.readerOf(c);
    const taken = await importLibrary(edge, {
      reader: who?.id ?? '',
      bytes,
      name: file.name,
      folder: folder.slice(0, LIBRARY_CAPS.folder),
      ...(who === null || edge.config.accounts === 'off' ? {} : { mayBringIn: leaveToBringIn(edge, who) }),
    });
    if (wantsJson(c)) return c.json(unwrap(taken), 200, { 'cache-control': 'private, no-store' });
    if (!taken.ok) return sendLibrary(edge, c, { says: taken.message, undo: null }, 422);
    return sendLibrary(edge, c, { says: reportText(taken.value), undo: null, lines: taken.value.rejections });
  };

const FILES: Readonly<Record<LibraryFormat, readonly [type: string, name: string]>> = {
  bibtex: ['application/x-bibtex; charset=utf-8', 'library.bib'],
  ris: ['application/x-research-info-systems; charset=utf-8', 'library.ris'],
  'csl-json': ['application/vnd.citationstyles.csl+json; charset=utf-8', 'library-csl.json'],
  zotero: [JSON_TYPE, 'library-zotero.json'],
  json: [JSON_TYPE, 'library.json'],
};

/** `/library/export?format=bibtex&q=…`: a file, streamed. */
export const exportPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { format = 'bibtex', q = '' } = c.req.query();
    const known = LIBRARY_FORMATS.find((one) => one === format);
    if (known === undefined) throw new Fault('bad-request', `Formats are ${LIBRARY_FORMATS.join(', ')}.`);
    const pieces = exportLibrary(edge, {
      reader: await readerIdOf(edge, c),
      format: known,
      q: q.slice(0, LIBRARY_CAPS.query),
    });
    const [type, name] = FILES[known];
    const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
    return c.body(body, 200, {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'private, no-store',
    });
  };
