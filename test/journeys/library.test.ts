import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LibraryPage } from '../../src/model/library.ts';
import { ORIGIN, openSite, type Site, textOf } from '../support/app.ts';

let site: Site;
let papers: readonly string[] = [];
before(async () => {
  site = await openSite();
  const html = await (await site.ask('/?view=wire')).text();
  papers = [...new Set([...html.matchAll(/formaction="(\/papers\/[^"]+)\/save"/g)].map(([, path]) => path ?? ''))];
  assert.ok(papers.length > 20);
});
after(() => site[Symbol.asyncDispose]());

const JSON_PLEASE = { headers: { accept: 'application/json' } };
const at = (n: number): string => papers[n] ?? '';
const save = async (n: number, wish: '0' | '1') =>
  (await site.post(`${at(n)}/save`, { save: wish }, JSON_PLEASE)).json();
const library = async (q = ''): Promise<LibraryPage> =>
  (await site.ask(`/library.json?${new URLSearchParams({ q })}`)).json() as Promise<LibraryPage>;
const clear = async (): Promise<void> => {
  await site.app.store.library.forget('owner');
};
const saved = async (n: number): Promise<void> => {
  await save(n, '1');
};

test('an empty library says how it is filled', async () => {
  const html = await (await site.ask('/library')).text();
  assert.match(html, /Nothing is saved yet/);
  assert.match(html, /<h1 class="title">Library<\/h1>/);
});

test('a paper is saved once however often it is sent, shown as saved at once, and taken out', async () => {
  for (const _ of [1, 2]) assert.deepEqual(await save(0, '1'), { saved: true, undo: null });
  for (const path of ['/', '/?view=wire', at(0), '/library']) {
    const html = await (await site.ask(path)).text();
    assert.ok(html.includes(`formaction="${at(0)}/save" name="save" value="0" aria-pressed="true"`), path);
  }
  assert.equal((await library()).total, 1);
  const gone = (await save(0, '0')) as { saved: boolean; undo: number };
  assert.equal(gone.saved, false);
  assert.equal((await library()).total, 0);
  const back = await site.post('/library', { do: 'restore', undo: String(gone.undo) });
  assert.equal(back.status, 303);
  assert.equal((await library()).total, 1);
  await clear();
});

test('without script the button leads back to the page it stood on', async () => {
  const answer = await site.post(`${at(1)}/save`, { save: '1' }, { headers: { referer: `${ORIGIN}/papers/trending` } });
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/papers/trending']);
  const foreign = await site.post(`${at(1)}/save`, { save: '1' }, { headers: { referer: 'https://evil.example/x' } });
  assert.equal(foreign.headers.get('location'), at(1));
  await clear();
});

test('state, tags, folders and note are kept on the paper’s page, and found by', async () => {
  const fields = {
    state: 'later',
    rating: '4',
    tags: 'RAG, To Read',
    folders: 'Thesis/One',
    note: 'A <b>bold</b> *claim*',
  };
  for (const _ of [1, 2]) {
    const answer = await site.post(`${at(2)}/shelf`, fields);
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, `${at(2)}#shelf`]);
  }
  const html = await (await site.ask(at(2))).text();
  for (const part of [
    'value="rag, to read"',
    'value="Thesis/One"',
    'A &lt;b&gt;bold&lt;/b&gt; *claim*',
    '<details open>',
  ])
    assert.ok(html.includes(part), part);
  for (const q of ['tag:"to read"', 'in:thesis', 'state:later', 'claim', '-nothing'])
    assert.equal((await library(q)).total, 1, q);
  for (const q of ['tag:other', 'in:one', 'state:read', 'zzzz']) assert.equal((await library(q)).total, 0, q);
  const page = await (await site.ask('/library')).text();
  assert.match(page, /#rag<\/a>/);
  assert.ok(!page.includes('<b>bold'));
  await clear();
});

test('one form tags, files, marks and takes out many papers', async () => {
  for (const n of [3, 4, 5]) await saved(n);
  const all = await library();
  const ids = all.items.map(({ entry }) => entry.paperId);
  const send = async (fields: Readonly<Record<string, string>>, chosen: readonly string[]) => {
    const body = new URLSearchParams(fields);
    for (const id of chosen) body.append('id', id);
    return site.ask('/library', {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
  };
  const told = async (answer: Response): Promise<string> => {
    assert.equal(answer.status, 303);
    return textOf(await (await site.ask(answer.headers.get('location') ?? '')).text());
  };
  assert.match(await told(await send({ do: 'tag', value: 'a, b' }, ids.slice(0, 2))), /2 papers changed/);
  assert.equal((await library('tag:a tag:b')).total, 2);
  await send({ do: 'untag', value: 'a' }, ids.slice(0, 1));
  assert.equal((await library('tag:a')).total, 1);
  await send({ do: 'file', value: 'Box/Inner', all: '1', q: 'tag:b' }, []);
  assert.equal((await library('in:box')).total, 2);
  assert.equal((await library('in:Box')).total, 2);
  await send({ do: 'read' }, ids.slice(2));
  assert.equal((await library()).counts.states.read, 1);
  assert.match(await told(await send({ do: 'tag', value: 'x' }, [])), /No paper was chosen/);
  const removed = await send({ do: 'remove', q: 'in:Box', all: '1' }, []);
  assert.match(await told(removed), /2 papers taken out of your library.*Bring back/s);
  assert.equal((await library()).total, 1);
  const undo = new URLSearchParams((removed.headers.get('location') ?? '').split('?')[1]).get('undo') ?? '';
  await send({ do: 'restore', undo }, []);
  assert.equal((await library('in:Box')).total, 2);
  await clear();
});

test('folders are made, renamed and deleted by forms', async () => {
  await saved(6);
  const folder = (fields: Readonly<Record<string, string>>) => site.post('/library/folders', fields);
  assert.equal(
    (await folder({ do: 'create', name: ' New / Box ' })).headers.get('location'),
    '/library?q=in%3A%22New%2FBox%22&did=folder',
  );
  assert.equal((await folder({ do: 'create', name: '/' })).status, 422);
  assert.equal((await folder({ do: 'rename', from: 'New', name: 'Old' })).status, 303);
  assert.equal((await folder({ do: 'rename', from: 'New', name: 'Old' })).status, 404);
  assert.deepEqual((await library()).counts.folders, [{ name: 'Old/Box', papers: 0 }]);
  assert.match(await (await site.ask('/library?q=in%3A%22Old%2FBox%22')).text(), /Delete, keep its papers/);
  assert.equal((await folder({ do: 'delete', from: 'Old' })).status, 303);
  assert.deepEqual((await library()).counts.folders, []);
  assert.equal((await library()).total, 1);
  await clear();
});

const upload = (name: string, text: string, rest: Readonly<Record<string, string>> = {}, origin = ORIGIN) => {
  const mark = 'x-----x';
  const part = (head: string, body: string): string =>
    `--${mark}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
  const body = `${part(`name="file"; filename="${name}"`, text)}${Object.entries(rest)
    .map(([key, value]) => part(`name="${key}"`, value))
    .join('')}--${mark}--\r\n`;
  return site.ask('/library/import', {
    method: 'POST',
    headers: { origin, 'content-type': `multipart/form-data; boundary=${mark}` },
    body,
  });
};

test('a bibliography is brought in, told of, and goes out again in every format', async () => {
  const bib = `@article{own, title={A work of its own kind}, author={Emmy Noether}, year=2020, doi={10.5555/own}, keywords={rings}, annote={Good}}
@misc{bad, author={Nobody}}`;
  for (const saves of [1, 0]) {
    const answer = await upload('mine.bib', bib, { folder: 'Brought' });
    assert.equal(answer.status, 200);
    const said = textOf(await answer.text());
    assert.match(said, new RegExp(`${saves} papers? put into your library; ${saves} new to this Broadsheet`));
    assert.match(said, /Line 2: .*no title/);
  }
  assert.equal((await library('tag:rings in:Brought Good')).total, 1);
  for (const [format, type, says] of [
    ['bibtex', 'application/x-bibtex', /keywords = \{rings\}/],
    ['ris', 'application/x-research-info-systems', /KW {2}- rings/],
    ['csl-json', 'application/vnd.citationstyles.csl+json', /"keyword":"rings"/],
    ['zotero', 'application/json', /"tags":\[\{"tag":"rings"\}\]/],
    ['json', 'application/json', /"note":"Good"/],
  ] as const) {
    const file = await site.ask(`/library/export?format=${format}`);
    assert.match(file.headers.get('content-type') ?? '', new RegExp(`^${type.replace(/[+.]/g, '\\$&')}`));
    assert.match(file.headers.get('content-disposition') ?? '', /^attachment; filename="library/);
    assert.match(await file.text(), says);
  }
  assert.equal((await site.ask('/library/export?format=exe')).status, 400);
  await clear();
});

test('what is no bibliography, too long, foreign or no form is refused, and nothing is taken in', async () => {
  const before = await site.app.store.papers.count();
  assert.equal((await upload('x.exe', 'MZ not a bibliography')).status, 422);
  assert.equal((await upload('mine.bib', '@misc{a, title={T}}', {}, 'https://evil.example')).status, 403);
  assert.equal((await site.post('/library/import', { file: 'x' })).status, 400);
  assert.equal((await upload('big.bib', 'x'.repeat(17 * 1024 * 1024))).status, 413);
  assert.equal((await site.post(`${at(0)}/save`, { save: '1', more: 'x'.repeat(70_000) })).status, 413);
  assert.equal(await site.app.store.papers.count(), before);
});

test('nothing of a library is kept by a cache, or shown to another', async () => {
  await saved(7);
  for (const path of ['/library', '/library.json', '/library/export?format=json', '/following', '/following.json']) {
    const answer = await site.ask(path);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get('cache-control'), 'private, no-store', path);
    assert.equal((await site.ask(path, { from: '10.0.0.3' })).status, 403, path);
  }
  assert.match((await site.ask(at(7))).headers.get('cache-control') ?? '', /private/);
  const elsewhere = await (await site.ask(at(7), { from: '10.0.0.3' })).text();
  assert.ok(!elsewhere.includes('/save"') && !elsewhere.includes('id="shelf"'));
  assert.ok(!(await (await site.ask('/', { from: '10.0.0.3' })).text()).includes('/save"'));
  await clear();
});

test('an author is followed on their page; what comes in is shown once, and put aside', async () => {
  const follow = (wish: string, key = 'cs.LG', kind = 'category') => site.post('/following', { kind, key, wish });
  assert.match(await (await site.ask('/following')).text(), /You follow nothing yet/);
  await site.take([
    {
      id: '2611.00001',
      title: 'Notes on the analytical engine',
      abstract: 'An engine.',
      authors: 'Ada Lovelace',
      categories: 'cs.LG',
      update_date: '2026-11-20',
      versions: [{ version: 'v1', created: 'Fri, 20 Nov 2026 10:00:00 GMT' }],
    },
  ]);
  assert.match(await (await site.ask('/authors/ada-lovelace')).text(), /aria-label="Follow Ada Lovelace">Follow</);
  for (const _ of [1, 2]) assert.equal((await follow('1', 'ada-lovelace', 'author')).status, 303);
  await follow('1');
  assert.equal((await follow('1', 'nobody-at-all', 'author')).status, 404);
  assert.match(await (await site.ask('/authors/ada-lovelace')).text(), /aria-pressed="true"[^>]*>Followed</);
  for (const _ of [1, 2]) {
    const page = await (await site.ask('/following')).text();
    assert.match(page, /New by Ada Lovelace, whom you follow/);
    assert.match(page, /analytical engine/);
    assert.equal(page.match(/<article/g)?.length, 1, 'shown once, though it came by both');
  }
  const seen = await site.post('/following/seen', { id: 'arxiv:2611.00001' });
  assert.equal(seen.status, 303);
  assert.match(await (await site.ask('/following')).text(), /Nothing new/);
  await follow('0', 'ada-lovelace', 'author');
  assert.ok(!(await (await site.ask('/following')).text()).includes('Ada Lovelace'));
  await clear();
});
