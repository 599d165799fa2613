import type { Context } from 'hono';
import type { Edge, Env } from './edge.ts';
import { SECURITY_HEADERS } from './guard-headers.ts';
import { codingOf, type Rendered, rendered } from './page-cache.ts';

const HTML = 'text/html; charset=utf-8';

const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${etag}"`));

/** Answers with a finished document: compressed as the client likes, 304 where it has it already. */
export const send = async (
  c: Context<Env>,
  page: Rendered,
  {
    type = HTML,
    cache = 'private, no-cache',
    vary = 'Accept-Encoding, Cookie',
    status = 200,
  }: { type?: string; cache?: string; vary?: string; status?: number } = {},
): Promise<Response> => {
  const headers: Record<string, string> = { ...SECURITY_HEADERS, 'cache-control': cache, vary, etag: `"${page.etag}"` };
  c.set('guarded', true);
  if (status === 200 && matches(c.req.header('if-none-match'), page.etag))
    return new Response(null, { status: 304, headers });
  const coding = codingOf(c.req.header('accept-encoding'));
  headers['content-type'] = type;
  if (coding !== 'identity') headers['content-encoding'] = coding;
  const body = await page.body(coding);
  headers['content-length'] = String(body.byteLength);
  return new Response(body, { status, headers });
};

/** Answers with a document made for this request alone. */
export const sendOnce = (
  c: Context<Env>,
  document: string,
  options: Parameters<typeof send>[2] = {},
): Promise<Response> => send(c, rendered(document), options);

/** Answers from the page cache: `name` says what the page depends on beside the database. */
export const sendKept = async (
  edge: Edge,
  c: Context<Env>,
  name: string,
  make: () => Promise<string>,
): Promise<Response> => {
  // Pages of readers who are signed in are theirs: none is kept beside those that are for everybody.
  if (edge.config.accounts !== 'off' && c.get('reader')) return sendOnce(c, await make());
  return send(c, await edge.pages.get(name, await edge.store.revision(), make));
};
