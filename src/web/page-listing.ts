import type { Context } from 'hono';
import { z } from 'zod';
import type { Result } from '../kernel/result.ts';
import type { ListingPage } from '../model/pages.ts';
import { readAuthor, readCategory, readOrganisation } from '../services/browse.ts';
import { isFollowed } from '../services/follow.ts';
import { readersNamed } from '../services/profile.ts';
import { listingView } from '../views/listing.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { unwrap } from './problem.ts';
import { readerIdOf } from './reader.ts';
import { sendOnce } from './send.ts';

type Read = (edge: Edge, key: string, page: number, reader: string) => Promise<Result<ListingPage, 'not-found'>>;

const PageNumber = z.coerce.number().int().min(1).max(1_000_000).catch(1);

const listing =
  (edge: Edge, read: Read) =>
  async (c: Context<Env>): Promise<Response> => {
    const number = PageNumber.parse(c.req.query('p') ?? 1);
    const reader = await readerIdOf(edge, c);
    const page = unwrap(await read(edge, c.req.param('key') ?? '', number, reader));
    const followed = await isFollowed(edge, { reader, kind: page.kind, key: page.key });
    const people = page.kind === 'author' ? await readersNamed(edge, page.key) : [];
    return sendOnce(c, listingView(page, frameOf(edge, c), followed, people));
  };

export const authorPage = (edge: Edge) => listing(edge, readAuthor);
export const organisationPage = (edge: Edge) => listing(edge, readOrganisation);
export const categoryPage = (edge: Edge) => listing(edge, readCategory);
