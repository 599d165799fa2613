import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { submissionTarget } from '../../src/model/moderation.ts';
import { href, idInUrl } from '../../src/model/urls.ts';
import { catchUp } from '../../src/services/catch-up.ts';
import { dayIn } from '../../src/services/roll-over.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { textOf } from '../support/app.ts';

/** A paper and a submission that moderators take down, in every rendering, and back again. */

let site: AccountSite;
let moderator = '';
let submitter = '';
let paper = '';
let title = '';
let author = '';
const WHY = 'It is not a paper, it is an advertisement.';
const NOTE = 'Everybody must read this at once.';

before(async () => {
  site = await openAccountSite({ firstEdition: true });
  const { store } = site.app;
  moderator = await cookieFor(site, await makeAccount(site, 'moderator'));
  const reader = await makeAccount(site);
  submitter = reader.id;
  paper = (await store.editions.latest())?.placements[2] ?? '';
  const found = await store.papers.get(paper);
  title = found?.title ?? '';
  author = found?.authors[0]?.key ?? '';
  const day = dayIn('UTC', site.clock.now());
  await store.submissions.add([{ paperId: paper, reader: submitter, day, at: site.clock.now(), note: NOTE }], null);
});
after(() => site[Symbol.asyncDispose]());

const post = (fields: Readonly<Record<string, string>>): Promise<Response> =>
  site.post('/moderation', fields, { headers: { cookie: moderator } });

/** Every rendering in which the paper stands, with its text as it is to programs. */
const renderings = async (): Promise<ReadonlyMap<string, string>> => {
  const latest = await site.app.store.editions.latest();
  const words = title.split(/\W+/).slice(0, 6).join(' ');
  const q = encodeURIComponent(words);
  const paths = [
    '/',
    '/?view=wire',
    '/papers/trending',
    '/papers/week/2026-W17',
    '/papers/month/2026-04',
    `/search?q=${q}`,
    `/search.md?q=${q}`,
    `/search.json?q=${q}`,
    '/api/daily_papers?limit=100',
    `/api/daily_papers?limit=100&date=${latest?.date}`,
    '/api/papers?limit=100',
    `/api/papers/search?q=${q}`,
    `/sitemap/1.xml`,
    ...(author === '' ? [] : [href.author(author)]),
  ];
  return new Map(await Promise.all(paths.map(async (path) => [path, await (await site.ask(path)).text()] as const)));
};

const standsIn = async (): Promise<readonly string[]> => {
  await catchUp(site.app);
  const id = idInUrl(paper);
  return [...(await renderings())].filter(([, text]) => text.includes(`${id}"`) || text.includes(id)).map(([at]) => at);
};

const statuses = async (): Promise<readonly number[]> =>
  Promise.all(
    [
      href.paper(paper),
      href.paperMarkdown(paper),
      href.paperBibtex(paper),
      href.paperVersions(paper),
      href.paperLetters(paper),
      `/api/papers/${idInUrl(paper)}`,
    ].map(async (path) => (await site.ask(path)).status),
  );

test('a removed paper is found nowhere, its own page says why with 410, and undoing brings it back everywhere', async () => {
  const before = await standsIn();
  for (const path of ['/', '/papers/trending', '/api/daily_papers?limit=100', '/api/papers?limit=100'])
    assert.ok(before.includes(path), `${path} shows it before`);
  assert.ok(before.some((path) => path.startsWith('/search.json')));
  const page = await (await site.ask(href.paper(paper), { headers: { cookie: moderator } })).text();
  assert.ok(page.includes('name="kind" value="paper"'), 'moderators have a form');
  assert.ok(!(await (await site.ask(href.paper(paper))).text()).includes('name="kind"'), 'nobody else has');

  for (const _ of [1, 2])
    assert.equal((await post({ do: 'remove', kind: 'paper', target: paper, reason: WHY })).status, 303);
  assert.deepEqual(await standsIn(), []);
  const removed = await site.ask(href.paper(paper));
  assert.equal(removed.status, 410);
  const says = textOf(await removed.text());
  assert.ok(says.includes(WHY) && !says.includes(title));
  assert.deepEqual(await statuses(), [410, 410, 410, 410, 410, 410]);
  assert.deepEqual(await (await site.ask(`/api/papers/${idInUrl(paper)}`)).json(), {
    error: `A moderator has removed this paper. Reason: ${WHY}`,
  });
  const vote = await site.post(href.vote(paper), { vote: '1' }, { headers: { cookie: moderator } });
  assert.equal(vote.status, 410);
  const log = textOf(await (await site.ask('/moderation/log')).text());
  assert.ok(log.includes(`removed the paper ${paper}`) && log.includes(WHY) && !log.includes(title));
  const queue = textOf(await (await site.ask('/moderation', { headers: { cookie: moderator } })).text());
  assert.ok(queue.includes('Taken down') && queue.includes('removed'));

  const [entry] = await site.app.store.moderation.log({ limit: 1 });
  assert.equal((await post({ do: 'undo', target: String(entry?.id) })).status, 303);
  assert.deepEqual(await standsIn(), before);
  assert.deepEqual(await statuses(), [200, 200, 200, 200, 302, 200]);
});

test('a hidden paper answers 404 and says that it is hidden; it is restored', async () => {
  await post({ do: 'hide', kind: 'paper', target: paper, reason: WHY });
  assert.deepEqual(await statuses(), [404, 404, 404, 404, 404, 404]);
  assert.ok(textOf(await (await site.ask(href.paper(paper))).text()).includes('hidden until a moderator has looked'));
  await post({ do: 'restore', kind: 'paper', target: paper, reason: 'It is one.' });
  assert.equal((await statuses())[0], 200);
});

test('a submission is taken down with its note, and comes back; the paper stays', async () => {
  const shown = async () => (await (await site.ask(href.paper(paper))).text()).includes(NOTE);
  const target = submissionTarget({ paperId: paper, reader: submitter });
  assert.ok(await shown());
  await post({ do: 'remove', kind: 'submission', target, reason: 'It shouts.' });
  assert.ok(!(await shown()));
  assert.ok(textOf(await (await site.ask('/moderation/log')).text()).includes('removed the submission of'));
  assert.ok((await (await site.ask('/moderation', { headers: { cookie: moderator } })).text()).includes(NOTE));
  const [entry] = await site.app.store.moderation.log({ limit: 1 });
  await post({ do: 'undo', target: String(entry?.id) });
  assert.ok(await shown());
  assert.equal((await post({ do: 'ban', kind: 'paper', target: paper, reason: 'x' })).status, 422);
});
