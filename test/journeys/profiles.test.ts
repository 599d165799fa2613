import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Reader } from '../../src/model/reader.ts';
import { claimPaper, decideClaim, readClaimQueue, readClaims } from '../../src/services/claim.ts';
import { deleteLeavers, readerData } from '../../src/services/reader-data.ts';
import { openSite, type Site, textOf } from '../support/app.ts';
import { incomingOf } from '../support/drafts.ts';

const PAPER = 'arxiv:2604.00001';
const ADA: Reader = { id: 'id-of-ada', handle: 'ada', name: 'Ada L.', role: 'reader', createdAt: 0 };
const BO: Reader = { id: 'id-of-bo', handle: 'bo', name: 'Bo', role: 'reader', createdAt: 0 };
const MODERATOR: Reader = { ...BO, id: 'mo', role: 'moderator' };

let site: Site;
before(async () => {
  site = await openSite({ firstEdition: false });
  for (const reader of [ADA, BO]) await site.app.store.accounts.create({ ...reader, email: null });
  await site.app.store.papers.save([incomingOf('2604.00001'), incomingOf('2604.00002')], { now: 1 });
  await site.app.store.linkedSignIns.add({
    issuer: 'https://orcid.org',
    subject: '0000-0001-2345-6789',
    accountId: ADA.id,
    site: 'orcid',
    label: 'Ada K. Lovelace',
    linkedAt: 1,
  });
});
after(() => site[Symbol.asyncDispose]());

const page = async (path: string): Promise<string> => (await site.ask(path)).text();
const json = async (path: string) => (await site.ask(path)).json() as Promise<Record<string, unknown>>;

test('a sign-in at ORCID under an author’s name is enough; another name waits for a moderator', async () => {
  const claim = { paperId: PAPER, reader: ADA, authorKey: 'ada-lovelace', evidence: '' };
  const granted = await claimPaper(site.app, claim);
  assert.deepEqual(granted.ok && [granted.value.state, granted.value.decidedBy], ['granted', 'orcid']);
  assert.deepEqual(await claimPaper(site.app, claim), granted, 'said twice it is once');
  const second = { ...claim, paperId: 'arxiv:2604.00002', authorKey: 'emmy-noether', evidence: 'I changed my name.' };
  const waits = await claimPaper(site.app, second);
  assert.equal(waits.ok && waits.value.state, 'requested');
  const [waiting] = await readClaimQueue(site.app, 'requested');
  assert.deepEqual(
    [waiting?.by?.handle, waiting?.authorName, waiting?.claim.evidence],
    ['ada', 'Emmy Noether', 'ORCID 0000-0001-2345-6789, Ada K. Lovelace. I changed my name.'],
  );
  const taken = await claimPaper(site.app, { ...claim, reader: BO });
  assert.equal(taken.ok && taken.value.state, 'requested', 'without ORCID, and of an author who is known');
  assert.equal((await claimPaper(site.app, { ...claim, authorKey: 'nobody' })).ok, false);
});

test('moderators decide, and take it back; readers do not', async () => {
  const which = { paperId: PAPER, of: BO.id };
  assert.equal((await decideClaim(site.app, { ...which, by: ADA, state: 'granted' })).ok, false);
  assert.ok((await decideClaim(site.app, { ...which, by: MODERATOR, state: 'refused', reason: 'Another Ada.' })).ok);
  const again = await claimPaper(site.app, { paperId: PAPER, reader: BO, authorKey: 'emmy-noether', evidence: '' });
  assert.deepEqual(again.ok, false, 'a refused claim stays refused');
  assert.match(
    textOf(await page('/moderation/log')),
    /refused the claim of Bo to have written arxiv:2604\.00001\.[\s\S]*Another Ada\./,
  );
  const shown = await readClaims(site.app, PAPER, BO);
  assert.deepEqual([shown.own?.state, shown.refusal], ['refused', 'Another Ada.'], 'who claimed it is told why');
  const own = { paperId: PAPER, of: MODERATOR.id, by: MODERATOR } as const;
  await claimPaper(site.app, { paperId: PAPER, reader: MODERATOR, authorKey: 'emmy-noether', evidence: 'I say so.' });
  const granted = await decideClaim(site.app, { ...own, state: 'granted' });
  assert.deepEqual(granted.ok ? '' : granted.code, 'forbidden', 'nobody decides about their own');
  assert.ok((await decideClaim(site.app, { ...which, by: MODERATOR, state: 'requested' })).ok);
  assert.match(textOf(await page('/submissions')), /Claims that wait[\s\S]*Bo says: I am Ada Lovelace/);
});

test('the owner claims a paper by the form, is shown as its author, and takes it back', async () => {
  const path = '/papers/2604.00002';
  assert.match(await page(path), /I wrote this/);
  const sent = await site.post(`${path}/claim`, { do: 'claim', author: 'emmy-noether', evidence: 'My page.' });
  assert.equal(sent.headers.get('location'), `${path}#authors`);
  assert.match(textOf(await page(path)), /a moderator will look at it/);
  await site.post('/moderation', { do: 'grant', kind: 'claim', target: 'owner arxiv:2604.00002' });
  assert.match(await page(path), /<a href="\/readers\/owner">Emmy Noether<\/a>/);
  assert.match(textOf(await page('/authors/emmy-noether')), /Emmy Noether reads here: The owner/);
  assert.match(textOf(await page('/readers/owner')), /Papers[\s\S]*On 2604\.00002/);
  await site.post(`${path}/claim`, { do: 'withdraw' });
  assert.match(await page(path), /<a href="\/authors\/emmy-noether">Emmy Noether<\/a>/);
});

test('a profile shows what its reader shows, and votes only when they say so', async () => {
  await site.post(`/papers/2604.00002/vote`, { vote: '1' });
  assert.doesNotMatch(textOf(await page('/readers/owner')), /Voted for/);
  const fields = { about: 'I print <b>papers</b>.', links: 'example.org/me', shown: 'votes' };
  const saved = await site.post('/readers/owner/edit', fields);
  assert.equal(saved.headers.get('location'), '/readers/owner');
  const shown = await page('/readers/owner');
  assert.match(textOf(shown), /I print <b>papers<\/b>\.[\s\S]*example\.org\/me[\s\S]*Voted for[\s\S]*On 2604\.00002/);
  assert.doesNotMatch(shown, /<b>papers/);
  const value = await json('/readers/owner.json');
  assert.deepEqual([value.about, value.links, value.submissions], [fields.about, ['https://example.org/me'], null]);
  const wrong = await site.post('/readers/owner/edit', { about: 'Kept', links: 'javascript:alert(1)' });
  assert.equal(wrong.status, 422);
  assert.match(await wrong.text(), /Links are web addresses[\s\S]*Kept<\/textarea>/);
  assert.equal((await site.ask('/readers/ada/edit')).status, 404, 'not one’s own');
  assert.equal((await site.ask('/readers/nobody')).status, 404);
});

test('lists that grow go on, fifty at a time, on pages of their own', async () => {
  const drafts = Array.from({ length: 103 }, (_, n) => incomingOf(`2605.${10_000 + n}`));
  const saved = await site.app.store.papers.save(drafts, { now: 1 });
  for (const [n, { id }] of saved.entries())
    await site.app.store.votes.cast({ paperId: id, reader: BO.id, wish: true, at: 1_000 + n });
  await site.app.store.profiles.put({ reader: BO.id, about: 'I vote.', links: [], shown: ['votes'], changedAt: 1 });
  const votesAt = async (path: string): Promise<readonly string[]> =>
    ((await json(path)).votes as { paper: { id: string } }[]).map(({ paper }) => paper.id);
  const first = await votesAt('/readers/bo.json');
  assert.equal(first.length, 50);
  assert.match(await page('/readers/bo'), /href="\/readers\/bo\?list=votes">All of them/);
  const pages = await Promise.all([1, 2, 3, 4].map((p) => votesAt(`/readers/bo.json?list=votes&p=${p}`)));
  assert.deepEqual(
    pages.map(({ length }) => length),
    [50, 50, saved.length - 100, 0],
  );
  assert.deepEqual(pages[0], first);
  assert.equal(new Set(pages.flat()).size, saved.length);
  const third = await page('/readers/bo?list=votes&p=3');
  assert.match(third, /href="\/readers\/bo\?list=votes&amp;p=2">Newer/);
  assert.doesNotMatch(third, />Older<|I vote\./);
  assert.doesNotMatch(await page('/readers/bo?list=library'), /Library<\/h2>/, 'not shown by its reader');
  assert.equal((await site.ask('/readers/bo?list=nonsense&p=-1')).status, 200);
});

test('what a reader submitted, claimed and says of themselves is handed to them, and goes with them', async () => {
  await site.app.store.submissions.add(
    [{ paperId: PAPER, reader: ADA.id, day: '2026-11-22', at: 1, note: 'Good.' }],
    null,
  );
  const draft = { id: 'd', reader: ADA.id, at: 1, state: 'waiting', note: 'Soon.', body: '{"found":[]}' } as const;
  await site.app.store.submissions.drafts.put({ ...draft, decidedBy: null, decidedAt: null });
  await site.app.store.letters.report({ letterId: 'l', reader: ADA.id, reason: 'Rude.', at: 1 });
  const data = await readerData(site.app, ADA.id);
  const at = '1970-01-01T00:00:00.001Z';
  assert.deepEqual(data.submissionDrafts, [{ at, state: 'waiting', note: 'Soon.', found: { found: [] } }]);
  assert.deepEqual(data.reports, [{ letter: 'l', reason: 'Rude.', at }]);
  assert.deepEqual(data.submissions, [{ paper: PAPER, on: '2026-11-22', note: 'Good.' }]);
  assert.equal((data.claims as unknown[]).length, 2);
  await site.app.store.accounts.change(ADA.id, { leavingAt: 1 });
  assert.equal(await deleteLeavers(site.app), 1);
  assert.deepEqual(await site.app.store.submissions.by(ADA.id, 9), []);
  assert.deepEqual(await site.app.store.claims.of(ADA.id), []);
  assert.deepEqual(await site.app.store.submissions.drafts.of(ADA.id), []);
  assert.deepEqual(await site.app.store.letters.reportsBy(ADA.id), []);
  assert.equal((await site.ask('/readers/ada')).status, 404);
});
