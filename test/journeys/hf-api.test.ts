import assert from 'node:assert/strict';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSite, type Site } from '../support/app.ts';

/** The reading half of the Hugging Face surface, down to what trips its clients up. */

const GOLDEN = join(import.meta.dirname, '../golden/daily-papers.json');
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site[Symbol.asyncDispose]());

interface Item {
  readonly paper: Record<string, unknown> & { readonly id: string; readonly upvotes: number };
  readonly title: string;
  readonly upvotes: number;
  readonly numComments: number;
  readonly publishedAt: string;
}

const list = async (query = ''): Promise<readonly Item[]> => {
  const answer = await site.ask(`/api/daily_papers${query}`);
  assert.equal(answer.status, 200, query);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  return (await answer.json()) as Item[];
};

test('the daily list is what it was: first three of the first edition', async () => {
  const made = `${JSON.stringify((await list('?limit=3')).slice(0, 3), null, 2)}\n`;
  const changed = GOLDEN.replace('.json', '.json-changed');
  await rm(changed, { force: true });
  const there = await access(GOLDEN).then(
    () => true,
    () => false,
  );
  const golden = there ? await readFile(GOLDEN, 'utf8') : '';
  if (made !== golden) await writeFile(changed, made);
  assert.equal(made, golden, `see ${changed}; where the change is meant, rename it`);
});

test('every item says everything twice where clients look in two places, with dates that end in Z', async () => {
  const items = await list('?limit=100');
  assert.equal(items.length, 81);
  for (const { paper, ...item } of items) {
    assert.equal(item.upvotes, 0, 'a zero at the top level, not nothing');
    assert.equal(paper.upvotes, 0);
    for (const name of ['title', 'summary'] as const)
      assert.equal((item as Record<string, unknown>)[name], paper[name]);
    for (const date of [item.publishedAt, paper.publishedAt, paper.submittedOnDailyAt])
      assert.match(String(date), DATE);
    assert.equal(item.publishedAt, '2026-04-20T00:00:00.000Z', 'the day it was featured');
    assert.equal(typeof item.numComments, 'number');
    for (const author of paper.authors as object[]) assert.deepEqual(Object.keys(author), ['_id', 'name', 'hidden']);
    const by = paper.submittedOnDailyBy as Record<string, unknown>;
    assert.ok(typeof by.user === 'string' && typeof by.fullname === 'string');
    for (const [name, value] of Object.entries({ ...item, ...paper }))
      assert.ok(value !== null && value !== undefined, name);
  }
});

test('pages follow one another by Link, and hold every paper once', async () => {
  const ids: string[] = [];
  let address: string | null = '/api/daily_papers?limit=30';
  while (address !== null) {
    const answer: Response = await site.ask(address);
    ids.push(...((await answer.json()) as Item[]).map(({ paper }) => paper.id));
    const next: string | undefined = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    address = next === undefined ? null : next.replace('http://localhost:3000', '');
  }
  assert.equal(ids.length, 81);
  assert.equal(new Set(ids).size, 81);
});

test('all papers are listed by cursor, each once', async () => {
  const ids: string[] = [];
  let address: string | undefined = '/api/papers?limit=37';
  while (address !== undefined) {
    const answer: Response = await site.ask(address);
    ids.push(...((await answer.json()) as Item[]).map(({ paper }) => paper.id));
    address = /<http:\/\/localhost:3000([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  assert.equal(new Set(ids).size, 81);
  assert.equal(ids.length, 81);
});

test('a day, its week and its month hold the same papers; others hold none', async () => {
  const all = (await list('?limit=100')).map(({ paper }) => paper.id);
  for (const query of ['date=2026-04-20', 'week=2026-W17', 'month=2026-04', 'submitter=broadsheet'])
    assert.deepEqual(
      (await list(`?limit=100&${query}`)).map(({ paper }) => paper.id),
      all,
      query,
    );
  for (const query of ['date=2026-04-21', 'week=2026-W18', 'month=2026-05', 'submitter=someone', 'p=9'])
    assert.deepEqual(await list(`?${query}`), [], query);
});

test('votes lead a dated list; publishedAt and trending order it otherwise', async () => {
  const [, , third] = await list();
  const id = third?.paper.id ?? '';
  await site.post(`/papers/${id}/vote`, { vote: '1' });
  const [first] = await list('?date=2026-04-20');
  assert.equal(first?.paper.id, id);
  assert.equal(first?.upvotes, 1);
  await site.post(`/papers/${id}/vote`, { vote: '0' });
  const dates = (await list('?limit=100&sort=publishedAt')).map(({ paper }) => String(paper.publishedAt));
  assert.deepEqual(dates, dates.toSorted().reverse());
  const talk = (await list('?limit=100&sort=trending')).map(({ numComments }) => numComments);
  assert.ok((talk[0] ?? 0) > (talk.at(-1) ?? 0));
});

test('a paper’s own answer is flat, and its Markdown is where the client looks', async () => {
  const [first] = await list();
  const id = first?.paper.id ?? '';
  const answer = await site.ask(`/api/papers/${id}`);
  const paper = (await answer.json()) as Record<string, unknown>;
  assert.equal(paper.id, id);
  assert.equal(paper.title, first?.title);
  assert.equal(paper.submittedOnDailyAt, '2026-04-20T00:00:00.000Z');
  for (const name of ['linkedModels', 'linkedDatasets', 'linkedSpaces', 'ai_keywords'])
    assert.deepEqual(paper[name], []);
  assert.equal((await site.ask(`/papers/${id}.md`)).status, 200);
  const repos = await site.ask(`/api/arxiv/${id}/repos`);
  assert.deepEqual(await repos.json(), { models: [], datasets: [], spaces: [] });
});

test('search answers in the shape of the list', async () => {
  const answer = await site.ask('/api/papers/search?q=lidar&limit=5');
  const items = (await answer.json()) as Item[];
  assert.ok(items.length >= 1 && items.length <= 5);
  assert.match(items[0]?.title ?? '', /LiDAR/);
  assert.match(items[0]?.publishedAt ?? '', DATE);
});

test('an old id keeps its slash', async () => {
  await site.take([
    {
      id: 'math/0309136',
      title: 'Sums of cubes',
      abstract: 'We add.',
      authors: 'A. Adder',
      categories: 'math.NT',
      versions: [],
    },
  ]);
  for (const path of ['/api/papers/math/0309136', '/api/papers/math%2F0309136', '/api/papers/math/0309136v2']) {
    const answer = await site.ask(path);
    assert.equal(answer.status, 200, path);
    assert.equal(((await answer.json()) as { id: string }).id, 'math/0309136');
  }
  assert.equal((await site.ask('/api/arxiv/math/0309136/repos')).status, 200);
});

const WRONG: readonly (readonly [string, number])[] = [
  ['/api/papers/0000.00000', 404],
  ['/api/arxiv/0000.00000/repos', 404],
  ['/api/agent-harnesses', 404],
  ['/api/nothing', 404],
  ['/api/daily_papers?limit=0', 400],
  ['/api/daily_papers?limit=101', 400],
  ['/api/daily_papers?p=-1', 400],
  ['/api/daily_papers?p=one', 400],
  ['/api/daily_papers?sort=votes', 400],
  ['/api/daily_papers?date=20-04-2026', 400],
  ['/api/daily_papers?date=2026-02-30', 400],
  ['/api/daily_papers?week=2026-17', 400],
  ['/api/daily_papers?month=2026-4', 400],
  ['/api/papers/search', 400],
  [`/api/papers/search?q=${'x'.repeat(251)}`, 400],
  ['/api/papers/search?q=x&limit=121', 400],
  ['/api/papers?limit=1000', 400],
];

test('what is wrong is answered {error} in one sentence, without X-Error-Code', async () => {
  for (const [path, status] of WRONG) {
    const answer = await site.ask(path);
    assert.equal(answer.status, status, path);
    assert.equal(answer.headers.get('x-error-code'), null);
    const body = (await answer.json()) as Record<string, string>;
    assert.deepEqual(Object.keys(body), ['error'], path);
    assert.match(body.error ?? '', /\w.*\.$/, path);
  }
});
