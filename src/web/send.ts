import type { Context } from 'hono';
import type { Edge, Env } from './edge.ts';
import { SECURITY_HEADERS } from './guard-headers.ts';
import { type Changed, codingOf, type Rendered, rendered } from './page-cache.ts';

const HTML = 'text/html; charset=utf-8';

const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${etag}"`));

/** Whether the client has it already; a tag says more than a time, which then is of no matter (RFC 9110, 13.2.2). */
const isKnown = (c: Context<Env>, etag: string, changed: Changed | null): boolean => {
  const tags = c.req.header('if-none-match');
  if (tags !== undefined || changed === null) return matches(tags, etag);
  return changed.at <= Date.parse(c.req.header('if-modified-since') ?? '');
};

/** Answers with a finished document: compressed as the client likes, 304 where it has it already. */
export const send = async (
  c: Context<Env>,
  page: Rendered,
  {
    type = HTML,
    cache = 'private, no-cache',
    vary = 'Accept-Encoding, Cookie',
    status = 200,
    headers: more = {},
    changed = null,
  }: {
    type?: string;
    cache?: string;
    vary?: string;
    status?: number;
    headers?: Readonly<Record<string, string>>;
    /** See `PageCache`; null where it is not known. */
    changed?: Changed | null;
  } = {},
): Promise<Response> => {
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'cache-control': cache,
    vary,
    etag: `"${page.etag}"`,
    ...more,
  };
  if (changed !== null) headers['last-modified'] = new Date(changed.told).toUTCString();
  c.set('guarded', true);
  if (status === 200 && isKnown(c, page.etag, changed)) return new Response(null, { status: 304, headers });
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

/** Answers with a feed that is everybody's, from the page cache; `name` says what it depends on beside the database. */
export const sendFeed = async (
  edge: Edge,
  c: Context<Env>,
  name: string,
  {
    type,
    links,
    make,
  }: { readonly type: string; readonly links: readonly string[]; readonly make: () => Promise<string> },
): Promise<Response> => {
  const page = await edge.pages.get(name, await edge.store.revision(), make);
  return send(c, page, {
    type,
    cache: 'public, max-age=60',
    vary: 'Accept-Encoding',
    headers: links.length === 0 ? {} : { link: links.join(', ') },
    changed: edge.pages.changedAt(name, page.etag, edge.clock.now()),
  });
};
