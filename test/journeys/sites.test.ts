import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AccountSite, cookieFor, cookiesOf, makeAccount, openAccountSite } from '../support/accounts.ts';
import { textOf } from '../support/app.ts';
import { type OidcServer, startOidcServer } from '../support/oidc-server.ts';

/** Signing in with another site that speaks OpenID Connect. */

const CLIENT = { clientId: 'broadsheet', clientSecret: 's3cret' };

let server: OidcServer;
let site: AccountSite;
before(async () => {
  server = await startOidcServer(CLIENT);
  site = await openAccountSite({
    env: { BROADSHEET_OIDC: `lab=${server.issuer}|${CLIENT.clientId}|${CLIENT.clientSecret}` },
  });
});
after(async () => {
  await site[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Way {
  readonly cookie: string;
  /** The path and query that the browser is sent back to. */
  readonly back: string;
}

const goThere = async (fields: Record<string, string> = {}, cookie = ''): Promise<Way> => {
  const page = await site.post('/sign-in/with/lab', fields, { headers: { cookie } });
  assert.equal(page.status, 200);
  const address = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const back = await server.visit(address.replaceAll('&amp;', '&'));
  return {
    cookie: [cookie, cookiesOf(page)].filter((one) => one !== '').join('; '),
    back: back.pathname + back.search,
  };
};
const comeBack = ({ cookie, back }: Way): Promise<Response> => site.ask(back, { headers: { cookie } });
const accountAt = async (answer: Response): Promise<string> => {
  const html = await (await site.ask('/account', { headers: { cookie: cookiesOf(answer) } })).text();
  return /name="handle"[^>]* value="([^"]*)"/.exec(html)?.[1] ?? '';
};

test('one signs in, comes back to where one was, and is the same reader the next time', async () => {
  server.person = { sub: '1', name: 'Ada Lovelace', email: 'ada@example.org', email_verified: true };
  const first = await comeBack(await goThere({ onward: '/editions' }));
  assert.equal(first.status, 303);
  assert.equal(first.headers.get('location'), '/editions');
  assert.equal(await accountAt(first), 'ada-lovelace');
  server.person = { sub: '1', name: 'Renamed', email: 'other@example.org', email_verified: true };
  assert.equal(await accountAt(await comeBack(await goThere())), 'ada-lovelace');
  const page = await site.ask('/sign-in');
  assert.match(await page.text(), /Continue with Lab/);
});

test('an account is found by its address only where the site verified it', async () => {
  const known = await makeAccount(site);
  const email = known.email ?? '';
  server.person = { sub: '2', name: 'Mallory', email };
  assert.equal((await comeBack(await goThere())).status, 303);
  server.person = { sub: '3', name: 'Mallory', email, email_verified: false };
  const unverified = await comeBack(await goThere());
  assert.notEqual(await accountAt(unverified), known.handle);
  assert.deepEqual(await site.app.store.linkedSignIns.of(known.id), []);
  server.person = { sub: '4', name: 'Known', email, email_verified: true };
  assert.equal(await accountAt(await comeBack(await goThere())), known.handle);
});

test('the way back is good once, in the browser that set out, and for what it was', async () => {
  server.person = { sub: '5', name: 'Five' };
  const way = await goThere();
  for (const wrong of [
    { ...way, cookie: '' },
    { ...(await goThere()), cookie: (await goThere()).cookie },
    { ...way, back: way.back.replace(/state=[^&]+/, 'state=guess') },
    { ...way, back: '/sign-in/from/lab' },
  ])
    assert.equal((await comeBack(wrong)).status, 403);
  const good = await goThere();
  assert.equal((await comeBack(good)).status, 303);
  assert.equal((await comeBack(good)).status, 403, 'twice');
  const late = await goThere();
  site.clock.forward(600_001);
  assert.equal((await comeBack(late)).status, 403, 'late');
  server.person = null;
  assert.equal((await comeBack(await goThere())).status, 403, 'refused there');
  assert.equal((await site.ask('/sign-in/from/none?code=1&state=2')).status, 404);
});

test('a lying ID token signs nobody in', async () => {
  server.person = { sub: '6', name: 'Six' };
  for (const lie of [
    { nonce: 'other' },
    { iss: 'https://evil.example' },
    { aud: 'another' },
    { sub: 'someone-else' },
  ]) {
    server.lie = lie;
    assert.equal((await comeBack(await goThere())).status, 403, JSON.stringify(lie));
  }
  server.lie = {};
  assert.equal((await comeBack(await goThere())).status, 303);
});

test('a site is linked to the account that is signed in, and to one only', async () => {
  const [ada, bo] = [await makeAccount(site), await makeAccount(site)];
  const as = (account: typeof ada) => cookieFor(site, account);
  server.person = { sub: '7', name: 'Seven' };
  const linked = await comeBack(await goThere({ link: '1' }, await as(ada)));
  assert.equal(linked.headers.get('location'), '/account?said=linked');
  assert.equal((await site.app.store.linkedSignIns.of(ada.id)).length, 1);
  const again = await comeBack(await goThere({ link: '1' }, await as(bo)));
  assert.equal(again.status, 403);
  assert.match(textOf(await again.text()), /linked to another reader/);
  const stolen = await goThere({ link: '1' }, await as(ada));
  const other = { ...stolen, cookie: stolen.cookie.replace(/broadsheet-session=[\w-]+/, await as(bo)) };
  assert.equal((await comeBack(other)).status, 403, 'the way of another reader');
  assert.equal(await accountAt(await comeBack(await goThere())), ada.handle);
  const headers = { cookie: await as(ada) };
  await site.post('/account', { do: 'unlink', issuer: server.issuer, subject: '7' }, { headers });
  assert.deepEqual(await site.app.store.linkedSignIns.of(ada.id), []);
});

test('a site that is away is told in a sentence', async () => {
  await using gone = await openAccountSite({ env: { BROADSHEET_OIDC: 'gone=http://127.0.0.1:1|a|b' } });
  assert.equal((await gone.post('/sign-in/with/gone', {})).status, 503);
});
