import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OWNER } from '../../src/model/reader.ts';
import { ORIGIN, openSite, type Site, textOf } from '../support/app.ts';

/** Letters over HTTP, without a browser: written, answered, quoted, edited, deleted, brought back, reported; each step twice. */

let now = Date.parse('2026-11-22T09:00:00Z');
const clock = { now: () => now };
let site: Site;
let paper = '';

before(async () => {
  site = await openSite({ clock });
  const html = await (await site.ask('/?view=wire')).text();
  paper = (/formaction="([^"]+)\/vote"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&');
  assert.notEqual(paper, '');
});
after(() => site[Symbol.asyncDispose]());

const page = async (query = ''): Promise<string> => (await site.ask(paper + query)).text();
const fieldOf = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
const idIn = (answer: Response): string =>
  /#letter-([0-9a-f]{24})$/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';

/** Writes by the page's own form, twice, as an impatient reader does. */
const write = async (body: string, query = ''): Promise<string> => {
  const html = await page(query);
  const fields = {
    do: 'send',
    body,
    key: fieldOf(html, 'key'),
    ...(query.startsWith('?reply') ? { parent: fieldOf(html, 'parent') } : {}),
  };
  const [first, again] = [await site.post(`${paper}/letters`, fields), await site.post(`${paper}/letters`, fields)];
  assert.equal(first.status, 303);
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  const id = idIn(first);
  assert.notEqual(id, '');
  return id;
};

const letterOf = (html: string, id: string): string =>
  new RegExp(`<article class="letter" id="letter-${id}".*?</article>`, 's').exec(html)?.[0] ?? '';

test('a letter sent twice is one, set with its mathematics, counted on every page that lists the paper', async () => {
  const id = await write('See $x^2 < y$, **well** put, @owner and @nobody: 2507.08772.\n\n<script>alert(1)</script>');
  const html = await page();
  const letter = letterOf(html, id);
  for (const part of [
    '<math>',
    '<strong>well</strong>',
    '<a href="/readers/owner">@owner</a> and @nobody:',
    'href="/papers/2507.08772"',
    '&#x3C;script>',
  ])
    assert.ok(letter.includes(part), part);
  assert.ok(!html.includes('<script>alert'));
  assert.equal(html.split(`id="letter-${id}"`).length, 2);
  assert.match(textOf(html), /1 letter here/);
  for (const path of ['/', '/?view=wire']) assert.match(await (await site.ask(path)).text(), />1 letter(?:,|<)/, path);
  const list = (await (await site.ask('/api/daily_papers?limit=100')).json()) as {
    paper: { id: string };
    numComments: number;
  }[];
  const [item] = list.filter(({ paper: { id: one } }) => paper.endsWith(`/${one}`));
  const [card] = await site.app.store.papers.cards([(await site.app.store.letters.get(id))?.paperId ?? ''], OWNER);
  assert.equal(item?.numComments, (card?.comments ?? 0) + 1);
});

test('the same words on another page are another letter', async () => {
  assert.notEqual(await write('Same words.'), await write('Same words.'));
});

test('answers stand under what they answer, quotations say whose words they are', async () => {
  const first = await write('To be answered.\n\nIn two lines.');
  const answer = await write('An answer.', `?reply=${first}`);
  const html = await page();
  assert.ok(html.indexOf(`letter-${answer}"`) > html.indexOf(`letter-${first}"`));
  assert.match(
    html.slice(html.indexOf(`id="letter-${first}"`)),
    /^[\s\S]*?<ol class="thread"><li><article class="letter" id="letter-/,
  );
  assert.equal((await site.app.store.letters.get(answer))?.parentId, first);
  const quoting = textOf(
    /<textarea id="letter-body"[^>]*>([\s\S]*?)<\/textarea>/.exec(await page(`?quote=${first}`))?.[1] ?? '',
  );
  assert.equal(quoting.trim(), '@owner wrote:\n\n> To be answered.\n>\n> In two lines.');
  assert.equal(fieldOf(await page(`?quote=${first}`), 'parent'), first);
});

test('an address leads to the letter, and the letters are JSON for those who ask', async () => {
  const id = await write('At an address.');
  const answer = await site.ask(`/letters/${id}`);
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get('location'), `${paper}#letter-${id}`);
  const json = (await (await site.ask(`${paper}/letters`, { headers: { accept: 'application/json' } })).json()) as {
    count: number;
    letters: { id: string; body: string; html: string; author: { handle: string } }[];
  };
  const found = json.letters.find((one) => one.id === id);
  assert.deepEqual(
    [found?.body, found?.html, found?.author.handle],
    ['At an address.', '<p>At an address.</p>', 'owner'],
  );
  assert.equal((await site.ask('/letters/nothing')).status, 404);
});

test('a preview comes with the words still in the form, and nothing is written', async () => {
  const before = (await page()).split('<article class="letter"').length;
  const answer = await site.post(`${paper}/letters`, { do: 'preview', body: 'So *it* looks & <b>.', key: 'k' });
  assert.equal(answer.status, 200);
  const html = await answer.text();
  assert.match(html, /<section class="preview" aria-label="Preview"><div class="letter-body"><p>So <em>it<\/em> looks/);
  assert.match(html, />\nSo \*it\* looks &amp; &lt;b&gt;\.<\/textarea>/);
  assert.equal(fieldOf(html, 'key'), 'k');
  assert.equal((await page()).split('<article class="letter"').length, before);
  const live = await site.post('/letters/preview', { body: '$x$' });
  assert.deepEqual(await live.json(), { html: '<p><math><mi>x</mi></math></p>', asWritten: false });
});

test('what is too long, or nothing, comes back in the form with the reason', async () => {
  for (const [body, says] of [
    ['x'.repeat(10_001), 'too long by 1 characters'],
    [' \n ', 'nothing in the letter'],
  ] as const) {
    const answer = await site.post(`${paper}/letters`, { do: 'send', body, key: 'k' });
    assert.equal(answer.status, 422);
    const html = await answer.text();
    assert.match(html, new RegExp(`<p class="notice" role="alert">[^<]*${says}`));
    assert.ok(html.includes(`>\n${body}</textarea>`));
    const json = await site.post(
      `${paper}/letters`,
      { do: 'send', body, key: 'k' },
      { headers: { accept: 'application/json' } },
    );
    assert.match(((await json.json()) as { error: string }).error, new RegExp(says));
  }
  assert.ok((await write('x'.repeat(10_000))).length > 0);
});

test('every wording of an edited letter can be read', async () => {
  const id = await write('First *words*.');
  const form = await page(`?edit=${id}`);
  assert.match(form, new RegExp(`action="/letters/${id}"`));
  assert.match(form, />\nFirst \*words\*\.<\/textarea>/);
  for (const _twice of [1, 2]) {
    const answer = await site.post(`/letters/${id}`, { do: 'edit', body: 'Second words.' });
    assert.equal(answer.headers.get('location'), `${paper}#letter-${id}`);
  }
  assert.match(letterOf(await page(), id), />edited<\/a>/);
  const history = await (await site.ask(`/letters/${id}/history`)).text();
  assert.match(history, /As it reads now[\s\S]*Second words\.[\s\S]*Wording 1[\s\S]*First <em>words<\/em>/);
  assert.equal(history.split('class="wording"').length, 3);
});

test('a deleted letter can be brought back for ten minutes, then its words are gone', async () => {
  const id = await write('To be deleted.');
  const wish = (what: string) => site.post(`/letters/${id}`, { do: what });
  for (const _twice of [1, 2]) assert.equal((await wish('delete')).status, 303);
  assert.match(letterOf(await page(), id), /You deleted this letter/);
  assert.ok(!(await (await site.ask(paper, { from: '10.0.0.9' })).text()).includes(id), 'others see nothing of it');
  for (const _twice of [1, 2]) assert.equal((await wish('restore')).status, 303);
  assert.match(letterOf(await page(), id), /To be deleted\./);
  await wish('delete');
  now += 10 * 60_000 + 1;
  assert.equal((await wish('restore')).status, 403);
  assert.ok(!(await page()).includes(id));
  await write('Another, later.');
  assert.equal((await site.app.store.letters.get(id))?.body, '');
  assert.ok(!(await (await site.ask(`/letters/${id}/history`)).text()).includes('To be deleted'));
});

test('a removed letter that was answered keeps its place, with the reason and without its words', async () => {
  const id = await write('Buy my thing.');
  await write('Please do not.', `?reply=${id}`);
  await site.app.store.letters.turn({
    id,
    from: ['open'],
    to: 'removed',
    by: 'mo',
    reason: 'An advert.',
    at: clock.now(),
  });
  const asOthers = await (await site.ask(paper, { from: '10.0.0.9' })).text();
  assert.match(letterOf(asOthers, id), /A moderator has removed this letter\. Reason: An advert\./);
  assert.ok(!asOthers.includes('Buy my thing'));
  assert.match(asOthers, /Please do not\./);
});

test('nobody reports a letter of their own; others’ are reported once', async () => {
  const own = await write('My own.');
  assert.equal((await site.post(`/letters/${own}/report`, { reason: 'Hm' })).status, 403);
  const store = site.app.store.letters;
  const paperId = (await store.get(own))?.paperId ?? '';
  const author = { id: 'bo', handle: 'bo', name: 'Bo' };
  await store.add({
    id: 'b'.repeat(24),
    paperId,
    groupId: null,
    parentId: null,
    author,
    body: 'By Bo.',
    at: clock.now(),
  });
  assert.match(await (await site.ask(`/letters/${'b'.repeat(24)}/report`)).text(), /By Bo\./);
  assert.equal((await site.post(`/letters/${'b'.repeat(24)}/report`, { reason: ' ' })).status, 422);
  for (const reason of ['An advert', 'Again'])
    assert.equal((await site.post(`/letters/${'b'.repeat(24)}/report`, { reason })).status, 303);
  assert.deepEqual(
    (await store.reports(9)).map(({ reader, reason }) => [reader, reason]),
    [[OWNER, 'An advert']],
  );
  for (const wish of ['edit', 'delete', 'restore'])
    assert.equal((await site.post(`/letters/${'b'.repeat(24)}`, { do: wish, body: 'Mine now' })).status, 403, wish);
  assert.equal((await store.get('b'.repeat(24)))?.body, 'By Bo.');
});

test('who is not signed in reads, and finds no form; what they send is refused', async () => {
  const id = await write('For all to read.');
  const answer = await site.ask(paper, { from: '10.0.0.9' });
  const html = await answer.text();
  assert.match(letterOf(html, id), /For all to read\./);
  assert.ok(!html.includes('letter-form') && !html.includes('letter-actions'));
  for (const path of [`${paper}/letters`, `/letters/${id}`, `/letters/${id}/report`, '/letters/preview'])
    assert.equal(
      (await site.post(path, { body: 'x', do: 'delete', reason: 'x' }, { from: '10.0.0.9' })).status,
      403,
      path,
    );
  const foreign = { headers: { origin: 'https://evil.example' } };
  for (const path of [`${paper}/letters`, `/letters/${id}`, `/letters/${id}/report`, '/letters/preview'])
    assert.equal((await site.post(path, { body: 'x', do: 'delete', reason: 'x' }, foreign)).status, 403, path);
  assert.equal((await site.app.store.letters.get(id))?.state, 'open');
});

test('a page with a form in it is kept nowhere; for others it changes with its letters', async () => {
  assert.equal((await site.ask(paper)).headers.get('cache-control'), 'private, no-store');
  const asOther = () => site.ask(paper, { from: '10.0.0.9' });
  const etag = (await asOther()).headers.get('etag');
  assert.equal((await asOther()).headers.get('etag'), etag);
  await write('Something new.');
  assert.notEqual((await asOther()).headers.get('etag'), etag);
});

test('a letter for a paper or in answer to a letter that is not here is refused with a sentence', async () => {
  assert.equal((await site.post('/papers/2001.99999/letters', { body: 'x', key: 'k' })).status, 404);
  const answer = await site.post(`${paper}/letters`, { body: 'Kept words', key: 'k', parent: 'c'.repeat(24) });
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), />\nKept words<\/textarea>/);
  assert.equal(new URL(paper, ORIGIN).pathname, paper);
});

test('letters are written by the calls that Hugging Face has for comments', async () => {
  const send = (path: string, comment: string, key: string) =>
    site.ask(`/api${paper}${path}`, {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ comment }),
    });
  const ids: string[] = [];
  for (const _twice of [1, 2]) {
    const answer = await send('/comment', 'By a *program*.', 'one');
    assert.equal(answer.status, 201);
    ids.push(((await answer.json()) as { id: string }).id);
  }
  assert.equal(ids[0], ids[1]);
  const answer = await send(`/comment/${ids[0]}/reply`, 'In answer.', 'two');
  assert.equal(((await answer.json()) as { parentCommentId: string }).parentCommentId, ids[0]);
  assert.equal((await send('/comment', '', 'three')).status, 400);
  assert.equal((await send('/comment', 'x'.repeat(10_001), 'four')).status, 422);
});
