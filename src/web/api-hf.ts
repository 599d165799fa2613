import type { Context } from 'hono';
import { z } from 'zod';
import { type Day, isDay, parseMonth, parseWeek, type Span } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { byTalk, type Weigh } from '../model/ranking.ts';
import { type DailyList, readDailyList } from '../services/daily-list.ts';
import { searchPapers } from '../services/search.ts';
import { isOfReader } from '../services/search-within.ts';
import { submissionsOf } from '../services/submit-read.ts';
import { weighing } from '../services/vote-rings.ts';
import { detailShape, itemShape, type Placing } from './api-hf-shape.ts';
import type { Edge, Env } from './edge.ts';
import { originOf } from './frame.ts';
import { paperAt } from './page-paper.ts';
import { readerIdOf } from './reader.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const span = (read: (text: string) => Span | null, like: string) =>
  z.string().transform((text, context) => {
    const found = read(text);
    if (found === null) context.addIssue({ code: 'custom', message: `write it as ${like}` });
    return found ?? z.NEVER;
  });

const oneDay = (text: string): Span | null => (isDay(text) ? { name: text, first: text, last: text } : null);

const DailyQuery = z.object({
  p: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  sort: z.enum(['publishedAt', 'trending']).optional(),
  date: span(oneDay, '2026-04-20').optional(),
  week: span(parseWeek, '2026-W17').optional(),
  month: span(parseMonth, '2026-04').optional(),
  submitter: z.string().optional(),
});

const SearchQuery = z.object({
  q: z.string().min(1).max(250),
  limit: z.coerce.number().int().min(1).max(120).default(20),
});

const ListQuery = z.object({
  cursor: z.string().max(300).default(''),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

const parsed = <T>(schema: z.ZodType<T>, c: Context<Env>): T => {
  const result = schema.safeParse(c.req.query());
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Fault('bad-request', `${issue?.path.join('.') || 'The query'}: ${issue?.message ?? 'not valid'}.`);
};

const sorted = (
  { cards, placedOn, last }: DailyList,
  sort: 'publishedAt' | 'trending' | undefined,
  weigh: Weigh,
): readonly PaperCard[] => {
  // A paper without a date is said to be published on the day it was placed.
  const published = ({ paper }: PaperCard): Day => paper.published ?? placedOn.get(paper.id) ?? '';
  if (sort === 'trending') return byTalk(cards, last, weigh).flatMap((index) => cards[index] ?? []);
  if (sort === 'publishedAt') return cards.toSorted((a, b) => published(b).localeCompare(published(a)));
  return cards.toSorted((a, b) => weigh(b) - weigh(a));
};

/** Who submitted the papers of some cards first. */
const firstSubmitters = async (
  edge: Edge,
  cards: readonly PaperCard[],
): Promise<(id: PaperId) => { readonly submitted?: Placing['submitted'] }> => {
  const all = await submissionsOf(
    edge.store,
    cards.map(({ paper }) => paper.id),
  );
  return (id) => {
    const first = all.get(id)?.[0];
    return first === undefined ? {} : { submitted: { by: first.by, at: first.submission.at } };
  };
};

const nextLink = (edge: Edge, c: Context<Env>, changes: Readonly<Record<string, string>>): Record<string, string> => {
  const params = new URLSearchParams({ ...c.req.query(), ...changes });
  return { link: `<${originOf(edge, c)}${c.req.path}?${params}>; rel="next"` };
};

/** `GET /api/daily_papers`: the latest edition, or the editions of a day, week or month; by votes, then placement. */
export const dailyPapers =
  (edge: Edge): Handler =>
  async (c) => {
    const { p, limit, sort, date, week, month, submitter } = parsed(DailyQuery, c);
    const list = await readDailyList(edge, date ?? week ?? month ?? null, await readerIdOf(edge, c));
    const by = await firstSubmitters(edge, list.cards);
    const wanted = sorted(list, sort, await weighing(edge.store, list.cards)).filter(
      ({ paper }) => submitter === undefined || submitter === (by(paper.id).submitted?.by?.handle ?? 'broadsheet'),
    );
    const page = wanted.slice(p * limit, (p + 1) * limit);
    const items = page.map((card) =>
      itemShape(card, {
        featured: list.placedOn.get(card.paper.id) ?? null,
        masthead: edge.config.masthead,
        ...by(card.paper.id),
      }),
    );
    const more = wanted.length > (p + 1) * limit;
    return c.json(items, 200, more ? nextLink(edge, c, { p: String(p + 1) }) : {});
  };

/** `GET /api/papers/search`. */
export const searchApi =
  (edge: Edge): Handler =>
  async (c) => {
    const { q, limit } = parsed(SearchQuery, c);
    const { hits, query } = await searchPapers(edge, { q, limit, reader: await readerIdOf(edge, c) });
    if (isOfReader(query)) c.header('cache-control', 'private, no-store');
    return c.json(hits.map(({ card }) => itemShape(card, { featured: null, masthead: edge.config.masthead })));
  };

/** `GET /api/papers`: every paper in the order of ids, page by page. */
export const listApi =
  (edge: Edge): Handler =>
  async (c) => {
    const { cursor, limit } = parsed(ListQuery, c);
    const ids: string[] = [];
    for await (const { id } of edge.store.papers.all({ after: cursor, batch: limit + 1 })) {
      ids.push(id);
      if (ids.length > limit) break;
    }
    const cards = await edge.store.papers.cards(ids.slice(0, limit), await readerIdOf(edge, c));
    const items = cards.map((card) => itemShape(card, { featured: null, masthead: edge.config.masthead }));
    return c.json(items, 200, ids.length > limit ? nextLink(edge, c, { cursor: ids[limit - 1] ?? '' }) : {});
  };

/** `GET /api/papers/{id}`; ids with a slash as they are. */
export const paperApi =
  (edge: Edge): Handler =>
  async (c) => {
    const id = await paperAt(edge, c.req.param('id') ?? '');
    const reader = await readerIdOf(edge, c);
    const [[card], placed] = await Promise.all([
      edge.store.papers.cards([id], reader),
      edge.store.editions.placing(id),
    ]);
    if (card === undefined) throw new Fault('not-found', 'There is no such paper here.');
    return c.json(
      detailShape(card, {
        featured: placed[0]?.date ?? null,
        masthead: edge.config.masthead,
        ...(await firstSubmitters(edge, [card]))(id),
      }),
    );
  };

/** `GET /api/arxiv/{id}/repos`: what is built on a paper. No source tells us yet, so the lists are empty. */
export const reposApi =
  (edge: Edge): Handler =>
  async (c) => {
    await paperAt(edge, (c.req.param('id') ?? '').replace(/\/repos$/, ''));
    return c.json({ models: [], datasets: [], spaces: [] });
  };
