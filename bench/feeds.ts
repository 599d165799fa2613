import { openSite } from '../test/support/app.ts';
import { draftOf } from '../test/support/drafts.ts';
import { ms, quantile, type Row } from './row.ts';

const PAPERS = 100_000;
const BATCH = 5_000;
const CATEGORY = 'cs.DL';
const ASKED = 2_000;
const WARM = 200;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const dayOf = (n: number): string =>
  new Date(Date.UTC(2000, 0, 1) + (n % 9_000) * 86_400_000).toISOString().slice(0, 10);

/** What a 304 costs inside the app, and what pages of a feed of 100,000 papers cost at its ends and in its midst. */
export const feeds = async (): Promise<readonly Row[]> => {
  await using site = await openSite({ firstEdition: false });
  for (let first = 0; first < PAPERS; first += BATCH)
    await site.app.store.papers.save(
      Array.from({ length: BATCH }, (_, i) => {
        const n = first + i;
        const authors = [{ name: `Author ${n % 5_000}`, key: `author-${n % 5_000}` }];
        const draft = draftOf(`bench-${n}`, {
          ...{ id: `doi:10.1000/${n}`, doi: null, title: `Paper ${n}`, categories: [CATEGORY], authors },
          published: dayOf(n),
        });
        return { source: 'arxiv-snapshot', draft, raw: '{}' };
      }),
      { now: Date.now() },
    );
  const first = `/categories/${CATEGORY}.atom`;
  const etag = (await site.ask(first)).headers.get('etag') ?? '';
  const known: number[] = [];
  for (let n = 0; n < ASKED; n += 1)
    known.push(
      await timed(async () => {
        const { status } = await site.ask(first, { headers: { 'if-none-match': etag } });
        if (status !== 304) throw new Error(`${status} where 304 was due`);
      }),
    );
  let at: string | undefined = first;
  const pages: number[] = [];
  let entries = 0;
  while (at !== undefined) {
    const address: string = at;
    let xml = '';
    pages.push(
      await timed(async () => {
        xml = await (await site.ask(address)).text();
      }),
    );
    entries += xml.split('<entry>').length - 1;
    at = /href="[^"]*?\/\/[^/"]+([^"]+)" rel="next"/.exec(xml)?.[1]?.replaceAll('&amp;', '&');
  }
  if (entries !== PAPERS) throw new Error(`${entries} entries came of ${PAPERS}`);
  const tenth = Math.floor(pages.length / 10);
  const head = quantile(pages.slice(1, tenth), 0.5);
  const tail = quantile(pages.slice(-tenth), 0.5);
  const warm = known.slice(WARM);
  return [
    { what: 'feed, 304, p50', figure: ms(quantile(warm, 0.5)), bar: '≤ 1 ms' },
    { what: 'feed, 304, p95', figure: ms(quantile(warm, 0.95)) },
    {
      what: `feed of 100,000, ${pages.length} pages, a page of the last tenth, p50`,
      figure: ms(tail),
      against: `of the first tenth ${ms(head)}`,
      ratio: tail / head,
      bar: '≤ 1.5 ×',
    },
  ];
};
