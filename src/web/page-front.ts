import type { Context } from 'hono';
import { type Day, dayOf, isDay } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import type { FrontPage } from '../model/edition.ts';
import { readDay, readEditions, readSpan, readTrending } from '../services/front-page.ts';
import { dayIn } from '../services/roll-over.ts';
import { editionsView } from '../views/editions.ts';
import type { Frame } from '../views/frame.ts';
import { frontPageView, wireView } from '../views/front-page.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';
import { sendKept } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** Everything of a frame that a page's markup can differ by. */
const frameKey = (frame: Frame): string =>
  [
    frame.origin,
    frame.path,
    frame.today,
    frame.reader?.id,
    frame.mayVote,
    frame.banner?.says,
    ...Object.values(frame.preferences),
  ].join(' ');

const front =
  (edge: Edge, read: (c: Context<Env>, reader: string) => Promise<FrontPage>): Handler =>
  async (c) => {
    const reader = await readerIdOf(edge, c);
    const frame = { ...frameOf(edge, c), path: c.req.path };
    // “Just in” is of the edition's day, which may turn at another time than the frame's.
    const today = dayIn(edge.config.edition.zone, edge.clock.now());
    const wire = c.req.query('view') === 'wire';
    return sendKept(edge, c, `${wire ? 'wire' : 'front'} ${today} ${frameKey(frame)}`, async () =>
      (wire ? wireView : frontPageView)(await read(c, reader), frame),
    );
  };

export const latestPage = (edge: Edge): Handler =>
  front(edge, async (_, reader) => unwrap(await readDay(edge, null, reader)));

export const dayPage = (edge: Edge): Handler =>
  front(edge, async (c, reader) => {
    const date = c.req.param('date') ?? '';
    if (!isDay(date)) throw new Fault('not-found', 'That is not a day: write it as 2026-04-20.');
    return unwrap(await readDay(edge, date, reader));
  });

export const spanPage = (edge: Edge, kind: 'week' | 'month'): Handler =>
  front(edge, async (c, reader) => unwrap(await readSpan(edge, kind, c.req.param('name') ?? '', reader)));

/** Sends on to the week or month of the latest edition, or of today where there is none. */
export const latestSpan =
  (edge: Edge, addressOf: (day: Day) => string): Handler =>
  async (c) =>
    c.redirect(addressOf((await edge.store.editions.latest())?.date ?? dayOf(edge.clock.now())), 302);

export const trendingPage = (edge: Edge): Handler => front(edge, (_, reader) => readTrending(edge, reader));

export const editionsPage =
  (edge: Edge): Handler =>
  (c) => {
    const frame = { ...frameOf(edge, c), path: c.req.path };
    return sendKept(edge, c, `editions ${frameKey(frame)}`, async () => editionsView(await readEditions(edge), frame));
  };
