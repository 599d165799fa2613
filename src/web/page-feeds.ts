import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import type { FeedsPage } from '../model/opml.ts';
import { createToken } from '../services/api-token.ts';
import { feedsOf, importOpml } from '../services/opml.ts';
import { feedsView } from '../views/feeds.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf, originOf } from './frame.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const NOT_KEPT = { cache: 'private, no-store', vary: 'Accept-Encoding, Cookie' } as const;
/** Longest list that is brought in. */
export const MOST_OPML_BYTES = 2 * 1024 * 1024;

const show = async (
  edge: Edge,
  c: Context<Env>,
  {
    key = null,
    report = null,
    problem = null,
    status = 200,
  }: Partial<Pick<FeedsPage, 'report' | 'problem'>> & { readonly key?: string | null; readonly status?: number } = {},
): Promise<Response> => {
  const reader = await edge.readerOf(c);
  const needsKey = edge.config.accounts !== 'off';
  const own =
    reader === null
      ? null
      : {
          feeds: await feedsOf(edge, reader.id),
          key,
          needsKey,
          keys: (await edge.store.apiTokens.of(reader.id)).filter(({ scopes }) => scopes.includes('feed')).length,
        };
  return sendOnce(c, feedsView({ own, report, problem }, frameOf(edge, c)), { ...NOT_KEPT, status });
};

/** `/feeds` */
export const feedsPage =
  (edge: Edge): Handler =>
  (c) =>
    show(edge, c);

/** `POST /feeds/keys`: makes a key for feeds, and shows it this once. */
export const feedKeyPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await edge.readerOf(c);
    if (edge.config.accounts === 'off' || reader === null)
      throw new Fault('not-found', 'Without accounts feeds need no key on this machine, and open on no other.');
    const made = await createToken(edge, { accountId: reader.id, name: 'Feeds', scopes: ['feed'] });
    return made.ok ? show(edge, c, { key: made.value }) : show(edge, c, { problem: made.message, status: 422 });
  };

const textIn = async (c: Context<Env>): Promise<string> => {
  const form = await c.req.parseBody().catch((cause: unknown) => {
    throw new Fault('bad-request', 'The form cannot be read.', { cause });
  });
  const { file, text = '' } = form;
  if (file instanceof File && file.size > 0) return file.text();
  return typeof text === 'string' ? text : '';
};

/** `POST /feeds/import`: follows what a list of another feed reader has in common with what is here. */
export const feedImportPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await edge.readerOf(c);
    if (reader === null) throw new Fault('forbidden', 'Sign in first.');
    const text = await textIn(c);
    if (text.trim() === '') return show(edge, c, { problem: 'Choose a file, or paste its text.', status: 422 });
    const report = await importOpml(edge, { reader: reader.id, text, origin: originOf(edge, c) });
    return report.ok
      ? show(edge, c, { report: report.value })
      : show(edge, c, { problem: report.message, status: 422 });
  };
