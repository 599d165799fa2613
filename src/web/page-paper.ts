import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import type { LetterForm } from '../model/letter-page.ts';
import type { PaperHold } from '../model/moderation.ts';
import type { PaperId } from '../model/paper.ts';
import { href, idFromUrl } from '../model/urls.ts';
import { citePaper } from '../services/cite.ts';
import { readClaims } from '../services/claim.ts';
import { readInGroups } from '../services/group-front.ts';
import { labOfPaper, whyNoLab } from '../services/lab-runs.ts';
import { readLetters } from '../services/letters.ts';
import { readEntry } from '../services/library.ts';
import { renderMath } from '../services/math.ts';
import { readPaper } from '../services/read-paper.ts';
import { setSubmissions } from '../services/submit-read.ts';
import { readVersions } from '../services/versions.ts';
import type { Frame } from '../views/frame.ts';
import { paperView, type SetPaperPage } from '../views/paper.ts';
import { markdownOf } from '../views/paper-markdown.ts';
import { versionsView } from '../views/versions.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { formAsked } from './letter-form.ts';
import { NoPaper, unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const MARKDOWN = 'text/markdown; charset=utf-8';
const BIBTEX = 'application/x-bibtex; charset=utf-8';
const VARY = 'Accept, Accept-Encoding, Cookie';

/** Throws what stands in the place of a paper that moderators have taken down: 410 for good, 404 while they look at it. */
const takenDown = ({ state, reason }: PaperHold): Fault =>
  state === 'removed'
    ? new Fault('gone', `A moderator has removed this paper. Reason: ${reason}`)
    : new Fault('not-found', `This paper is hidden until a moderator has looked at it. Reason: ${reason}`);

/** The stored paper an address means, by id or by an alias of it; throws `Fault('not-found')`, or `Fault('gone')` for one that was taken down. */
export const paperAt = async (edge: Pick<Edge, 'store'>, address: string): Promise<PaperId> => {
  const id = idFromUrl(address);
  if ((await edge.store.papers.get(id)) !== null) return id;
  const other = await edge.store.papers.resolve(id);
  if (other !== null) return other;
  const hold = await edge.store.papers.hold(id);
  throw hold === null ? new NoPaper(id) : takenDown(hold);
};

const wantsMarkdown = (c: Context<Env>): boolean => /\btext\/markdown\b/.test(c.req.header('accept') ?? '');

/** The font for formulas is loaded early where there is one, so that nothing moves when it comes. */
const withMathFont = (
  frame: Frame,
  { assets }: Edge,
  { math, letters }: Pick<SetPaperPage, 'math' | 'letters'>,
): Frame => {
  const { mathFont } = assets;
  const inLetters = (threads: SetPaperPage['letters']['threads']): boolean =>
    threads.some(({ rendered, answers }) => rendered?.html.includes('<math') === true || inLetters(answers));
  const inPaper = [...math.title, ...math.abstract].some((part) => part.kind === 'math' && part.mathml !== null);
  const set = inPaper || inLetters(letters.threads);
  return set && mathFont !== null
    ? { ...frame, assets: { ...frame.assets, fonts: [...frame.assets.fonts, mathFont] } }
    : frame;
};

/** Answers with the page of a paper; `form` is the form for a letter as it was sent, where it stays open. */
export const sendPaper = async (
  edge: Edge,
  c: Context<Env>,
  id: PaperId,
  { form, status = 200 }: { readonly form?: LetterForm; readonly status?: number } = {},
): Promise<Response> => {
  const reader = await edge.readerOf(c);
  const [found, letters, shelf, inGroups] = await Promise.all([
    readPaper(edge, id, reader?.id ?? ''),
    readLetters(edge, { paperId: id, reader }),
    reader === null ? null : readEntry(edge, { reader: reader.id, paperId: id }),
    readInGroups(edge, { reader, paperId: id }),
  ]);
  const page = unwrap(found);
  const { title, abstract } = page.card.paper;
  const math = {
    title: await renderMath({ worker: edge.math }, title),
    abstract: await renderMath({ worker: edge.math }, abstract),
  };
  const community = {
    submissions: await setSubmissions(edge, id),
    claims: await readClaims(edge, id, reader),
  };
  const lab = await labOfPaper(edge, page.card.paper);
  const value = {
    ...page,
    lab,
    notHere: whyNoLab(page.card.paper),
    community,
    shelf,
    inGroups,
    math,
    letters,
    letterForm: form ?? (await formAsked(edge, c, id)),
  };
  const frame = withMathFont(frameOf(edge, c), edge, value);
  // The form has a key of its own each time, so that what is written on two pages is two letters.
  const cache = reader === null ? {} : { cache: 'private, no-store' };
  return sendOnce(c, paperView(value, frame), { vary: VARY, status, ...cache });
};

/** `/papers/{id}`, `/papers/{id}.md` and `/papers/{id}.bib`; an alias is sent on to the paper's own address. */
export const paperPage =
  (edge: Edge): Handler =>
  async (c) => {
    const [, address = '', ending = ''] = /^(.*?)(\.md|\.bib)?$/s.exec(c.req.param('id') ?? '') ?? [];
    const id = await paperAt(edge, address);
    if (id !== idFromUrl(address)) return c.redirect(href.paper(id) + ending, 301);
    if (ending === '.bib') return sendOnce(c, unwrap(await citePaper(edge, id)), { type: BIBTEX });
    if (ending !== '.md' && !wantsMarkdown(c)) return sendPaper(edge, c, id);
    const page = unwrap(await readPaper(edge, id, await readerIdOf(edge, c)));
    return sendOnce(c, markdownOf(page, frameOf(edge, c)), { type: MARKDOWN, vary: VARY });
  };

/** `/papers/{id}/versions`: what changed from one version to the next. */
export const versionsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const address = (c.req.param('id') ?? '').replace(/\/versions$/, '');
    const id = await paperAt(edge, address);
    if (id !== idFromUrl(address)) return c.redirect(href.paperVersions(id), 301);
    return sendOnce(c, versionsView(unwrap(await readVersions(edge, id)), frameOf(edge, c)));
  };
