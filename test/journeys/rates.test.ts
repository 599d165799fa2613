import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { listen } from '../../src/web/listen.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite, tokenFor } from '../support/accounts.ts';
import { openSite, textOf } from '../support/app.ts';

/** How much one account, one address and one IPv6 /64 may change: over HTTP, and whatever they say they forward for. */

const HOUR = 3_600_000;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Sending {
  readonly cookie?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const send = (
  site: AccountSite,
  path: string,
  fields: Readonly<Record<string, string>>,
  { cookie = '', headers = {}, ...asking }: Sending,
): Promise<Response> => site.post(path, fields, { headers: { cookie, ...headers }, ...asking });

const votesOf = async (site: AccountSite): Promise<readonly string[]> => {
  const html = await (await site.ask('/?view=wire')).text();
  return [...new Set([...html.matchAll(/formaction="([^"]+\/vote)"/g)].map(([, path = '']) => path))];
};

test('an account that changes too much is told when to go on; reading goes on, and other accounts', async () => {
  await using site = await openAccountSite({ env: { BROADSHEET_RATES: 'account=5/60' } });
  const [ada, bo] = [await makeAccount(site), await makeAccount(site)];
  const cookies = [await cookieFor(site, ada), await cookieFor(site, bo)] as const;
  const save = (cookie: string, more: Sending = {}) => send(site, '/settings', { theme: 'dark' }, { cookie, ...more });
  for (let n = 0; n < 5; n++) assert.equal((await save(cookies[0])).status, 303, `${n}`);
  const refused = await save(cookies[0]);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '60');
  assert.match(refused.headers.get('cache-control') ?? '', /no-store/);
  assert.match(textOf(await refused.text()), /more than one account may change here so fast[\s\S]*in 60 seconds/);
  const json = await save(cookies[0], { headers: { accept: 'application/json' } });
  assert.equal(json.status, 429);
  assert.match(String(((await json.json()) as { error: unknown }).error), /more than one account/);
  const elsewhere = await save(cookies[0], { from: '192.0.2.77' });
  assert.equal(elsewhere.status, 429, 'an account is counted wherever it comes from');

  assert.equal((await site.ask('/settings', { headers: { cookie: cookies[0] } })).status, 200);
  assert.equal((await save(cookies[1])).status, 303);
  site.clock.forward(60_000);
  assert.deepEqual([(await save(cookies[0])).status, (await save(cookies[0])).status], [303, 429]);
});

test('an address is counted whoever writes from it, an IPv6 /64 as one, and forged headers help nobody', async () => {
  await using site = await openAccountSite({ env: { BROADSHEET_RATES: 'network=4/40' } });
  const save = (from: string, headers: Readonly<Record<string, string>> = {}) =>
    send(site, '/settings', { theme: 'dark' }, { from, headers });
  const statuses = async (froms: readonly string[], forged: boolean): Promise<readonly number[]> => {
    const all = [];
    for (const [n, from] of froms.entries())
      all.push(
        (await save(from, forged ? { 'x-forwarded-for': `198.51.100.${n}`, forwarded: `for=${n}` } : {})).status,
      );
    return all;
  };
  assert.deepEqual(await statuses(Array(6).fill('203.0.113.5'), true), [303, 303, 303, 303, 429, 429]);
  const within = [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff::9',
    '2001:db8:1:2:a:b:c:d',
    '2001:db8:1:2::4',
    '2001:db8:1:2::5',
  ];
  assert.deepEqual(await statuses(within, true), [303, 303, 303, 303, 429]);
  assert.deepEqual(await statuses(['2001:db8:1:3::1', '203.0.113.6'], false), [303, 303]);
  assert.equal((await save('::ffff:203.0.113.5')).status, 429, 'the same address as IPv6');
});

test('behind a trusted proxy the address it names is counted, not those that the client made up', async () => {
  await using site = await openAccountSite({
    env: { BROADSHEET_RATES: 'network=2/20', BROADSHEET_PROXIES: '10.0.0.1' },
  });
  const save = async (forwarded: string, from = '10.0.0.1') =>
    (await send(site, '/settings', { theme: 'dark' }, { from, headers: { 'x-forwarded-for': forwarded } })).status;
  assert.deepEqual([await save('203.0.113.5'), await save('1.2.3.4, 203.0.113.5')], [303, 303]);
  assert.equal(await save('5.6.7.8, 203.0.113.5'), 429);
  assert.equal(await save('203.0.113.6'), 303);
  assert.equal(await save('203.0.113.5', '203.0.113.6'), 303, 'the word of one who is no proxy counts nothing');
  assert.equal(await save('203.0.113.9', '203.0.113.6'), 429);
});

test('letters from one network are fewer, however many accounts write them', async () => {
  await using site = await openAccountSite({ firstEdition: true, env: { BROADSHEET_RATES: 'letters=3/30' } });
  const [paper = ''] = (await votesOf(site)).map((path) => path.replace(/\/vote$/, ''));
  const write = async (from: string) => {
    const cookie = await cookieFor(site, await makeAccount(site));
    return (await send(site, `${paper}/letters`, { body: `From ${from}`, key: cookie }, { cookie, from })).status;
  };
  const one = '2001:db8:9:9::';
  assert.deepEqual([await write(`${one}1`), await write(`${one}2`), await write(`${one}3`)], [303, 303, 303]);
  assert.equal(await write(`${one}4`), 429);
  assert.equal(await write('2001:db8:9:8::4'), 303);
});

test('what no account may do counts too: a flood of refused forms ends in 429', async () => {
  await using site = await openAccountSite({ env: { BROADSHEET_RATES: 'network=3/30' } });
  const asked = [];
  for (let n = 0; n < 5; n++)
    asked.push(
      (await site.ask('/account', { method: 'POST', headers: { origin: 'https://elsewhere.example' } })).status,
    );
  assert.deepEqual(asked, [403, 403, 403, 429, 429]);
});

test('a limit that is off limits nothing, and the owner at their machine is not counted', async () => {
  await using open = await openAccountSite({ env: { BROADSHEET_RATES: 'account=1/1,network=off' } });
  for (let n = 0; n < 20; n++) assert.equal((await send(open, '/settings', { theme: 'dark' }, {})).status, 303);
  await using own = await openSite({ firstEdition: false, env: { BROADSHEET_RATES: 'account=1/1,network=1/1' } });
  for (let n = 0; n < 20; n++) assert.equal((await own.post('/settings', { theme: 'dark' })).status, 303);
});

test('a new account votes for so many papers a day, until a vote of its own has stood for a day', async () => {
  await using site = await openAccountSite({
    firstEdition: true,
    env: { BROADSHEET_NEW_ACCOUNTS: 'hours=24,votes=3' },
  });
  const papers = await votesOf(site);
  const account = await makeAccount(site);
  const cookie = await cookieFor(site, account);
  const vote = async (n: number, wish = '1', as = cookie) =>
    (await send(site, papers[n] ?? '', { vote: wish }, { cookie: as })).status;
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => vote(n))), [303, 303, 303]);
  const refused = await send(site, papers[3] ?? '', { vote: '1' }, { cookie });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.match(textOf(await refused.text()), /new account may vote for 3 papers a day/);
  assert.deepEqual(
    [await vote(1), await vote(1, '0'), await vote(1)],
    [303, 303, 303],
    'what was voted for may be said again',
  );
  const trusted = await cookieFor(site, await makeAccount(site, 'trusted'));
  for (const n of [0, 1, 2, 3]) assert.equal(await vote(n, '1', trusted), 303);

  const sleeper = await makeAccount(site);
  site.clock.forward(25 * HOUR);
  for (const n of [3, 4, 5, 6]) assert.equal(await vote(n), 303, `established: ${n}`);
  const woken = await cookieFor(site, sleeper);
  for (const n of [0, 1, 2]) assert.equal(await vote(n, '1', woken), 303);
  assert.equal(await vote(3, '1', woken), 429, 'an account that was only left to lie is new');
});

test('a new account is told how many papers it may submit', async () => {
  await using site = await openAccountSite({ env: { BROADSHEET_NEW_ACCOUNTS: 'submissions=1' } });
  const left = async (role: 'reader' | 'trusted') => {
    const cookie = await cookieFor(site, await makeAccount(site, role));
    return textOf(await (await site.ask('/submit', { headers: { cookie } })).text());
  };
  assert.match(await left('reader'), /\b(?:1|one)\b[^.]*today/i);
  assert.match(await left('trusted'), /50[^.]*today/i);
});

test('a browser and the programs of one account are counted together, wherever they are', async () => {
  await using site = await openAccountSite({ firstEdition: true, env: { BROADSHEET_RATES: 'account=3/30' } });
  const [path = ''] = await votesOf(site);
  const account = await makeAccount(site);
  const cookie = await cookieFor(site, account);
  const byToken = async (from: string) => {
    const authorization = `Bearer ${await tokenFor(site, account, ['vote'])}`;
    const headers = { authorization, accept: 'application/json' };
    return (await site.ask(path, { method: 'POST', headers: { ...headers, ...FORM }, body: 'vote=1', from })).status;
  };
  assert.deepEqual([await byToken('203.0.113.1'), await byToken('203.0.113.2')], [200, 200]);
  assert.equal((await send(site, path, { vote: '0' }, { cookie })).status, 303);
  assert.equal(await byToken('203.0.113.3'), 429);
  assert.equal((await send(site, path, { vote: '1' }, { cookie })).status, 429);
  site.clock.forward(2 * HOUR);
  assert.equal(await byToken('203.0.113.3'), 200);
});

test('what mail programs post is counted apart from what readers change', async () => {
  await using site = await openAccountSite({ env: { BROADSHEET_RATES: 'network=1/1,elsewhere=3/30' } });
  const from = '203.0.113.9';
  const save = async () => (await send(site, '/settings', { theme: 'dark' }, { from })).status;
  const unsubscribe = () =>
    site.ask(`/mail/${'x'.repeat(43)}/unsubscribe`, {
      method: 'POST',
      headers: FORM,
      body: 'List-Unsubscribe=One-Click',
      from,
    });
  assert.deepEqual([await save(), await save()], [303, 429]);
  for (let n = 0; n < 3; n++) assert.notEqual((await unsubscribe()).status, 429);
  const refused = await unsubscribe();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '120');
});

test('over a socket: each request names another sender and not one is believed; the refusal does not wait for the body', async () => {
  await using site = await openAccountSite({ env: { BROADSHEET_RATES: 'network=3/30' } });
  const server = await listen(site.web, { host: '127.0.0.1', port: 0 });
  try {
    const ask = async (n: number, body: string): Promise<string> => {
      const socket = connect(server.port, '127.0.0.1').setEncoding('latin1');
      const forged = `X-Forwarded-For: 198.51.100.${n}\r\nX-Real-IP: 198.51.100.${n}\r\nForwarded: for=198.51.100.${n}\r\n`;
      const from = `Host: localhost:3000\r\nOrigin: http://localhost:3000\r\n${forged}`;
      const type = 'Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n';
      socket.write(`POST /settings HTTP/1.1\r\n${from}${type}\r\n${body}`);
      const [answer] = (await once(socket, 'data')) as [string];
      socket.destroy();
      return answer;
    };
    for (const n of [1, 2, 3])
      assert.match(await ask(n, 'a\r\ntheme=dark\r\n0\r\n\r\n'), /^HTTP\/1\.1 303 /, String(n));
    const refused = await ask(4, '1\r\nt\r\n');
    assert.match(refused, /^HTTP\/1\.1 429 /);
    assert.match(refused, /\r\nretry-after: 120\r\n/i);
  } finally {
    await server.close();
  }
});
