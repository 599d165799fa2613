import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AccountSite, cookieFor, cookiesOf, makeAccount, openAccountSite } from '../support/accounts.ts';
import { textOf } from '../support/app.ts';
import { type GitHubServer, type GitHubUser, startGitHubServer } from '../support/github-server.ts';

/** Signing in with GitHub, which speaks OAuth 2 in its own way and no OpenID Connect. */

const CLIENT = { clientId: 'Iv1.broadsheet', clientSecret: 's3cret' };

let server: GitHubServer;
let site: AccountSite;
before(async () => {
  server = await startGitHubServer(CLIENT);
  site = await openAccountSite({ env: { BROADSHEET_OIDC: `github|${CLIENT.clientId}|${CLIENT.clientSecret}` } });
});
after(async () => {
  await site?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const ADA: GitHubUser = {
  id: 1815,
  login: 'ada',
  name: 'Ada Lovelace',
  emails: [
    { email: 'old@example.org', primary: false, verified: true },
    { email: 'ada@example.org', primary: true, verified: true },
  ],
};

const goThere = async (fields: Record<string, string> = {}, cookie = '') => {
  const page = await site.post('/sign-in/with/github', fields, { headers: { cookie } });
  assert.equal(page.status, 200);
  const html = await page.text();
  assert.match(html, /On to GitHub/);
  const address = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const asked = new URL(address);
  assert.equal(asked.origin + asked.pathname, 'https://github.com/login/oauth/authorize');
  assert.equal(asked.searchParams.get('scope'), 'read:user user:email');
  const back = await server.visit(address);
  return { cookie: [cookie, cookiesOf(page)].filter(Boolean).join('; '), back: back.pathname + back.search };
};
const comeBack = ({ cookie, back }: Awaited<ReturnType<typeof goThere>>) => site.ask(back, { headers: { cookie } });
const accountAt = async (answer: Response): Promise<string> => {
  const html = await (await site.ask('/account', { headers: { cookie: cookiesOf(answer) } })).text();
  return /name="handle"[^>]* value="([^"]*)"/.exec(html)?.[1] ?? '';
};

test('one signs in, by the number GitHub gives, whatever name or address one takes there later', async () => {
  server.user = ADA;
  const first = await comeBack(await goThere({ onward: '/editions' }));
  assert.equal(first.headers.get('location'), '/editions');
  assert.equal(await accountAt(first), 'ada-lovelace');
  const account = await site.app.store.accounts.byHandle('ada-lovelace');
  assert.equal(account?.email, 'ada@example.org', 'the first address, verified');
  assert.deepEqual(server.asked.slice(-3), ['POST /login/oauth/access_token', 'GET /user', 'GET /user/emails']);
  server.user = { ...ADA, login: 'countess', name: null, emails: [] };
  assert.equal(await accountAt(await comeBack(await goThere())), 'ada-lovelace');
  const [linked] = await site.app.store.linkedSignIns.of(account?.id ?? '');
  assert.deepEqual([linked?.issuer, linked?.subject], ['https://github.com', '1815']);
});

test('an address that is not verified, or not told, finds no account and keeps nobody out', async () => {
  const known = await makeAccount(site);
  const email = known.email ?? '';
  const shy = [
    { id: 2, login: 'mallory', name: null, emails: [{ email, primary: true, verified: false }] },
    { id: 3, login: 'mallet', name: null, emails: [{ email, primary: false, verified: true }] },
    { id: 4, login: 'quiet', name: null, emails: null },
  ];
  for (const user of shy) {
    server.user = user;
    const handle = await accountAt(await comeBack(await goThere()));
    assert.equal(handle, user.login);
    assert.equal((await site.app.store.accounts.byHandle(handle))?.email, null);
  }
  server.user = { id: 5, login: 'known', name: null, emails: [{ email, primary: true, verified: true }] };
  assert.equal(await accountAt(await comeBack(await goThere())), known.handle);
});

test('a way back that was used, changed or refused signs nobody in', async () => {
  server.user = ADA;
  const way = await goThere();
  assert.equal((await comeBack(way)).status, 303);
  for (const [name, bad] of [
    ['used', way],
    ['another code', await goThere().then((one) => ({ ...one, back: one.back.replace(/code=[^&]+/, 'code=guess') }))],
    ['another browser', { ...(await goThere()), cookie: '' }],
  ] as const) {
    const answer = await comeBack(bad);
    assert.notEqual(answer.status, 303, name);
    assert.doesNotMatch(cookiesOf(answer), /broadsheet-session=\w/, name);
  }
  server.user = null;
  const refused = await comeBack(await goThere());
  assert.doesNotMatch(cookiesOf(refused), /broadsheet-session=\w/);
  assert.doesNotMatch(textOf(await refused.text()), /undefined|Error:/);
});

test('GitHub is linked to the account that is signed in', async () => {
  const account = await makeAccount(site);
  server.user = { id: 77, login: 'linked', name: null, emails: [] };
  const answer = await comeBack(await goThere({ link: '1' }, await cookieFor(site, account)));
  assert.equal(answer.headers.get('location'), '/account?said=linked');
  assert.equal(await accountAt(await comeBack(await goThere())), account.handle);
});
