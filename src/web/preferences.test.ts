import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Hono } from 'hono';
import type { Env } from './edge.ts';
import { keepPreferences, PreferencesForm, preferencesOf } from './preferences.ts';

const DEFAULTS = { edition: 'auto', density: 'normal', keys: true };

const web = new Hono<Env>();
web.get('/', (c) => c.json(preferencesOf(c)));
web.post('/', async (c) => {
  keepPreferences(c, PreferencesForm.parse(await c.req.json()));
  return c.body(null, 204);
});

const read = async (cookie: string): Promise<unknown> => (await web.request('/', { headers: { cookie } })).json();
const keep = async (form: object, url = '/'): Promise<string> =>
  (await web.request(url, { method: 'POST', body: JSON.stringify(form) })).headers.get('set-cookie') ?? '';

test('what is kept is read again', async () => {
  for (const edition of ['auto', 'day', 'late'])
    for (const density of ['normal', 'compact'])
      for (const keys of ['on', 'off']) {
        const [cookie = ''] = (await keep({ edition, density, keys })).split(';');
        assert.deepEqual(await read(cookie), { edition, density, keys: keys === 'on' });
      }
});

test('the cookie is for this site alone, out of reach of scripts, and secure where the site is', async () => {
  assert.match(await keep({}), /^broadsheet=auto\.normal\.on; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.match(await keep({}, 'https://papers.example/'), /; Secure/);
});

test('without a cookie, or with half of one, the defaults hold', async () => {
  assert.deepEqual(await read(''), DEFAULTS);
  assert.deepEqual(await read('broadsheet='), DEFAULTS);
  assert.deepEqual(await read('broadsheet=late'), { ...DEFAULTS, edition: 'late' });
  assert.deepEqual(await read('broadsheet=.compact.'), { ...DEFAULTS, density: 'compact' });
  assert.deepEqual(await read('other=late.compact.off'), DEFAULTS);
});

test('whatever a cookie says, the preferences are ones we know', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme-ascii' }), async (text) => {
      const { edition, density, keys } = (await read(`broadsheet=${text}`)) as Record<string, unknown>;
      assert.ok(['auto', 'day', 'late'].includes(String(edition)));
      assert.ok(['normal', 'compact'].includes(String(density)));
      assert.equal(typeof keys, 'boolean');
    }),
  );
});
