import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/kernel/clock.ts';
import type { Reader } from '../../src/model/reader.ts';
import { setEdition } from '../../src/services/edition.ts';
import { confirmSubmission, lookForSubmission, submitNow } from '../../src/services/submit.ts';
import { decideSubmission } from '../../src/services/submit-decide.ts';
import { readSubmitPreview } from '../../src/services/submit-read.ts';
import { ORIGIN, openSite, type Site, textOf } from '../support/app.ts';
import { broadsheet } from '../support/command.ts';
import { openWebOfPapers, type WebOfPapers } from '../support/web-of-papers.ts';

const NATURE = 'doi:10.1038/srep16696';

let papers: WebOfPapers;
let site: Site;
before(async () => {
  papers = await openWebOfPapers();
  site = await openSite({ env: papers.env, clock: systemClock });
});
after(async () => {
  await site[Symbol.asyncDispose]();
  await papers[Symbol.asyncDispose]();
});

const page = async (path: string): Promise<string> => (await site.ask(path)).text();
const look = async (what: string, note = ''): Promise<Response> => site.post('/submit', { what, note });
const foundAt = async (what: string, note = ''): Promise<string> => {
  const answer = await look(what, note);
  assert.equal(answer.status, 303, textOf(await answer.clone().text()));
  return answer.headers.get('location') ?? '';
};
const deps = () => ({ ...site.app, bases: site.app.config.sourceUrls, keys: {} });
const somebody = (id: string, role: Reader['role'] = 'reader'): Reader => ({
  id,
  handle: id,
  name: id,
  role,
  createdAt: 0,
});

test('a DOI is looked up, seen before it is confirmed, submitted once, and stands in “Just in”', async () => {
  const at = await foundAt('https://doi.org/10.1038/srep16696', 'Read the *appendix*.');
  assert.equal(await site.app.store.papers.resolve(NATURE), null, 'nothing is taken in before it is confirmed');
  const preview = await page(at);
  assert.match(textOf(preview), /Is this the paper\?[\s\S]*New here\./);
  assert.match(preview, /Read the \*appendix\*\.<\/textarea>/);
  const sent = await Promise.all([1, 2, 3].map(() => site.post(at, { note: 'Read the *appendix*.', choose: '0' })));
  for (const answer of sent) {
    assert.equal(answer.status, 303, await answer.text());
    assert.equal(answer.headers.get('location'), '/papers/doi:10.1038/srep16696#submitted');
  }
  assert.equal((await site.app.store.submissions.by('owner', 9)).length, 1);
  assert.match(textOf(await page(`/papers/${NATURE}`)), /Submitted by The owner:\s*Read the appendix\./);
  const front = textOf(await page('/'));
  assert.match(front, /Just in[\s\S]*Submitted by The owner: Read the appendix\./);
  assert.match(textOf(await page('/?view=wire')), /Just in/);
  const after = await page(at);
  assert.match(textOf(after), /This is submitted\./);
  assert.ok(after.includes('href="/papers/doi:10.1038/srep16696"'), 'and leads to the paper');
});

test('what is here already is said to be, and the note is added there', async () => {
  const before = papers.asked.length;
  const at = await foundAt('10.1038/srep16696');
  assert.equal(papers.asked.length, before, 'nobody is asked for what is here');
  assert.match(textOf(await page(at)), /This paper is here already, with 0 votes; submitted by The owner\./);
  const ada = somebody('ada');
  const added = await submitNow(deps(), { reader: ada, text: NATURE, note: 'And the figures.' });
  assert.deepEqual(added, { ok: true, value: { kind: 'done', papers: [NATURE], missing: [] } });
  assert.match(
    textOf(await page(`/papers/${NATURE}`)),
    /Submitted by The owner:[\s\S]*Submitted by a reader who left:\s*And the figures/,
  );
});

test('a page of another site names its paper by DOI, or describes it itself', async () => {
  assert.match(textOf(await page(await foundAt(`${papers.origin}/doi`))), /This paper is here already/);
  const at = await foundAt(`${papers.origin}/own`);
  assert.match(textOf(await page(at)), /A paper that only its own page knows of\s*Ada Lovelace, Emmy Noether/);
  const sent = await site.post(at, { choose: '0' });
  const paper = sent.headers.get('location') ?? '';
  const shown = await page(paper);
  assert.match(textOf(shown), /We show that a < b and/);
  assert.match(textOf(shown), /Came in by a web page/);
});

test('where nothing is found, one sentence says why, and the form keeps what was written', async () => {
  for (const [what, says, status] of [
    ['', /Nothing was pasted/, 422],
    ['hello world', /That names no paper/, 422],
    [`${papers.origin}/shoes`, /the page names no paper by arXiv id or DOI/, 422],
    [`${papers.origin}/pages/none`, /answered with 404/, 422],
    ['10.5555/no-such-thing', /Nobody knows doi:10\.5555\/no-such-thing/, 422],
    ['http://127.0.0.1:9/', /The page could not be read/, 503],
    ['http://169.254.169.254/latest/meta-data', /The page could not be read/, 503],
  ] as const) {
    const answer = await look(what, 'My note');
    const html = await answer.text();
    assert.equal(answer.status, status, `${what}: ${textOf(html)}`);
    assert.match(textOf(html), says, what);
    assert.match(html, /My note<\/textarea>/);
  }
});

test('the address of a paper that is not here leads to the form that brings it in; other addresses do not', async () => {
  for (const [address, what] of [
    ['/papers/1706.03762', 'arxiv:1706.03762'],
    ['/papers/doi:10.5555/none', 'doi:10.5555/none'],
    ['/papers/no-such-paper', null],
  ] as const) {
    const answer = await site.ask(address);
    assert.equal(answer.status, 404);
    const link = /href="(\/submit\?what=[^"]+)"/.exec(await answer.text())?.[1] ?? null;
    assert.equal(link, what === null ? null : `/submit?what=${encodeURIComponent(what)}`);
    if (link !== null) assert.ok((await page(link)).includes(`>${what}</textarea>`));
  }
});

test('a bibliography is handed in as a file; of several papers some are chosen', async () => {
  const form = new FormData();
  const entry = (key: string, title: string) =>
    `@article{${key}, title={${title}}, author={Lovelace, Ada and Noether, Emmy}, year={2019}}\n`;
  const bib = entry('a', 'The first of two papers in a file') + entry('b', 'The second of two papers in a file');
  form.set('file', new File([bib], 'two.bib'));
  const sent = new Response(form);
  const answer = await site.web.request(
    `${ORIGIN}/submit`,
    {
      method: 'POST',
      headers: { origin: ORIGIN, host: 'localhost:3000', 'content-type': sent.headers.get('content-type') ?? '' },
      body: await sent.arrayBuffer(),
    },
    { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
  );
  assert.equal(answer.status, 303, textOf(await answer.clone().text()));
  const at = answer.headers.get('location') ?? '';
  assert.match(textOf(await page(at)), /2 papers found/);
  const done = await site.post(at, { choose: '1' });
  assert.match(textOf(await page(done.headers.get('location') ?? '')), /The second of two papers/);
  const titles = [];
  for await (const { title } of site.app.store.papers.all()) titles.push(title);
  assert.ok(!titles.some((title) => title.startsWith('The first of two papers')));
});

test('a limit a day is kept and said; moderators have none', async () => {
  const reader = somebody('bo');
  const ids: string[] = [];
  for await (const { id } of site.app.store.papers.all()) if (ids.length < 6) ids.push(id);
  const add = (paperId: string) =>
    site.app.store.submissions.add(
      [{ paperId, reader: 'bo', day: new Date().toISOString().slice(0, 10), at: 0, note: '' }],
      null,
    );
  for (const id of ids.filter((id) => id !== NATURE).slice(0, 5)) await add(id);
  const refused = await submitNow(deps(), { reader, text: NATURE, note: '' });
  assert.deepEqual(
    [refused.ok, refused.ok ? '' : refused.code, refused.ok ? '' : refused.message],
    [false, 'too-many', 'At most 5 papers a day may be submitted by a reader here. Come back tomorrow.'],
  );
  const trusted = await submitNow(deps(), { reader: { ...reader, role: 'trusted' }, text: NATURE, note: '' });
  assert.ok(trusted.ok);
});

test('first submissions wait where the operator says so, and a moderator lets them through', async () => {
  const config = { ...site.app.config, submit: { ...site.app.config.submit, review: true } };
  const strict = { ...deps(), config };
  const reader = somebody('cy');
  const draft = await lookForSubmission(strict, { reader, text: '10.1002/jor.1100150407', note: 'New', file: null });
  assert.ok(draft.ok);
  const wish = { reader, id: draft.value.id, note: 'New', chosen: [0] };
  assert.deepEqual(await confirmSubmission(strict, wish), { ok: true, value: { kind: 'waiting' } });
  assert.equal(await site.app.store.papers.resolve('doi:10.1002/jor.1100150407'), null);
  assert.match(textOf(await page('/submissions')), /First submissions that wait[\s\S]*By a reader who left: New/);
  const looked = await page(`/submit/${draft.value.id}`);
  assert.match(
    textOf(looked),
    /This waits for a moderator[\s\S]*Richard L\. Lieber[\s\S]*Twenty‐two beagles/,
    'a moderator sees what it is',
  );
  assert.ok(looked.includes('href="https://doi.org/10.1002/jor.1100150407"'));
  assert.ok((await page('/submissions')).includes(`href="/submit/${draft.value.id}"`));
  const draftDeed = (action: string, reason = '') =>
    site.post('/moderation', { do: action, kind: 'draft', target: draft.value.id, reason });
  assert.equal((await draftDeed('refuse')).status, 422, 'a refusal says why');
  assert.equal((await draftDeed('refuse', 'It is an advertisement.')).status, 303);
  assert.deepEqual((await confirmSubmission(strict, wish)).ok, false);
  const told = await readSubmitPreview(strict, { reader, id: draft.value.id });
  assert.equal(told.ok && told.value.refusal, 'It is an advertisement.', 'its reader is told why');
  assert.match(
    textOf(await page(`/submit/${draft.value.id}`)),
    /has refused this submission\. It is an advertisement\./,
  );
  assert.match(
    textOf(await page('/moderation/log')),
    /The owner refused a submission\s+of a reader who left\.[\s\S]*It is an advertisement\./,
  );
  const paper = 'doi:10.1002/jor.1100150407';
  for (const _ of [1, 2]) assert.equal((await draftDeed('accept')).status, 303);
  const by = { id: draft.value.id, by: somebody('mo', 'moderator'), wish: 'accept' } as const;
  assert.deepEqual(await decideSubmission(strict, by), { ok: true, value: { kind: 'done', papers: [paper] } });
  const submitted = async () => (await site.app.store.submissions.of([paper])).get(paper)?.map(({ note }) => note);
  assert.deepEqual(await submitted(), ['New']);
  const [entry] = await site.app.store.moderation.log({ limit: 1 });
  assert.deepEqual([entry?.action, entry?.kind, entry?.actor], ['accept', 'draft', 'owner']);
  await site.post('/moderation', { do: 'undo', target: String(entry?.id) });
  assert.equal(await submitted(), undefined);
  assert.match(textOf(await page('/submissions')), /Refused submissions[\s\S]*By a reader who left: New/);
  assert.ok((await decideSubmission(strict, by)).ok);
  assert.deepEqual(await submitted(), ['New']);
  const second = await submitNow(strict, { reader, text: NATURE, note: '' });
  assert.deepEqual(second.ok && second.value.kind, 'done', 'the second does not wait');
});

test('the next edition places a submitted paper first, says why, and names who submitted it', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const set = await setEdition(site.app, { ...site.app.config.edition, categories: ['cs.XX'] }, today);
  assert.ok(set.ok && set.value !== null);
  assert.ok(set.value.placements.includes(NATURE));
  assert.match(textOf(await page(`/papers/${NATURE}`)), /By a reader’s submission, new/);
  const front = textOf(await page('/'));
  assert.match(front, /Submitted by The owner and 3 others: Read the appendix\./);
  assert.doesNotMatch(front, /Just in[\s\S]*srep16696/);
  const api = (await (await site.ask(`/api/papers/${NATURE}`)).json()) as { submittedOnDailyBy: { user: string } };
  assert.equal(api.submittedOnDailyBy.user, 'owner');
  const daily = (await (await site.ask('/api/daily_papers?submitter=owner')).json()) as { paper: { id: string } }[];
  assert.ok(daily.some(({ paper }) => paper.id === NATURE));
});

test('programs submit in one request', async () => {
  const answer = await site.ask('/api/papers/submit', {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json' },
    body: JSON.stringify({ paper_id: '10.1002/jor.1100150407', comment: 'Short.' }),
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(((await answer.json()) as { papers: string[] }).papers, ['doi:10.1002/jor.1100150407']);
});

test('a submission is taken back by who made it, and by no other reader', async () => {
  const path = `/papers/${NATURE}/submission`;
  assert.equal((await site.post(path, { do: 'withdraw' })).status, 303);
  assert.ok(!(await site.app.store.submissions.of([NATURE])).get(NATURE)?.some(({ reader }) => reader === 'owner'));
});

test('the owner submits from the command line', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-submit-'));
  const run = (...args: string[]) =>
    broadsheet(dataDir, ['submit', ...args], { env: { ...papers.env, BROADSHEET_EMBED: 'off' } });
  try {
    const sent = await run('10.1038/srep16696', '--note', 'Read it.');
    assert.equal(sent.code, 0, sent.err);
    assert.match(sent.out, /^Submitted: Single-molecule FRET[^\n]*\n +doi:10\.1038\/srep16696\n/);
    const nothing = await run('hello');
    assert.deepEqual(
      [nothing.code, nothing.err],
      [65, 'That names no paper: write an arXiv id, a DOI, or the address of a page.\n'],
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
