import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addDays, dayOf } from '../../src/kernel/day.ts';
import type { LedgerDayPage, LedgerPage, LedgerSourcePage, SourcesPage } from '../../src/model/ledger-page.ts';
import { linksOf, openSite, type Site, textOf } from '../support/app.ts';
import { incomingOf } from '../support/drafts.ts';
import { fillLedger, rewordPaper, WIRED } from '../support/ledger.ts';

/** What readers and the operator see of the wires: fourteen days of three sources, one of them silent, one paused. */

let site: Site;
let now = 0;
before(async () => {
  site = await openSite({ sources: WIRED });
  now = site.app.clock.now();
  await fillLedger(site.app.store, { now });
  await rewordPaper(site.app.store, now);
});
after(() => site[Symbol.asyncDispose]());

const page = async (path: string, from?: string): Promise<string> => {
  const answer = await site.ask(path, from === undefined ? {} : { from });
  assert.equal(answer.status, 200, path);
  return answer.text();
};
const json = async <T>(path: string): Promise<T> => (await site.ask(path)).json() as Promise<T>;

test('the sums of the ledger are those of its sources, days and categories', async () => {
  const ledger = await json<LedgerPage>('/ledger.json');
  assert.ok(ledger.sums.announced > 50);
  assert.ok(ledger.sums.rejected > 0);
  for (const name of ['announced', 'ingested', 'rejected'] as const) {
    assert.equal(
      ledger.sources.reduce((sum, source) => sum + source.sums[name], 0),
      ledger.sums[name],
    );
  }
  const source = await json<LedgerSourcePage>('/ledger/arxiv-oai.json');
  assert.deepEqual(source.source.sums, ledger.sources.find(({ id }) => id === 'arxiv-oai')?.sums);
  for (const { day, announced, ingested, rejected } of source.source.days) {
    const one = await json<LedgerDayPage>(`/ledger/arxiv-oai/${day}.json`);
    assert.deepEqual(one.sums, { announced, ingested, rejected });
    assert.equal(one.rejections.length, rejected);
  }
});

test('the pages and their JSON are one value, told by the address or by what is asked for', async () => {
  for (const path of ['/ledger', '/ledger/arxiv-oai', '/sources']) {
    const asked = await site.ask(path, { headers: { accept: 'application/json' } });
    assert.match(asked.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(await asked.json(), await json(`${path}.json`));
    assert.match((await site.ask(path)).headers.get('content-type') ?? '', /^text\/html/);
  }
});

test('the ledger says in words how each source stands, and draws it with a text alternative', async () => {
  const html = await page('/ledger');
  const text = textOf(html);
  assert.match(text, /arXiv, by OAI-PMH\s+Last success 6 hours ago/);
  assert.match(text, /paused/);
  assert.match(text, /Stale Hugging Face daily papers was last harvested to its end 4 days ago\./);
  assert.match(text, /Failing The last run of Hugging Face daily papers failed: huggingface\.co answers 503/);
  assert.match(html, /<svg[^>]*role="img" aria-label="arXiv, by OAI-PMH: \d+ days with entries/);
});

test('every link of the pages about the wires leads somewhere', async () => {
  const paths = ['/ledger', '/ledger/arxiv-oai', '/ledger/arxiv-oai/2026-11-12', '/sources', '/papers/2611.00000'];
  const links = new Set((await Promise.all(paths.map((path) => page(path)))).flatMap(linksOf));
  assert.ok(links.has('/papers/2611.00000/versions'));
  for (const link of links) assert.ok((await site.ask(link)).status < 400, link);
});

test('what was rejected is shown with its reason and what the source sent, as text', async () => {
  const html = await page('/ledger/arxiv-oai');
  assert.match(html, /The record has no title\./);
  assert.match(html, /&lt;title&gt;&lt;\/title&gt;/);
});

test('a source or a day that is not there is said to be missing', async () => {
  const days = ['2026-02-30', 'yesterday', '1999-01-01'];
  for (const path of ['/ledger/nobody', '/ledger/nobody/2026-11-20', ...days.map((day) => `/ledger/arxiv-oai/${day}`)])
    assert.equal((await site.ask(path)).status, 404, path);
  assert.match(textOf(await page(`/ledger/arxiv-oai/${dayOf(now)}`)), /Nothing was announced on this day/);
});

test('an instance without anything has a blank ledger that says what to do', async () => {
  await using blank = await openSite({ firstEdition: false });
  assert.match(textOf(await (await blank.ask('/ledger')).text()), /The ledger is blank/);
  assert.match(textOf(await (await blank.ask('/sources')).text()), /No harvest has been run yet/);
});

test('a running harvest shows how far it is', async () => {
  const html = await page('/sources');
  assert.match(html, /<progress aria-label="arXiv, by OAI-PMH" max="600" value="160">/);
  assert.match(textOf(html), /2 pages, 160 of 600 entries/);
  const { running } = await json<SourcesPage>('/sources.json');
  assert.deepEqual(
    running.map(({ id }) => id),
    ['5'],
  );
});

test('a source is paused and resumed by the one at the machine, however often it is said', async () => {
  const paused = async (): Promise<boolean | undefined> =>
    (await json<SourcesPage>('/sources.json')).sources.find(({ id }) => id === 'arxiv-oai')?.standing?.paused;
  const before = await json<SourcesPage>('/sources.json');
  for (const wish of ['1', '1']) {
    const answer = await site.post('/sources/arxiv-oai', { paused: wish });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/sources');
    assert.equal(await paused(), true);
  }
  await site.post('/sources/arxiv-oai', { paused: '0' });
  assert.deepEqual(await json<SourcesPage>('/sources.json'), before);
  assert.equal((await site.post('/sources/nobody', { paused: '1' })).status, 404);
  assert.equal((await site.post('/sources/arxiv-oai', { paused: 'yes' })).status, 400);
  assert.equal((await site.post('/sources/arxiv-oai', { paused: '1' }, { from: '192.0.2.7' })).status, 403);
  const foreign = { headers: { origin: 'https://elsewhere.example' } };
  assert.equal((await site.post('/sources/arxiv-oai', { paused: '1' }, foreign)).status, 403);
  assert.equal(await paused(), false);
  assert.doesNotMatch(await page('/sources', '192.0.2.7'), /action="\/sources\//);
});

test('the operator reads alarms on every page, other readers only that a source is silent', async () => {
  for (const path of ['/', '/about', '/editions', '/search']) {
    assert.match(textOf(await page(path)), /was last harvested to its end 4 days ago\. And 1 more alarm\./, path);
    const theirs = textOf(await page(path, '192.0.2.7'));
    assert.match(theirs, /Nothing new has come in from Hugging Face daily papers for a while\./, path);
    assert.doesNotMatch(theirs, /503|alarm/, path);
  }
});

test('the figures of the wires are in the metrics', async () => {
  const text = await page('/metrics');
  assert.match(text, /^broadsheet_alarms\{kind="stale",source="hf-daily"\} 1$/m);
  assert.match(text, /^broadsheet_alarms\{kind="failing",source="hf-daily"\} 1$/m);
  assert.match(text, /^broadsheet_source_last_success_age_seconds\{source="arxiv-oai"\} 21600$/m);
  assert.match(text, /^broadsheet_source_ingested_today\{source="daily-page"\} \d+$/m);
});

test('a paper shows its versions, and what changed from one to the next', async () => {
  const paper = await page('/papers/2611.00000');
  assert.match(paper, /href="\/papers\/2611\.00000\/versions#v3">what changed/);
  assert.match(textOf(paper), /34 citations at arXiv, by OAI-PMH/);
  const html = await page('/papers/2611.00000/versions');
  assert.match(html, /<section class="change" id="v3"/);
  assert.match(html, /<section class="change" id="v2"/);
  assert.match(
    textOf(html.replace(/<del>.*?<\/del>/gs, '').replace(/<span class="hidden">.*?<\/span>/gs, '')),
    /Code, data and all runs are public\./,
  );
  assert.match(html, /<ins><span class="hidden">\[added: <\/span>often /);
  assert.equal((await site.ask('/papers/no-such-paper/versions')).status, 404);
});

test('corrections stand beside the edition, which stays as it was', async () => {
  const { editions } = site.app.store;
  const edition = await editions.latest();
  assert.ok(edition);
  const before = textOf(await page('/'));
  assert.doesNotMatch(before, /Corrections/);
  await editions.correct({
    date: edition.date,
    paperId: edition.placements[1] ?? null,
    kind: 'note',
    says: 'Was second by mistake.',
    at: now,
  });
  for (const path of ['/', '/?view=wire', `/papers/date/${edition.date}`])
    assert.match(textOf(await page(path)), /Corrections[\s\S]*: Was second by mistake\. 22 Nov 2026/, path);
  assert.deepEqual(await editions.latest(), edition);
});

test('why a paper stands where it stands is said on its page', async () => {
  const why = {
    ranking: 'talk-2',
    score: 2,
    votes: 4,
    upvotes: 12,
    comments: 0,
    code: false,
    published: addDays(dayOf(now), -1),
    category: null,
    submitted: null,
    lot: 1,
  };
  await site.app.store.editions.save({
    date: '2026-11-21',
    source: 'broadsheet',
    placements: ['arxiv:2611.00000'],
    whys: [JSON.stringify(why)],
  });
  assert.match(textOf(await page('/papers/2611.00000')), /place 1By 4 votes and 12 upvotes elsewhere, new/);
  const said = { id: 'arxiv:2611.00000', externalId: '2611.00000', signals: { upvotes: 31 } };
  await site.app.store.papers.save([incomingOf('2611.00000', said, 'hf-daily')], { now: site.app.clock.now() });
  assert.match(
    textOf(await page('/papers/date/2026-11-21')),
    /31 upvotes elsewhere/,
    'apart from our votes, in lists as on its own page',
  );
  assert.match(await page('/papers/2611.00000.md'), /place 1 \(By 4 votes and 12 upvotes elsewhere, new\)/);
});
