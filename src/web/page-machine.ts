import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import { html, raw } from '../kernel/html.ts';
import { href } from '../model/urls.ts';
import type { Edge, Env } from './edge.ts';
import { originOf } from './frame.ts';
import { sendOnce } from './send.ts';

const XML = 'application/xml; charset=utf-8';
const PER_SITEMAP = 5_000;

/** `/robots.txt`: all may be read, but searches are not a place to crawl. */
export const robots =
  (edge: Edge) =>
  (c: Context<Env>): Response =>
    c.text(
      `User-agent: *\nDisallow: /search\nDisallow: /similar\nDisallow: /metrics\n\nSitemap: ${originOf(edge, c)}/sitemap.xml\n`,
    );

const document = (root: string, entries: readonly string[], entry: 'url' | 'sitemap'): string => {
  const items = entries.map((loc) => html`<${raw(entry)}><loc>${loc}</loc></${raw(entry)}>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${html`<${raw(root)} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${items}</${raw(root)}>\n`}`;
};

/** `/sitemap.xml`: the pages and editions, and one file for every 5,000 papers. */
export const sitemapIndex =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const files = Math.ceil((await edge.store.papers.count()) / PER_SITEMAP);
    const origin = originOf(edge, c);
    const names = ['pages', ...Array.from({ length: files }, (_, i) => String(i + 1))];
    return sendOnce(
      c,
      document(
        'sitemapindex',
        names.map((name) => `${origin}/sitemap/${name}.xml`),
        'sitemap',
      ),
      { type: XML },
    );
  };

const paperAddresses = async (edge: Edge, n: number): Promise<readonly string[]> => {
  const addresses: string[] = [];
  let seen = 0;
  for await (const paper of edge.store.papers.all()) {
    seen += 1;
    if (seen > n * PER_SITEMAP) break;
    if (seen > (n - 1) * PER_SITEMAP) addresses.push(href.paper(paper.id));
  }
  return addresses;
};

/** `/sitemap/pages.xml` and `/sitemap/{n}.xml`. */
export const sitemap =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const name = /^(pages|[1-9]\d{0,5})\.xml$/.exec(c.req.param('name') ?? '')?.[1];
    if (name === undefined) throw new Fault('not-found', 'There is no such sitemap.');
    const addresses =
      name === 'pages'
        ? [
            href.home,
            href.trending,
            href.editions,
            href.ledger,
            href.sources,
            href.about,
            ...(await edge.store.editions.dates()).map(href.day),
          ]
        : await paperAddresses(edge, Number(name));
    if (addresses.length === 0) throw new Fault('not-found', 'There is no such sitemap.');
    const origin = originOf(edge, c);
    return sendOnce(
      c,
      document(
        'urlset',
        addresses.map((path) => origin + path),
        'url',
      ),
      { type: XML },
    );
  };
