import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const works = ['work-srep16696', 'work-jor.1100150407'].map(
  (name) => JSON.parse(readFileSync(join(FIXTURES, 'crossref', `${name}.json`), 'utf8')).message,
);

const PAGES: Readonly<Record<string, string>> = {
  '/doi': '<!doctype html><title>A page</title><meta name="citation_doi" content="10.1038/srep16696">',
  '/own': `<!doctype html><meta name="citation_title" content="A paper that only its own page knows of">
    <meta name="citation_author" content="Lovelace, Ada"><meta name="citation_author" content="Noether, Emmy">
    <meta name="citation_publication_date" content="2019/03/04"><meta name="citation_abstract" content="We show that a &lt; b and $x^2$.">`,
  '/shoes': '<!doctype html><title>Shoes</title><p>Buy shoes.',
};

/** Crossref and a journal, on a free port of this machine. */
export interface WebOfPapers extends AsyncDisposable {
  readonly origin: string;
  /** What sets Broadsheet up to ask here. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

export const openWebOfPapers = async (): Promise<WebOfPapers> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    asked.push(pathname);
    const page = PAGES[pathname];
    if (page !== undefined) {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
      return;
    }
    if (pathname.startsWith('/pages/')) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('gone');
      return;
    }
    const filter = searchParams.get('filter') ?? '';
    const items = works.filter(({ DOI }) => filter.split(',').includes(`doi:${DOI}`));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ 'message-type': 'work-list', message: { items } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${at}`,
    env: {
      BROADSHEET_FETCH_ALLOW: at,
      BROADSHEET_SOURCE_URLS: `crossref=http://${at},arxiv-query=http://${at}/arxiv,openreview=http://${at}/openreview`,
    },
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
};
