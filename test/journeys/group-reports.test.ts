import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Account } from '../../src/model/account.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';

/** What members report is looked at by those who look after the group. */

const WHO = ['chair', 'editor', 'member', 'outsider'] as const;
type Who = (typeof WHO)[number];

let site: AccountSite;
let paper = '';
const handle = 'rude-herons-x1y2z3';
const path = `/groups/${handle}`;
const people = new Map<Who, { readonly account: Account; readonly cookie: string }>();

before(async () => {
  site = await openAccountSite({ firstEdition: true });
  const { store } = site.app;
  paper = (await store.editions.latest())?.placements[0] ?? '';
  const at = site.clock.now();
  for (const who of WHO) {
    const account = await makeAccount(site);
    people.set(who, { account, cookie: await cookieFor(site, account) });
    const member = { reader: account.id, handle: account.handle, name: account.name };
    const group = { handle, name: 'Rude Herons', about: '', visibility: 'private', windowDays: 30 } as const;
    if (who === 'chair')
      await store.groups.create({ ...group, createdBy: account.id, createdAt: at, madeAs: 'form', chair: member });
    else if (who !== 'outsider') {
      const invitation = `hash of ${who}`;
      const sent = { group: handle, email: null, most: 1, createdBy: idOf('chair'), createdAt: at };
      await store.groups.invitations.put({ ...sent, used: 0, hash: invitation, expiresAt: at + 9_000 });
      assert.equal(await store.groups.join({ group: handle, member, invitation, most: 9, at }), 'joined');
    }
  }
  await store.groups.appoint({ group: handle, reader: idOf('editor'), role: 'editor' });
});
after(() => site?.[Symbol.asyncDispose]());

const idOf = (who: Who): string => people.get(who)?.account.id ?? '';
const headersOf = (who: Who) => ({ headers: { cookie: people.get(who)?.cookie ?? '' } });
const page = async (who: Who, at: string): Promise<string> => (await site.ask(at, headersOf(who))).text();
const post = (who: Who, at: string, fields: Record<string, string>) => site.post(at, fields, headersOf(who));

test('a reported letter of a group comes before its editors, who hide it; the public log says no more than that', async () => {
  const { store } = site.app;
  const letter = {
    id: 'c'.repeat(24),
    paperId: paper,
    groupId: handle,
    parentId: null,
    body: 'A rude word.',
  };
  const author = { id: idOf('member'), handle: 'm', name: 'M' };
  await store.letters.add({ ...letter, author, at: site.clock.now() });
  const reported = await post('editor', `/letters/${letter.id}/report`, { reason: 'Unkind to herons.' });
  assert.equal(reported.status, 303);
  const seen = await page('chair', `${path}/reports`);
  assert.ok(seen.includes('A rude word.') && seen.includes('Unkind to herons.'));
  const hide = { do: 'hide', target: letter.id, reason: 'We are kind here.' };
  assert.equal((await post('member', `${path}/reports`, hide)).status, 403);
  assert.equal((await post('outsider', `${path}/reports`, hide)).status, 404);
  assert.equal((await post('chair', `${path}/reports`, { ...hide, target: 'd'.repeat(24) })).status, 404);
  for (const _ of [1, 2]) assert.equal((await post('chair', `${path}/reports`, hide)).status, 303);
  assert.equal((await store.letters.get(letter.id))?.state, 'hidden');
  assert.equal((await store.moderation.log({ limit: 9, target: { kind: 'letter', id: letter.id } })).length, 1);
  const log = await page('outsider', '/moderation/log');
  assert.ok(log.includes('a letter in a group'));
  for (const secret of [letter.id, handle, 'We are kind here.']) assert.ok(!log.includes(secret), secret);
  await post('chair', `${path}/reports`, { ...hide, do: 'restore', reason: 'It was a quotation.' });
  assert.equal((await store.letters.get(letter.id))?.state, 'open');
  // A group's editors have no say over letters of others.
  await store.letters.add({ ...letter, id: 'e'.repeat(24), groupId: null, author, at: site.clock.now() });
  assert.equal((await post('chair', `${path}/reports`, { ...hide, target: 'e'.repeat(24) })).status, 404);
});
