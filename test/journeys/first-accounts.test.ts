import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSetupToken } from '../../src/services/setup.ts';
import { cookieFor, cookiesOf, makeAccount, openAccountSite, tokenOf } from '../support/accounts.ts';

/** Who may come in at all: the operator by the terminal, others by invitation. */

test('by invitation only those invited come in', async () => {
  await using invited = await openAccountSite({ env: { BROADSHEET_ACCOUNTS: 'invited' } });
  const headers = { cookie: await cookieFor(invited, await makeAccount(invited, 'moderator')) };
  assert.equal(
    (await invited.post('/invitations', { do: 'invite', email: 'bo@example.org' }, { headers })).status,
    303,
  );
  assert.match(await invited.letter('bo@example.org'), /invites you/);
  await invited.post('/sign-in', { email: 'BO@example.org' });
  const t = tokenOf(await invited.letter('bo@example.org', 1));
  assert.equal((await invited.post('/sign-in/link', { t })).status, 303);
  assert.deepEqual(await invited.app.store.invitations.all(), []);
});

test('whoever holds the token of the terminal is the operator, and nobody after', async () => {
  await using fresh = await openAccountSite();
  assert.equal((await fresh.ask('/setup')).status, 200);
  const wish = { name: 'Olga', handle: 'olga', email: 'olga@example.org' };
  assert.equal((await fresh.post('/setup', { t: 'guess', ...wish })).status, 403);
  assert.equal(await fresh.app.store.accounts.operators(), 0, 'the first visitor takes nothing');
  const token = (await newSetupToken(fresh.app)) ?? '';
  assert.equal((await fresh.post('/setup', { t: token, ...wish, handle: 'x' })).status, 422);
  const tries = await Promise.all(
    [1, 2, 3, 4, 5].map((n) => fresh.post('/setup', { t: token, ...wish, handle: `olga-${n}` })),
  );
  assert.equal(tries.filter(({ status }) => status === 303).length, 1);
  const cookie = cookiesOf(tries.find(({ status }) => status === 303) ?? new Response());
  assert.match(await (await fresh.ask('/account', { headers: { cookie } })).text(), /Invitations/);
  assert.equal(await newSetupToken(fresh.app), null);
  assert.equal((await fresh.ask('/setup')).status, 404);
  assert.equal((await fresh.post('/setup', { t: token, ...wish })).status, 403);
});
