import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { may, type Role } from '../../src/model/reader.ts';
import { SECURITY_HEADERS } from '../../src/web/guard-headers.ts';
import { ROUTES, type Route } from '../../src/web/routes.ts';
import { type Asking, ORIGIN, openSite, type Site } from '../support/app.ts';
import { PERMISSIONS } from '../support/permissions.ts';

/** Every address × everyone who may ask for it. */

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** An address of the route, of something that is not there: guards answer before anything is looked up. */
const addressOf = ({ path }: Route): string =>
  path.replace(/:\w+(?:\{\.\+([^}]*)\})?/g, (_, ending = '') => `x${ending}`);

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

const matrix = (site: () => Site, who: string, role: Role, asking: () => Asking): void => {
  for (const route of ROUTES) {
    const allowed = may(role, PERMISSIONS[nameOf(route)] ?? 'operator');
    test(`${who}: ${nameOf(route)} is ${allowed ? 'open' : 'closed'}`, async () => {
      const { headers = {}, ...rest } = asking();
      const post = route.method === 'GET' ? {} : { body: '' };
      const sent = { ...(route.method === 'GET' ? {} : OURS), ...headers };
      const answer = await site().ask(addressOf(route), { method: route.method, headers: sent, ...post, ...rest });
      assert.equal(passed(answer), allowed, `${answer.status} ${await answer.text()}`);
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) assert.equal(answer.headers.get(name), value, name);
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

const FOREIGN: readonly (readonly [what: string, headers: Record<string, string>])[] = [
  ['no Origin', FORM],
  ['a null Origin', { ...FORM, origin: 'null' }],
  ['a foreign Origin', { ...FORM, origin: 'https://evil.example' }],
  ['an Origin that begins like ours', { ...FORM, origin: `${ORIGIN}.evil.example` }],
  ['a foreign page', { ...OURS, 'sec-fetch-site': 'cross-site' }],
  ['a Bearer that is none', { ...FORM, authorization: 'Bearer none' }],
];

suite('requests from elsewhere', () => {
  let site: Site;
  before(async () => {
    site = await openSite({ firstEdition: false });
  });
  after(() => site[Symbol.asyncDispose]());
  for (const route of ROUTES.filter(({ method }) => method !== 'GET')) {
    for (const [what, headers] of FOREIGN)
      test(`${nameOf(route)} with ${what} is refused`, async () => {
        assert.equal((await site.ask(addressOf(route), { method: 'POST', headers, body: 'vote=1' })).status, 403);
      });
    test(`${nameOf(route)} as text/plain is refused`, async () => {
      const headers = { origin: ORIGIN, 'content-type': 'text/plain' };
      assert.equal((await site.ask(addressOf(route), { method: 'POST', headers, body: 'vote=1' })).status, 400);
    });
    test(`${nameOf(route)} by GET changes nothing`, async () => {
      const before = await site.app.store.revision();
      await site.ask(`${addressOf(route)}?vote=1&paused=1&do=remove`);
      assert.equal(await site.app.store.revision(), before);
    });
  }
});
