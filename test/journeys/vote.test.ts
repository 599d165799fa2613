import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Asking, ORIGIN, openSite, type Site } from '../support/app.ts';

let site: Site;
let address = '';
before(async () => {
  site = await openSite();
  const html = await (await site.ask('/?view=wire')).text();
  address = /formaction="([^"]+\/vote)"/.exec(html)?.[1] ?? '';
  assert.notEqual(address, '');
});
after(() => site[Symbol.asyncDispose]());

const JSON_PLEASE = { headers: { accept: 'application/json' } };
const tally = async (vote: string): Promise<unknown> => (await site.post(address, { vote }, JSON_PLEASE)).json();
const paper = (): string => address.replace(/\/vote$/, '');

test('a vote counts once however often it is sent, and can be taken back', async () => {
  for (const _ of [1, 2]) assert.deepEqual(await tally('1'), { votes: 1, voted: true });
  for (const _ of [1, 2]) assert.deepEqual(await tally('0'), { votes: 0, voted: false });
});

test('many votes at once count as one', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => tally('1')));
  assert.equal(answers.length, 40);
  assert.deepEqual(await tally('1'), { votes: 1, voted: true });
  await tally('0');
});

test('without script the form leads back to the page it stood on, which shows the vote at once', async () => {
  const answer = await site.post(address, { vote: '1' }, { headers: { referer: `${ORIGIN}/papers/trending` } });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/papers/trending');
  for (const path of ['/', '/papers/trending', '/papers/date/2026-04-20', paper()]) {
    const html = await (await site.ask(path)).text();
    assert.ok(html.includes(`formaction="${address}" name="vote" value="0" aria-pressed="true"`), path);
  }
  await site.post(address, { vote: '0' });
  assert.ok(!(await (await site.ask('/')).text()).includes('aria-pressed="true"'));
});

test('a foreign page never becomes the address to go back to', async () => {
  for (const referer of ['https://evil.example/papers', `${ORIGIN}.evil.example/`, 'javascript:alert(1)', '//evil', ''])
    assert.equal(
      (await site.post(address, { vote: '1' }, { headers: { referer } })).headers.get('location'),
      paper(),
      referer,
    );
  const doubled = await site.post(address, { vote: '0' }, { headers: { referer: `${ORIGIN}//evil.example/` } });
  assert.equal(doubled.headers.get('location'), '/evil.example/');
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const REFUSED: readonly (readonly [what: string, status: number, asking: Asking])[] = [
  ['no Origin', 403, { method: 'POST', headers: FORM, body: 'vote=1' }],
  ['a null Origin', 403, { method: 'POST', headers: { ...FORM, origin: 'null' }, body: 'vote=1' }],
  ['a foreign Origin', 403, { method: 'POST', headers: { ...FORM, origin: 'https://evil.example' }, body: 'vote=1' }],
  [
    'an Origin of another port',
    403,
    { method: 'POST', headers: { ...FORM, origin: 'http://localhost:1' }, body: 'vote=1' },
  ],
  [
    'an Origin that starts like ours',
    403,
    { method: 'POST', headers: { ...FORM, origin: `${ORIGIN}.evil.example` }, body: 'vote=1' },
  ],
  [
    'Sec-Fetch-Site: cross-site',
    403,
    { method: 'POST', headers: { ...FORM, origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, body: 'vote=1' },
  ],
  ['text/plain', 400, { method: 'POST', headers: { 'content-type': 'text/plain', origin: ORIGIN }, body: 'vote=1' }],
  ['no content type', 400, { method: 'POST', headers: { origin: ORIGIN, 'content-type': '' }, body: 'vote=1' }],
  ['another field', 400, { method: 'POST', headers: { ...FORM, origin: ORIGIN }, body: 'votes=1' }],
  ['another value', 400, { method: 'POST', headers: { ...FORM, origin: ORIGIN }, body: 'vote=2' }],
  ['GET', 404, {}],
  [
    'another machine',
    403,
    { method: 'POST', headers: { ...FORM, origin: ORIGIN }, body: 'vote=1', from: '192.168.1.7' },
  ],
  [
    'another machine that says it is this one',
    403,
    {
      method: 'POST',
      headers: { ...FORM, origin: ORIGIN, 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
      body: 'vote=1',
      from: '192.168.1.7',
    },
  ],
  [
    'a foreign name rebound to this machine',
    403,
    {
      method: 'POST',
      headers: { ...FORM, origin: 'http://evil.example:3000', host: 'evil.example:3000' },
      body: 'vote=1',
    },
  ],
];

for (const [what, status, asking] of REFUSED) {
  test(`a vote with ${what} is refused and counts nothing`, async () => {
    const answer = await site.ask(address, asking);
    assert.equal(answer.status, status);
    assert.ok(!(await (await site.ask(paper())).text()).includes('aria-pressed="true"'));
  });
}

test('a body over the limit is refused', async () => {
  const answer = await site.post(address, { vote: '1', more: 'x'.repeat(70_000) });
  assert.equal(answer.status, 413);
});

test('a paper that is not here takes no vote', async () => {
  assert.equal((await site.post('/papers/no-such-paper/vote', { vote: '1' })).status, 404);
  assert.equal((await site.post('/papers/no-such-paper', { vote: '1' })).status, 405);
});

test('where voting is not open there is no button, only a count', async () => {
  await site.post(address, { vote: '1' });
  const html = await (await site.ask('/', { from: '10.0.0.3' })).text();
  assert.ok(!html.includes('formaction='));
  assert.match(html, /<span class="tally">1 vote<\/span>/);
  const elsewhere = await site.ask('/', { headers: { host: 'papers.example' } });
  assert.ok(!(await elsewhere.text()).includes('formaction='));
  await site.post(address, { vote: '0' });
});
