import type { Context } from 'hono';
import { z } from 'zod';
import { ERRORS, type ErrorCode, Fault } from '../kernel/errors.ts';
import type { Result } from '../kernel/result.ts';
import { jumpTo } from '../model/jump.ts';
import type { PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import { enterGroup } from '../services/group.ts';
import type { Frame } from '../views/frame.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, pageSentFrom } from './form.ts';
import { frameOf } from './frame.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

/** What the pages of groups have in common. Nothing of them is ever kept. */

export type Handler = (c: Context<Env>) => Promise<Response>;

export const NOT_KEPT = { cache: 'private, no-store', vary: 'Accept, Accept-Encoding, Cookie' } as const;

const JSON_ENDING = /\.json$/;

export const handleOf = (c: Context<Env>): string => (c.req.param('handle') ?? '').replace(JSON_ENDING, '');

/** Who asks, where the route is open to readers only. */
export const readerNow = async (edge: Edge, c: Context<Env>): Promise<Reader> => {
  const reader = await edge.readerOf(c);
  if (reader === null) throw new Fault('forbidden', 'Sign in first.');
  return reader;
};

export const acting = async (edge: Edge, c: Context<Env>): Promise<{ handle: string; reader: Reader }> => ({
  handle: handleOf(c),
  reader: await readerNow(edge, c),
});

export const looking = async (edge: Edge, c: Context<Env>): Promise<{ handle: string; reader: Reader | null }> => ({
  handle: handleOf(c),
  reader: await edge.readerOf(c),
});

export const wantsJson = (c: Context<Env>): boolean =>
  JSON_ENDING.test(c.req.path) || /\bapplication\/json\b/.test(c.req.header('accept') ?? '');

/** The page, or for a program its JSON. */
export const pageFor = <T>(
  edge: Edge,
  c: Context<Env>,
  value: T,
  {
    json,
    view,
    status = 200,
  }: { json?: (value: T) => object; view: (value: T, frame: Frame) => string; status?: number },
): Promise<Response> =>
  json !== undefined && wantsJson(c)
    ? sendOnce(c, JSON.stringify(json(value)), { ...NOT_KEPT, type: 'application/json; charset=utf-8', status })
    : sendOnce(c, view(value, frameOf(edge, c)), { ...NOT_KEPT, status });

/** The page again after a form; programs are told where it is. */
export const onward = (c: Context<Env>, to: string): Response => {
  c.header('cache-control', 'private, no-store');
  return wantsJson(c) ? c.json({ href: to }) : c.redirect(to, 303);
};

/** What was wrong with a form, to be said on its page again; all else leaves as the problem it is. */
export const refused = (
  result: Result<unknown, ErrorCode>,
): { readonly says: string; readonly status: number } | null => {
  if (result.ok) return null;
  if (result.code !== 'bad-input' && result.code !== 'too-many') throw new Fault(result.code, result.message);
  return { says: result.message, status: ERRORS[result.code].status };
};

/** The paper that somebody names in a form: by id, DOI, or an address here or elsewhere. Throws `Fault('not-found')`. */
export const paperNamed = (edge: Edge, text: string): Promise<PaperId> => paperAt(edge, jumpTo(text) ?? text.trim());

/** The paper of an address like `/groups/x/papers/2401.00001/vote`. */
export const paperIn = (edge: Edge, c: Context<Env>, ending = ''): Promise<PaperId> => {
  const id = c.req.param('id') ?? '';
  return paperAt(edge, ending !== '' && id.endsWith(ending) ? id.slice(0, -ending.length) : id);
};

interface GroupBallot {
  readonly handle: string;
  readonly reader: Reader;
  readonly paperId: PaperId;
  readonly wish: boolean;
}

/** A vote at an address like that, of who may vote there; then back to the page, or for a program its tally. */
export const groupVote =
  (
    edge: Edge,
    cast: (edge: Edge, ballot: GroupBallot) => Promise<Result<object, ErrorCode>>,
    page: (ballot: GroupBallot) => string,
  ): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'vote' }));
    const { vote } = await formOf(edge, c, z.object({ vote: z.enum(['0', '1']) }));
    const ballot = { ...who, paperId: await paperIn(edge, c, '/vote'), wish: vote === '1' };
    const tally = unwrap(await cast(edge, ballot));
    if (wantsJson(c)) return c.json(tally, 200, { 'cache-control': 'private, no-store' });
    return onward(c, pageSentFrom(edge, c, page(ballot)));
  };
