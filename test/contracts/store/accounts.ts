import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MailLink, Session } from '../../../src/model/account.ts';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

const AT = 1_790_000_000_000;
const DAY = 86_400_000;

const person = (id: string, handle = id, email: string | null = `${handle}@example.org`) =>
  ({ id, handle, name: `The “${handle}” 🗞`, email, role: 'reader', createdAt: AT }) as const;

const session = (hash: string, accountId: string, change: Partial<Session> = {}): Session => ({
  hash,
  accountId,
  createdAt: AT,
  seenAt: AT,
  expiresAt: AT + 90 * DAY,
  way: 'mail',
  agent: 'Firefox on Linux',
  ...change,
});

const link = (hash: string, change: Partial<MailLink> = {}): MailLink => ({
  hash,
  purpose: 'sign-in',
  email: 'ada@example.org',
  accountId: null,
  onward: '/papers/1',
  createdAt: AT,
  expiresAt: AT + 600_000,
  ...change,
});

/** Accounts, and what signs one in. */
export const accounts = (open: () => Promise<Store>): void => {
  test('a handle and an address are of one account, however the address is written', async () => {
    await using store = await open();
    const ada = await store.accounts.create(person('1', 'ada', 'Ada@Example.org'));
    assert.deepEqual(ada, await store.accounts.get('1'));
    assert.equal(ada?.email, 'Ada@Example.org');
    assert.equal(await store.accounts.create(person('2', 'ada', 'other@example.org')), null);
    assert.equal(await store.accounts.create(person('2', 'bo', ' ADA@example.ORG ')), null);
    assert.ok(await store.accounts.create(person('3', 'bo', null)));
    assert.ok(await store.accounts.create(person('4', 'cy', null)));
    assert.equal((await store.accounts.byEmail('ada@EXAMPLE.org'))?.id, '1');
    assert.equal((await store.accounts.byHandle('bo'))?.id, '3');
    assert.equal(await store.accounts.byHandle('nobody'), null);
    assert.equal(await store.accounts.change('3', { handle: 'ada' }), false);
    assert.equal(await store.accounts.change('3', { email: 'ADA@example.org' }), false);
    assert.equal(await store.accounts.change('none', { name: 'x' }), false);
    assert.equal(await store.accounts.change('3', { handle: 'bo-2', role: 'operator', email: 'bo@example.org' }), true);
    assert.equal(await store.accounts.operators(), 1);
    assert.equal(await store.accounts.change('3', { disabledAt: AT, disabledWhy: 'spam' }), true);
    assert.equal(await store.accounts.operators(), 0);
    assert.deepEqual(
      (await store.accounts.list({ limit: 2, offset: 1 })).map(({ handle }) => handle),
      ['bo-2', 'cy'],
    );
  });

  test('of many who create the same account at once, one does', async () => {
    await using store = await open();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.accounts.create(person(`${n}`, `ada-${n}`, 'ada@example.org'))),
    );
    assert.equal(made.filter((one) => one !== null).length, 1);
  });

  test('a session is found until it ends, is idle too long, or is closed', async () => {
    await using store = await open();
    for (const id of ['1', '2']) await store.accounts.create(person(id, `reader-${id}`));
    for (const one of ['a', 'b', 'c']) await store.sessions.open(session(one, '1'));
    await store.sessions.open(session('d', '2', { createdAt: AT + 1, expiresAt: AT + 5 }));
    const at = { now: AT + 4, idleSince: AT };
    const found = await store.sessions.find('a', at);
    assert.deepEqual(found?.session, session('a', '1'));
    assert.equal(found?.account.handle, 'reader-1');
    assert.equal(await store.sessions.find('none', at), null);
    assert.ok(await store.sessions.find('d', at));
    assert.equal(await store.sessions.find('d', { now: AT + 5, idleSince: 0 }), null);
    assert.equal(await store.sessions.find('a', { now: AT + 4, idleSince: AT + 1 }), null);
    await store.sessions.seen('a', AT + 9);
    assert.equal((await store.sessions.find('a', { now: AT + 9, idleSince: AT + 9 }))?.session.seenAt, AT + 9);
    await store.sessions.close('2', 'a');
    assert.ok(await store.sessions.find('a', at), 'of another account');
    await store.sessions.close('1', 'a');
    assert.equal(await store.sessions.find('a', at), null);
    await store.sessions.closeAll('1', 'b');
    assert.deepEqual(
      (await store.sessions.of('1')).map(({ hash }) => hash),
      ['b'],
    );
    await store.sessions.sweep({ now: AT + 5, idleSince: 0 });
    assert.deepEqual(await store.sessions.of('2'), []);
    await store.sessions.closeAll('1');
    assert.deepEqual(await store.sessions.of('1'), []);
  });

  test('of fifty who spend a link at once, one gets it', async () => {
    await using store = await open();
    await store.mailLinks.put(link('a'));
    assert.deepEqual(await store.mailLinks.get('a', AT), link('a'));
    const got = await Promise.all(Array.from({ length: 50 }, () => store.mailLinks.spend('a', AT + 1)));
    assert.deepEqual(
      got.filter((one) => one !== null),
      [link('a')],
    );
    assert.equal(await store.mailLinks.get('a', AT), null);
    await store.mailLinks.put(link('b'));
    assert.equal(await store.mailLinks.get('b', AT + 600_000), null);
    assert.equal(await store.mailLinks.spend('b', AT + 600_000), null);
    assert.ok(await store.mailLinks.spend('b', AT + 599_999));
    await store.mailLinks.put(link('c'));
    await store.sessions.sweep({ now: AT + 600_000, idleSince: 0 });
    assert.equal(await store.mailLinks.spend('c', AT), null, 'swept');
  });

  test('what was sent out comes back once, as what it was, in time', async () => {
    await using store = await open();
    await store.flows.put({ hash: 'a', kind: 'site', body: '{"x":"🗞"}', expiresAt: AT + 10 });
    assert.equal(await store.flows.take('a', 'passkey', AT), null);
    assert.equal(await store.flows.take('a', 'site', AT + 10), null);
    const got = await Promise.all(Array.from({ length: 10 }, () => store.flows.take('a', 'site', AT)));
    assert.deepEqual(
      got.filter((one) => one !== null),
      ['{"x":"🗞"}'],
    );
  });

  test('passkeys and accounts of other sites are of one account', async () => {
    await using store = await open();
    for (const id of ['1', '2']) await store.accounts.create(person(id, `reader-${id}`));
    const passkey = {
      id: 'k'.repeat(700),
      accountId: '1',
      name: 'Phone',
      publicKey: Uint8Array.of(0, 1, 255),
      counter: 0,
      transports: ['internal', 'hybrid'],
      createdAt: AT,
      usedAt: null,
    };
    assert.equal(await store.passkeys.add(passkey), true);
    assert.equal(await store.passkeys.add({ ...passkey, accountId: '2' }), false);
    await store.passkeys.used(passkey.id, 7, AT + 1);
    const kept = await store.passkeys.get(passkey.id);
    assert.deepEqual(kept?.publicKey, passkey.publicKey);
    assert.deepEqual([kept?.counter, kept?.usedAt, kept?.transports], [7, AT + 1, ['internal', 'hybrid']]);
    await store.passkeys.remove('2', passkey.id);
    assert.equal((await store.passkeys.of('1')).length, 1);
    await store.passkeys.remove('1', passkey.id);
    assert.equal(await store.passkeys.get(passkey.id), null);

    const linked = { issuer: 'https://a', subject: 's', accountId: '1', site: 'a', label: 'Ada', linkedAt: AT };
    assert.equal(await store.linkedSignIns.add(linked), true);
    assert.equal(await store.linkedSignIns.add({ ...linked, accountId: '2' }), false);
    assert.deepEqual(await store.linkedSignIns.get('https://a', 's'), linked);
    assert.equal(await store.linkedSignIns.get('https://b', 's'), null);
    assert.deepEqual(await store.linkedSignIns.of('1'), [linked]);
    await store.linkedSignIns.remove('2', 'https://a', 's');
    assert.deepEqual(await store.linkedSignIns.of('1'), [linked]);
    await store.linkedSignIns.remove('1', 'https://a', 's');
    assert.deepEqual(await store.linkedSignIns.of('1'), []);
  });

  test('tokens are found by their hash, with what they may', async () => {
    await using store = await open();
    await store.accounts.create(person('1', 'ada'));
    const token = {
      hash: 'h',
      accountId: '1',
      name: 'CI',
      createdAt: AT,
      usedAt: null,
      scopes: ['read', 'vote'] as const,
    };
    await store.apiTokens.add(token);
    await store.apiTokens.used('h', AT + 1);
    const found = await store.apiTokens.find('h');
    assert.deepEqual(found?.token, { ...token, usedAt: AT + 1 });
    assert.equal(found?.account.handle, 'ada');
    await store.apiTokens.remove('2', 'h');
    assert.equal((await store.apiTokens.of('1')).length, 1);
    await store.apiTokens.remove('1', 'h');
    assert.equal(await store.apiTokens.find('h'), null);
  });

  test('tries are counted within a span of time, each by itself', async () => {
    await using store = await open();
    const hit = (key: string, now: number): Promise<number> => store.rates.hit(key, { now, windowMs: 100 });
    assert.deepEqual([await hit('a', 0), await hit('a', 99), await hit('b', 99), await hit('a', 100)], [1, 2, 1, 1]);
    const many = await Promise.all(Array.from({ length: 30 }, () => hit('c', 0)));
    assert.deepEqual(
      many.sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, n) => n + 1),
    );
  });

  test('one who leaves takes everything along but the row', async () => {
    await using store = await open();
    await store.accounts.create(person('1', 'ada'));
    await store.sessions.open(session('a', '1'));
    await store.mailLinks.put(link('l', { accountId: '1' }));
    await store.accounts.change('1', { leavingAt: AT });
    assert.deepEqual(await store.accounts.leaving(AT), []);
    assert.deepEqual(
      (await store.accounts.leaving(AT + 1)).map(({ id }) => id),
      ['1'],
    );
    for (const _ of [1, 2]) await store.accounts.empty('1', AT + 1);
    const left = await store.accounts.get('1');
    assert.deepEqual([left?.name, left?.email, left?.leftAt], ['', null, AT + 1]);
    assert.deepEqual(await store.sessions.of('1'), []);
    assert.deepEqual(await store.accounts.leaving(AT + 9), []);
    assert.equal(await store.accounts.change('1', { name: 'Again' }), false);
    assert.ok(await store.accounts.create(person('2', 'ada')), 'the handle and the address are free');
  });

  test('invitations are one an address', async () => {
    await using store = await open();
    await store.invitations.put({ email: 'Bo@example.org', by: '1', at: AT });
    await store.invitations.put({ email: 'bo@example.org', by: '2', at: AT + 1 });
    assert.deepEqual(await store.invitations.all(), [{ email: 'Bo@example.org', by: '1', at: AT }]);
    assert.equal((await store.invitations.get('BO@example.org'))?.by, '1');
    await store.invitations.remove('bo@EXAMPLE.org');
    assert.equal(await store.invitations.get('bo@example.org'), null);
  });

  test('a thousand votes of one reader at once are one, and what one votes for is told', async () => {
    await using store = await open();
    const [saved] = await store.papers.save([incomingOf('2604.00001'), incomingOf('2604.00002')], { now: AT });
    assert.ok(saved);
    const cast = (reader: string, wish: boolean, at: number) =>
      store.votes.cast({ paperId: saved.id, reader, wish, at });
    const tallies = await Promise.all(Array.from({ length: 1_000 }, () => cast('1', true, AT)));
    for (const tally of tallies) assert.deepEqual(tally, { votes: 1, voted: true });
    assert.deepEqual(await cast('2', true, AT + 1), { votes: 2, voted: true });
    assert.deepEqual(await store.votes.of('1'), [{ paperId: saved.id, at: AT }]);
    await cast('1', false, AT + 2);
    assert.deepEqual(await store.votes.of('1'), []);
    await cast('1', true, AT + 3);
    assert.deepEqual(await store.votes.of('1'), [{ paperId: saved.id, at: AT + 3 }]);
  });

  test('accounts are found by a part of their handle, name or address, newest first, a page at a time', async () => {
    await using store = await open();
    const made = [
      { ...person('1', 'ada', 'Ada@Example.org'), name: 'Ada Lovelace', createdAt: AT },
      { ...person('2', 'bo_b', 'bo@elsewhere.net'), name: '100% Bo\\', createdAt: AT + 1 },
      { ...person('3', 'cy', null), name: 'Cyd', createdAt: AT + 2 },
    ];
    for (const account of made) assert.ok(await store.accounts.create(account));
    const find = async (q: string, page = { limit: 10, offset: 0 }) => {
      const { accounts: found, total } = await store.accounts.find({ q, ...page });
      return [total, ...found.map(({ handle }) => handle)];
    };
    assert.deepEqual(await find(''), [3, 'cy', 'bo_b', 'ada']);
    assert.deepEqual(await find('', { limit: 1, offset: 1 }), [3, 'bo_b']);
    assert.deepEqual(await find('', { limit: 1, offset: 9 }), [3]);
    for (const q of [' LOVE', 'ada', '@example.ORG']) assert.deepEqual(await find(q), [1, 'ada'], q);
    for (const q of ['%', '_', '\\', '100%']) assert.deepEqual(await find(q), [1, 'bo_b'], q);
    assert.deepEqual(await find("' OR 1=1 --\0"), [0]);
    await store.accounts.empty('1', AT + 9);
    assert.deepEqual(await find('ada'), [0]);
  });

  test('an account has stood since a vote, a letter or a submission of its own that still stands', async () => {
    await using store = await open();
    const [one, two] = await store.papers.save([incomingOf('2604.00001'), incomingOf('2604.00002')], { now: AT });
    assert.ok(one && two);
    const stood = (by: number) => Promise.all(['1', '2', '3', '4'].map((id) => store.accounts.stood(id, by)));
    assert.deepEqual(await stood(AT), [false, false, false, false]);
    const vote = { paperId: one.id, reader: '1', at: AT };
    await store.votes.cast({ ...vote, wish: true });
    const author = { id: '2', handle: 'bo', name: 'Bo' };
    const letter = { id: 'l', paperId: one.id, groupId: null, parentId: null, author, body: 'Words', at: AT };
    await store.letters.add(letter);
    await store.submissions.add([{ paperId: two.id, reader: '3', day: '2026-11-22', at: AT, note: '' }], null);
    assert.deepEqual(await stood(AT - 1), [false, false, false, false]);
    assert.deepEqual(await stood(AT), [true, true, true, false]);
    await store.votes.cast({ ...vote, wish: false, at: AT + 1 });
    const turn = { id: 'l', by: '9', reason: 'x', at: AT + 1, from: ['open'] as const, to: 'removed' } as const;
    await store.letters.turn(turn);
    await store.submissions.remove({ paperId: two.id, reader: '3' });
    assert.deepEqual(await stood(AT + 1), [false, false, false, false]);
  });

  test('votes of one who may cast so many are that many, however many come at once', async () => {
    await using store = await open();
    const ids = Array.from({ length: 12 }, (_, n) => `2604.${10_000 + n}`);
    const saved = await store.papers.save(
      ids.map((id) => incomingOf(id)),
      { now: AT },
    );
    const most = { papers: 5, since: AT - 10 };
    const cast = (paperId: string, wish = true) => store.votes.cast({ paperId, reader: '1', wish, at: AT, most });
    const all = await Promise.allSettled(saved.map(({ id }) => cast(id)));
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 5);
    const voted = (await store.votes.of('1')).map(({ paperId }) => paperId);
    assert.equal(voted.length, 5);
    const refused = all.find((one) => one.status === 'rejected');
    assert.equal(refused?.reason.code, 'too-many');
    const [first = ''] = voted;
    for (const wish of [false, true, true, false]) assert.equal((await cast(first, wish)).voted, wish);
    const other = saved.find(({ id }) => !voted.includes(id))?.id ?? '';
    await assert.rejects(cast(other), { name: 'Fault', code: 'too-many' }, 'a vote taken back was one all the same');
    const later = { paperId: other, reader: '1', wish: true, at: AT + 20, most: { papers: 5, since: AT } };
    assert.equal((await store.votes.cast(later)).voted, true);
  });

  test('hostile names come back as text', async () => {
    await using store = await open();
    const made = await store.accounts.create({ ...person('1', "'; DROP TABLE account; --"), name: 'x\0\ud800y' });
    assert.equal(made?.name, 'x\ufffdy');
    assert.equal((await store.accounts.byHandle("'; DROP TABLE account; --"))?.id, '1');
  });
};
