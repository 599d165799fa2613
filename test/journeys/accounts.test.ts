import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sweepAccounts } from '../../src/jobs/accounts.ts';
import { changeRole } from '../../src/services/session.ts';
import {
  type AccountSite,
  cookieFor,
  cookiesOf,
  makeAccount,
  openAccountSite,
  tokenFor,
  tokenOf,
} from '../support/accounts.ts';
import { ORIGIN, textOf } from '../support/app.ts';

const DAY_MS = 86_400_000;

let site: AccountSite;
let vote = '';
before(async () => {
  site = await openAccountSite({ firstEdition: true });
  vote = /formaction="([^"]+\/vote)"/.exec(await (await site.ask('/?view=wire')).text())?.[1] ?? '';
  assert.notEqual(vote, '');
});
after(() => site[Symbol.asyncDispose]());

/** Asks for a link, follows the letter, presses the button. */
const signIn = async (email: string, headers: Record<string, string> = {}, from = '127.0.0.1'): Promise<Response> => {
  const seen = (await site.letters(email)).length;
  const asked = await site.post('/sign-in', { email, onward: '/editions' }, { from });
  assert.equal(asked.status, 200);
  const token = tokenOf(await site.letter(email, seen));
  return site.post('/sign-in/link', { t: token }, { headers });
};

const seesMe = async (cookie: string): Promise<number> => (await site.ask('/account', { headers: { cookie } })).status;

test('a link in a letter signs in, makes the account, and goes on to where one was', async () => {
  const answer = await signIn('ada@example.org');
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/editions');
  const [cookie = ''] = answer.headers.getSetCookie();
  assert.match(cookie, /^broadsheet-session=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.equal(await seesMe(cookiesOf(answer)), 200);
  assert.equal((await site.app.store.accounts.byEmail('ADA@example.org'))?.role, 'reader');
  const stored = (
    await site.app.store.sessions.of((await site.app.store.accounts.byEmail('ada@example.org'))?.id ?? '')
  )[0];
  assert.ok(!cookie.includes(stored?.hash ?? 'none'), 'the token itself is not kept');
});

test('who has said no name yet is asked for one where it will stand', async () => {
  const cookie = cookiesOf(await signIn('nameless@example.org'));
  const paper = (await site.app.store.editions.latest())?.placements[0] ?? '';
  const form = async (): Promise<string> =>
    textOf(await (await site.ask(`/papers/${paper}`, { headers: { cookie } })).text());
  assert.match(await form(), /You write as reader-\w{4}\. Choose a name/);
  await site.post('/account', { do: 'profile', name: 'Nell', handle: 'nell' }, { headers: { cookie } });
  assert.doesNotMatch(await form(), /Choose a name/);
});

test('beyond this machine the cookie is __Host- and secure, and browsers are told to come by https', async () => {
  await using secure = await openAccountSite({ env: { BROADSHEET_PUBLIC_URL: 'https://papers.example' } });
  const headers = { host: 'papers.example', origin: 'https://papers.example' };
  await secure.post('/sign-in', { email: 'ada@example.org' }, { headers });
  const letter = await secure.letter('ada@example.org');
  assert.ok(letter.includes('https://papers.example/sign-in/link?t='), 'the host of the request decides nothing');
  const answer = await secure.post('/sign-in/link', { t: tokenOf(letter) }, { headers });
  const [cookie = ''] = answer.headers.getSetCookie();
  assert.match(
    cookie,
    /^__Host-broadsheet-session=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  for (const path of ['/', '/nowhere', '/account', '/assets/none'])
    assert.match((await secure.ask(path)).headers.get('strict-transport-security') ?? '', /^max-age=\d{8}/, path);
  const evil = await secure.post(
    '/sign-in',
    { email: 'bo@example.org' },
    { headers: { host: 'evil.example', origin: 'http://evil.example' } },
  );
  assert.equal(evil.status, 200);
  assert.ok((await secure.letter('bo@example.org')).includes('https://papers.example/'));
});

test('looking at a link spends nothing; of fifty who press the button at once, one is signed in', async () => {
  await site.post('/sign-in', { email: 'fifty@example.org' });
  const token = tokenOf(await site.letter('fifty@example.org'));
  for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS']) {
    const look = await site.ask(`/sign-in/link?t=${token}`, { method });
    assert.deepEqual(look.headers.getSetCookie(), []);
    if (method === 'GET') assert.match(await look.text(), /fifty@example\.org/);
  }
  const answers = await Promise.all(Array.from({ length: 50 }, () => site.post('/sign-in/link', { t: token })));
  assert.deepEqual(
    [answers.filter(({ status }) => status === 303).length, answers.filter(({ status }) => status === 404).length],
    [1, 49],
  );
  const account = await site.app.store.accounts.byEmail('fifty@example.org');
  assert.equal((await site.app.store.sessions.of(account?.id ?? '')).length, 1);
  assert.equal((await site.ask(`/sign-in/link?t=${token}`)).status, 404);
});

test('a link is good for ten minutes', async () => {
  await site.post('/sign-in', { email: 'late@example.org' });
  const token = tokenOf(await site.letter('late@example.org'));
  site.clock.forward(600_000);
  assert.equal((await site.post('/sign-in/link', { t: token })).status, 404);
  assert.equal(await site.app.store.accounts.byEmail('late@example.org'), null);
});

test('whether an address is known is told by no answer', async () => {
  await using invited = await openAccountSite({ env: { BROADSHEET_ACCOUNTS: 'invited' } });
  const closed = await makeAccount(invited);
  await invited.app.store.accounts.change(closed.id, { disabledAt: 1, disabledWhy: 'It sold herons.' });
  const known = await makeAccount(invited);
  const calls: string[] = [];
  const { accounts, mailLinks, rates, invitations } = invited.app.store;
  for (const [name, part] of Object.entries({ accounts, mailLinks, rates, invitations }))
    for (const [verb, does] of Object.entries(part))
      Object.assign(part, {
        [verb]: (...args: unknown[]) => {
          calls.push(`${name}.${verb}`);
          return (does as (...args: unknown[]) => unknown)(...args);
        },
      });
  const ask = async (email: string): Promise<unknown> => {
    calls.length = 0;
    const answer = await invited.post('/sign-in', { email });
    const page = (await answer.text()).replaceAll(email, 'EMAIL');
    await invited.letter(email);
    const headers = [...answer.headers].filter(([name]) => !['etag', 'content-length'].includes(name));
    return { status: answer.status, page, headers, work: [...calls] };
  };
  const [first, ...others] = [
    await ask(known.email ?? ''),
    await ask('stranger@example.org'),
    await ask(closed.email ?? ''),
  ];
  for (const other of others) assert.deepEqual(other, first);
  const toStranger = await invited.letter('stranger@example.org');
  assert.equal(tokenOf(toStranger), '', 'a letter, but no way in');
  const toClosed = await invited.letter(closed.email ?? '');
  assert.equal(tokenOf(toClosed), '');
  assert.match(toClosed, /closed this account\. Reason: It sold herons\./, 'whose address it is learns why');
  assert.doesNotMatch(toStranger, /closed this account/);
  assert.notEqual(tokenOf(await invited.letter(known.email ?? '')), '');
});

test('letters to one address and asking from one network end, without a word of why', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 7; n++)
    statuses.push((await site.post('/sign-in', { email: 'much@example.org' }, { from: `10.0.0.${n}` })).status);
  assert.deepEqual(statuses, Array(7).fill(200));
  await site.letter('much@example.org', 4);
  assert.equal((await site.letters('much@example.org')).length, 5);
  const from = (n: number) => `2001:db8:1:2::${n.toString(16)}`;
  const asked: number[] = [];
  for (let n = 1; n <= 21; n++)
    asked.push(
      (
        await site.post(
          '/sign-in',
          { email: `v6-${n}@example.org` },
          { from: from(n), headers: { 'x-forwarded-for': `8.8.8.${n}` } },
        )
      ).status,
    );
  assert.deepEqual(asked.slice(0, 20), Array(20).fill(200));
  assert.equal(asked[20], 429, 'one /64 is one network, whatever it says it forwards for');
  assert.equal((await site.post('/sign-in', { email: 'v6@example.org' }, { from: '2001:db8:1:3::1' })).status, 200);
  site.clock.forward(900_000);
  assert.equal((await site.post('/sign-in', { email: 'v6@example.org' }, { from: from(1) })).status, 200);
});

test('the token is new at every sign-in; signing out ends it on the server', async () => {
  const first = cookiesOf(await signIn('rotate@example.org'));
  const second = cookiesOf(await signIn('rotate@example.org', { cookie: first }));
  assert.notEqual(first, second);
  assert.equal(await seesMe(first), 303, 'the session before has ended');
  assert.equal(await seesMe(second), 200);
  const fixed = await signIn('rotate@example.org', { cookie: 'broadsheet-session=fixed' });
  assert.ok(!cookiesOf(fixed).includes('fixed'));
  const out = await site.post('/sign-out', {}, { headers: { cookie: second } });
  assert.equal(out.status, 303);
  assert.match(out.headers.getSetCookie()[0] ?? '', /^broadsheet-session=; Max-Age=0/);
  assert.equal(await seesMe(second), 303);
  assert.equal(await seesMe(cookiesOf(fixed)), 200);
});

test('devices are listed and signed out, one by one or all at once; so they are when the role changes', async () => {
  const account = await makeAccount(site);
  const cookies = [await cookieFor(site, account), await cookieFor(site, account), await cookieFor(site, account)];
  const [here = '', there = '', third = ''] = cookies;
  const page = await (await site.ask('/account', { headers: { cookie: here } })).text();
  assert.equal(page.match(/last seen/g)?.length, 3);
  const session = (await site.app.store.sessions.of(account.id)).map(({ hash }) => hash);
  const stranger = await cookieFor(site, await makeAccount(site));
  for (const hash of session)
    await site.post('/account', { do: 'close', session: hash }, { headers: { cookie: stranger } });
  for (const cookie of cookies) assert.equal(await seesMe(cookie), 200, 'no one else can');
  const other = /name="session" value="([0-9a-f]{64})"/.exec(page)?.[1] ?? '';
  await site.post('/account', { do: 'close', session: other }, { headers: { cookie: here } });
  assert.deepEqual([await seesMe(there), await seesMe(third)].sort(), [200, 303]);
  await site.post('/sign-out', { everywhere: '1' }, { headers: { cookie: here } });
  for (const cookie of cookies) assert.equal(await seesMe(cookie), 303);
  const again = await cookieFor(site, account);
  assert.equal(await changeRole(site.app, { id: account.id, role: 'moderator' }), true);
  assert.equal(await seesMe(again), 303);
});

test('a session ends when it is idle for a month, or after three however much it is used', async () => {
  const account = await makeAccount(site);
  const idle = await cookieFor(site, account);
  const used = await cookieFor(site, account);
  for (let n = 0; n < 89; n++) {
    site.clock.forward(DAY_MS);
    assert.equal(await seesMe(used), 200, `day ${n + 1}`);
    if (n === 28) assert.equal((await site.app.store.sessions.of(account.id)).length, 2);
  }
  assert.equal(await seesMe(idle), 303);
  site.clock.forward(DAY_MS);
  assert.equal(await seesMe(used), 303);
});

test('how one signs in is changed only soon after signing in', async () => {
  const account = await makeAccount(site);
  const headers = { cookie: await cookieFor(site, account) };
  site.clock.forward(3_600_000);
  const wishes: Record<string, string>[] = [{ do: 'address', email: 'x@example.org' }, { do: 'leave' }];
  for (const wish of wishes) assert.equal((await site.post('/account', wish, { headers })).status, 403);
  assert.equal((await site.post('/account/tokens', { name: 'x', scope: 'read' }, { headers })).status, 403);
  assert.equal(
    (await site.post('/account', { do: 'profile', name: 'Ada', handle: 'ada-late' }, { headers })).status,
    303,
  );
});

test('a vote pressed by nobody is counted after signing in, once, and on that page', async () => {
  const paper = vote.replace(/\/vote$/, '');
  const pressed = await site.post(vote, { vote: '1' }, { headers: { referer: `${ORIGIN}/papers/trending` } });
  assert.equal(pressed.headers.get('location'), '/sign-in?onward=%2Fpapers%2Ftrending');
  const cookie = cookiesOf(pressed);
  assert.match(await (await site.ask('/sign-in', { headers: { cookie } })).text(), /Your vote for “/);
  const answer = await signIn('voter@example.org', { cookie });
  const mine = { headers: { cookie: cookiesOf(answer) } };
  assert.match(await (await site.ask(paper, mine)).text(), /aria-pressed="true"/);
  assert.match(await (await site.ask('/?view=wire', mine)).text(), /aria-pressed="true"/);
  for (const others of [{}, { headers: { cookie: await cookieFor(site, await makeAccount(site)) } }]) {
    const html = await (await site.ask('/?view=wire', others)).text();
    assert.doesNotMatch(html, /aria-pressed="true"/);
    assert.ok(html.includes(`formaction="${vote}"`));
  }
  const json = await site.post(vote, { vote: '1' }, { headers: { accept: 'application/json' } });
  assert.equal(json.status, 401);
  assert.match(((await json.json()) as { signIn: string }).signIn, /^\/sign-in/);
  const taken = await site.post(vote, { vote: '0' }, { headers: { ...mine.headers, accept: 'application/json' } });
  assert.deepEqual(await taken.json(), { votes: 0, voted: false });
});

test('a token reads and votes as its reader, by what it may', async () => {
  const account = await makeAccount(site);
  const headers = { cookie: await cookieFor(site, account) };
  const form = new URLSearchParams([
    ['name', 'My script'],
    ['scope', 'read'],
    ['scope', 'vote'],
  ]).toString();
  const made = await site.post('/account/tokens', {}, { headers, body: form });
  const token = /id="token">(bs_[\w-]{43})</.exec(await made.text())?.[1] ?? '';
  assert.notEqual(token, '');
  assert.ok(!(await (await site.ask('/account', { headers })).text()).includes(token), 'shown once');
  const authorization = `Bearer ${token}`;
  const voted = await site.post(
    vote,
    { vote: '1' },
    { headers: { authorization, origin: '', accept: 'application/json' } },
  );
  assert.deepEqual(await voted.json(), { votes: 1, voted: true });
  const api = await site.ask('/api/daily_papers?limit=1', { headers: { authorization } });
  assert.equal(api.status, 200);
  assert.equal(api.headers.get('cache-control'), 'private, no-store');
  const hash = (await site.app.store.apiTokens.of(account.id))[0]?.hash ?? '';
  await site.post('/account', { do: 'remove-token', token: hash }, { headers });
  assert.equal((await site.ask('/api/daily_papers', { headers: { authorization } })).status, 401);
  await site.app.store.votes.cast({
    paperId: (await site.app.store.votes.of(account.id))[0]?.paperId ?? '',
    reader: account.id,
    wish: false,
    at: 1,
  });
  const closed = await makeAccount(site);
  const other = await tokenFor(site, closed, ['read']);
  await site.app.store.accounts.change(closed.id, { disabledAt: 1 });
  assert.equal((await site.ask('/api/daily_papers', { headers: { authorization: `Bearer ${other}` } })).status, 401);
});

test('a profile is changed; handles are one reader’s', async () => {
  const [ada, bo] = [await makeAccount(site), await makeAccount(site)];
  const as = async (account: typeof ada) => ({ headers: { cookie: await cookieFor(site, account) } });
  const change = async (who: typeof ada, name: string, handle: string) =>
    site.post('/account', { do: 'profile', name, handle }, await as(who));
  assert.equal((await change(ada, 'Ada <b>Lovelace</b>', '@Ada-L')).status, 303);
  const taken = await change(bo, 'Bo', 'ada-l');
  assert.equal(taken.status, 422);
  assert.match(textOf(await taken.text()), /The handle ada-l is taken\./);
  for (const handle of ['', 'a', 'ad min', 'admin', 'a--b', '-ab', 'ä'.repeat(3), 'x'.repeat(31), '../x'])
    assert.equal((await change(bo, 'Bo', handle)).status, 422, handle);
  const html = await (await site.ask('/readers/ada-l')).text();
  assert.ok(html.includes('Ada &lt;b&gt;Lovelace&lt;/b&gt;'));
  assert.ok(!html.includes(ada.email ?? 'none'), 'nobody sees the address');
  assert.equal((await site.ask('/readers/none-such')).status, 404);
});

test('a new address counts once it is proved, by the reader who asked; the old one is told', async () => {
  const account = await makeAccount(site);
  const headers = { cookie: await cookieFor(site, account) };
  await site.post('/account', { do: 'address', email: 'new@example.org' }, { headers });
  const t = tokenOf(await site.letter('new@example.org'));
  const stranger = { headers: { cookie: await cookieFor(site, await makeAccount(site)) } };
  assert.equal((await site.post('/sign-in/link', { t }, stranger)).status, 404);
  assert.match((await site.post('/sign-in/link', { t })).headers.get('location') ?? '', /^\/sign-in\?/);
  assert.equal((await site.app.store.accounts.get(account.id))?.email, account.email);
  assert.equal((await site.post('/sign-in/link', { t }, { headers })).headers.get('location'), '/account?said=address');
  assert.equal((await site.app.store.accounts.get(account.id))?.email, 'new@example.org');
  assert.match(await site.letter(account.email ?? ''), /another mail address now/);
});

test('one takes everything along, leaves, thinks better of it, leaves for good', async () => {
  const account = await makeAccount(site);
  const cookie = await cookieFor(site, account);
  const headers = { cookie };
  await site.post(vote, { vote: '1' }, { headers });
  const data = (await (await site.ask('/account/data.json', { headers })).json()) as Record<string, unknown>;
  assert.deepEqual((data.account as { email: string }).email, account.email);
  assert.equal((data.votes as unknown[]).length, 1);
  assert.equal((data.devices as unknown[]).length, 1);
  for (const name of ['savedSearches', 'submissions', 'passkeys', 'linkedSignIns', 'tokens'])
    assert.ok(Array.isArray(data[name]), name);
  const leave = async (wish: string) => site.post('/account', { do: wish }, { headers });
  await leave('leave');
  await leave('stay');
  site.clock.forward(8 * DAY_MS);
  await sweepAccounts(site.app);
  assert.equal(await seesMe(cookie), 200);
  const fresh = { headers: { cookie: await cookieFor(site, account) } };
  await site.post('/account', { do: 'leave' }, fresh);
  site.clock.forward(6 * DAY_MS);
  await sweepAccounts(site.app);
  assert.equal(await seesMe(cookie), 200);
  site.clock.forward(DAY_MS + 1);
  await sweepAccounts(site.app);
  assert.equal(await seesMe(cookie), 303);
  const left = await site.app.store.accounts.get(account.id);
  assert.deepEqual([left?.name, left?.email], ['', null]);
  assert.match(await (await site.ask(`/readers/${left?.handle}`)).text(), /A reader who left/);
  await site.app.store.votes.cast({
    paperId: (await site.app.store.votes.of(account.id))[0]?.paperId ?? '',
    reader: account.id,
    wish: false,
    at: 1,
  });
});

test('no address leads away from the site', async () => {
  for (const onward of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\nb']) {
    const html = await (await site.ask(`/sign-in?${new URLSearchParams({ onward })}`)).text();
    assert.match(html, /name="onward" value="\/"/, onward);
  }
});
