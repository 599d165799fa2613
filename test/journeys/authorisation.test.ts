import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Account, SCOPES } from '../../src/model/account.ts';
import { may, type Role } from '../../src/model/reader.ts';
import { ROUTES, type Route } from '../../src/web/routes.ts';
import { cookieFor, makeAccount, openAccountSite, tokenFor } from '../support/accounts.ts';
import { type Asking, ORIGIN, openSite, type Site } from '../support/app.ts';
import { guardsOf } from '../support/guards.ts';
import { FROM_ELSEWHERE, PERMISSIONS, TOKENS } from '../support/permissions.ts';

/** Every address × everyone who may ask for it. */

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** An address of the route, of something that is not there: guards answer before anything is looked up. */
const addressOf = ({ path }: Route): string =>
  path.replace(/\(\?:[^)]*\)\?/g, '').replace(/:\w+(?:\{\.\+([^}]*)\})?/g, (_, ending = '') => `x${ending}`);

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const OURS = { ...FORM, origin: ORIGIN };

/** Whether a request went past the guard, to be answered by the page itself with whatever it has to say. */
const passed = ({ status, headers }: Response): boolean =>
  ![401, 403].includes(status) && !(headers.get('location') ?? '').startsWith('/sign-in');

test('every route has a permission written down, and every permission is of a route', () => {
  const routes = ROUTES.map(nameOf);
  assert.deepEqual(
    routes.filter((name) => !(name in PERMISSIONS)),
    [],
    'routes without a line in test/support/permissions.ts',
  );
  assert.deepEqual(
    Object.keys(PERMISSIONS).filter((name) => !routes.includes(name)),
    [],
    'lines without a route',
  );
  for (const route of ROUTES) assert.equal(route.who, PERMISSIONS[nameOf(route)], nameOf(route));
  assert.equal(new Set(routes).size, routes.length, 'a route is there twice');
});

test('those that take posts from elsewhere are these, and no others', () => {
  assert.deepEqual(ROUTES.filter(({ elsewhere }) => elsewhere).map(nameOf), FROM_ELSEWHERE);
  for (const { method, who, token } of ROUTES.filter(({ elsewhere }) => elsewhere))
    assert.deepEqual([method, who, token], ['POST', 'anyone', null]);
});

const matrix = (site: () => Site, who: string, role: Role, asking: () => Asking | Promise<Asking>): void => {
  for (const route of ROUTES) {
    const allowed = may(role, PERMISSIONS[nameOf(route)] ?? 'operator');
    test(`${who}: ${nameOf(route)} is ${allowed ? 'open' : 'closed'}`, async () => {
      const { headers = {}, ...rest } = await asking();
      const post = route.method === 'GET' ? {} : { body: '' };
      const sent = { ...(route.method === 'GET' ? {} : OURS), ...headers };
      const answer = await site().ask(addressOf(route), { method: route.method, headers: sent, ...post, ...rest });
      assert.equal(passed(answer), allowed, `${answer.status} ${await answer.text()}`);
      const guards = guardsOf(answer.ok ? addressOf(route) : '');
      for (const [name, value] of Object.entries(guards)) assert.equal(answer.headers.get(name), value, name);
    });
  }
};

suite('without accounts', () => {
  let site: Site;
  before(async () => {
    site = await openSite({ firstEdition: false });
  });
  after(() => site[Symbol.asyncDispose]());
  matrix(
    () => site,
    'the one at the machine',
    'operator',
    () => ({}),
  );
  matrix(
    () => site,
    'another machine',
    'anyone',
    () => ({ from: '203.0.113.9' }),
  );
  matrix(
    () => site,
    'this machine by a foreign name',
    'anyone',
    () => ({
      headers: { host: 'evil.example', origin: 'http://evil.example' },
    }),
  );
});

const SIGNED_IN = ['reader', 'trusted', 'moderator', 'operator'] as const;

suite('with accounts', () => {
  let site: Site;
  const headers = new Map<string, Record<string, string>>();
  const accounts = new Map<Role, Account>();
  /** A session of its own for each request: some of them end it. */
  const signedIn = async (role: Role): Promise<Record<string, string>> => {
    const account = accounts.get(role);
    assert.ok(account);
    return { cookie: await cookieFor(site, account) };
  };
  before(async () => {
    const opened = await openAccountSite();
    site = opened;
    const expired = await makeAccount(site);
    headers.set('an expired session', { cookie: await cookieFor(site, expired) });
    opened.clock.forward(91 * 86_400_000);
    for (const role of SIGNED_IN) accounts.set(role, await makeAccount(site, role));
    const disabled = await makeAccount(site, 'operator');
    const cookie = await cookieFor(site, disabled);
    headers.set('a disabled account', { cookie });
    await site.app.store.accounts.change(disabled.id, { disabledAt: 1, disabledWhy: 'spam' });
    const operator = await makeAccount(site, 'operator');
    for (const scope of SCOPES) {
      const token = await tokenFor(site, operator, [scope]);
      // No Origin: a token is proof enough that it is no page elsewhere.
      headers.set(`a token to ${scope}`, { authorization: `Bearer ${token}`, origin: '' });
    }
  });
  after(() => site[Symbol.asyncDispose]());
  const as = (who: string) => () => ({ headers: headers.get(who) ?? {} });

  matrix(
    () => site,
    'nobody, at the machine itself',
    'anyone',
    () => ({}),
  );
  matrix(
    () => site,
    'nobody, elsewhere',
    'anyone',
    () => ({ from: '203.0.113.9' }),
  );
  matrix(
    () => site,
    'a cookie of nothing',
    'anyone',
    () => ({ headers: { cookie: 'broadsheet-session=x' } }),
  );
  matrix(() => site, 'an expired session', 'anyone', as('an expired session'));
  matrix(() => site, 'a disabled account', 'anyone', as('a disabled account'));
  for (const role of SIGNED_IN)
    matrix(
      () => site,
      `a ${role}`,
      role,
      async () => ({ headers: await signedIn(role) }),
    );

  for (const scope of SCOPES)
    for (const route of ROUTES) {
      const allowed = route.bare === true || route.elsewhere === true || TOKENS(nameOf(route)) === scope;
      test(`a token to ${scope}: ${nameOf(route)} is ${allowed ? 'open' : 'closed'}`, async () => {
        const { method } = route;
        const sent = { ...(method === 'GET' ? {} : FORM), ...headers.get(`a token to ${scope}`) };
        const answer = await site.ask(addressOf(route), {
          method,
          headers: sent,
          ...(method === 'GET' ? {} : { body: '' }),
        });
        assert.equal(passed(answer), allowed, `${answer.status} ${await answer.text()}`);
      });
    }

  test('whatever is answered to one signed in is kept in no cache', async () => {
    for (const route of ROUTES.filter(({ method, bare }) => method === 'GET' && bare === undefined))
      for (const sent of [await signedIn('operator'), headers.get('a token to read') ?? {}]) {
        const answer = await site.ask(addressOf(route), { headers: sent });
        assert.match(answer.headers.get('cache-control') ?? '', /no-store/, nameOf(route));
      }
  });

  test('a token that is none is told so, and opens nothing with a cookie beside it', async () => {
    for (const authorization of ['Bearer bs_none', 'Bearer', 'Basic YTpi', '']) {
      const both = { authorization, ...(await signedIn('operator')) };
      const answer = await site.ask('/account', { headers: both });
      assert.equal(answer.status, 401, authorization);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
  });
});

const FOREIGN: readonly (readonly [what: string, headers: Record<string, string>])[] = [
  ['no Origin', FORM],
  ['a null Origin', { ...FORM, origin: 'null' }],
  ['a foreign Origin', { ...FORM, origin: 'https://evil.example' }],
  ['an Origin that begins like ours', { ...FORM, origin: `${ORIGIN}.evil.example` }],
  ['a foreign page', { ...OURS, 'sec-fetch-site': 'cross-site' }],
  ['a Bearer that is none', { ...FORM, authorization: 'Bearer none' }],
];

const elsewhere = (what: string, open: () => Promise<{ site: Site; cookie: string }>): void => {
  suite(what, () => {
    let site: Site;
    let cookie = '';
    before(async () => {
      ({ site, cookie } = await open());
    });
    after(() => site[Symbol.asyncDispose]());
    for (const route of ROUTES.filter(({ method, elsewhere }) => method !== 'GET' && !elsewhere)) {
      const post = (headers: Record<string, string>): Promise<Response> =>
        site.ask(addressOf(route), { method: 'POST', headers: { ...headers, cookie }, body: 'vote=1' });
      for (const [from, headers] of FOREIGN)
        test(`${nameOf(route)} with ${from} is refused`, async () => {
          const { status } = await post(headers);
          assert.ok(status === 403 || (status === 401 && 'authorization' in headers), String(status));
        });
      for (const type of ['text/plain', ''])
        test(`${nameOf(route)} as ${type || 'nothing said'} is refused`, async () => {
          assert.equal((await post({ origin: ORIGIN, 'content-type': type })).status, 400);
        });
      test(`${nameOf(route)} by GET changes nothing`, async () => {
        const before = await site.app.store.revision();
        await site.ask(`${addressOf(route)}?vote=1&paused=1&do=remove&t=x`, { headers: { cookie } });
        assert.equal(await site.app.store.revision(), before);
      });
    }
  });
};

elsewhere('requests from elsewhere, without accounts', async () => ({
  site: await openSite({ firstEdition: false }),
  cookie: '',
}));
elsewhere('requests from elsewhere, as the operator', async () => {
  const site = await openAccountSite();
  return { site, cookie: await cookieFor(site, await makeAccount(site, 'operator')) };
});
