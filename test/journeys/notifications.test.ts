import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Account } from '../../src/model/account.ts';
import { href } from '../../src/model/urls.ts';
import { repliesSince } from '../../src/services/notification.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { textOf } from '../support/app.ts';

/** Answers and mentions reach whom they are for, once; and whoever has read them is left in peace. */

let site: AccountSite;
let paper = '';
const people: Record<string, { readonly account: Account; readonly cookie: string }> = {};
before(async () => {
  site = await openAccountSite({ firstEdition: true });
  paper = (await site.app.store.editions.latest())?.placements[0] ?? '';
  for (const who of ['ada', 'bo', 'cy']) {
    const account = await makeAccount(site);
    people[who] = { account, cookie: await cookieFor(site, account) };
  }
});
after(() => site?.[Symbol.asyncDispose]());

const read = async (who: string, path: string): Promise<string> =>
  (await site.ask(path, { headers: { cookie: people[who]?.cookie ?? '' } })).text();
const send = (who: string, path: string, fields: Readonly<Record<string, string>>) =>
  site.post(path, fields, { headers: { cookie: people[who]?.cookie ?? '' } });
const handle = (who: string): string => people[who]?.account.handle ?? '';
const write = async (who: string, body: string, parent?: string): Promise<string> => {
  site.clock.forward(1_000);
  const fields = { body, key: body, ...(parent === undefined ? {} : { parent }) };
  for (const _ of [1, 2]) {
    const answer = await send(who, href.paperLetters(paper), fields);
    assert.equal(answer.status, 303);
    if (_ === 2) return /#letter-([0-9a-f]{24})/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  }
  return '';
};
const toldOf = async (who: string): Promise<readonly string[]> => {
  const { items } = JSON.parse(await read(who, '/notifications.json')) as {
    items: { kind: string; excerpt: string; unread: boolean }[];
  };
  return items.map(({ kind, excerpt, unread }) => `${unread ? 'new ' : ''}${kind}: ${excerpt}`);
};

test('answers and mentions are told once, are counted on every page, and are read by a form', async () => {
  const first = await write('ada', `What of this, @${handle('cy')}? And @${handle('ada')}, @nobody-here.`);
  const answer = await write('bo', `> @${handle('cy')} wrote\n\nSee there, @${handle('ada')}.`, first);
  assert.deepEqual(
    await toldOf('ada'),
    [`new reply: See there, @${handle('ada')}.`],
    'an answer that names one is told as an answer',
  );
  assert.equal((await toldOf('cy')).length, 1, 'what is quoted names nobody');
  assert.match((await toldOf('cy'))[0] ?? '', /^new mention: What of this/);
  assert.deepEqual(await toldOf('bo'), []);

  const front = await read('ada', '/');
  assert.match(front, /<a class="told" href="\/notifications">1 letter to you<\/a>/);
  const page = await read('ada', '/notifications');
  assert.ok(page.includes(`href="${href.letterAt(paper, answer)}"`));
  assert.match(textOf(page), /New\. reader-\d+ answered your letter on/);
  const [, until = ''] = /name="until" value="(\d+)"/.exec(page) ?? [];
  await write('bo', 'One thing more.', first);
  for (const _ of [1, 2]) assert.equal((await send('ada', '/notifications', { until })).status, 303);
  assert.deepEqual(await toldOf('ada'), ['new reply: One thing more.', `reply: See there, @${handle('ada')}.`]);
  assert.match(await read('ada', '/'), />1 letter to you</);
  await send('ada', '/notifications', { until: String(site.clock.now()) });
  assert.doesNotMatch(await read('ada', '/'), /letters? to you</);
});

test('words added later tell those they name, and words taken away are told to nobody', async () => {
  const letter = await write('bo', 'Nobody in particular.');
  site.clock.forward(1_000);
  const since = site.clock.now() - 1;
  await send('bo', `/letters/${letter}`, { do: 'edit', body: `You, @${handle('cy')}.` });
  assert.equal((await toldOf('cy'))[0], `new mention: You, @${handle('cy')}.`);
  const { id } = people.cy?.account ?? { id: '' };
  const replies = await repliesSince(site.app, { reader: id, since });
  assert.deepEqual(
    replies.map(({ letterId, kind, by }) => [letterId, kind, by]),
    [[letter, 'mention', people.bo?.account.name]],
  );
  assert.deepEqual(await repliesSince(site.app, { reader: id, since: since + 2 }), []);
  await send('bo', `/letters/${letter}`, { do: 'delete' });
  assert.ok(!(await toldOf('cy')).some((one) => one.includes('You, @')));
  assert.deepEqual(await repliesSince(site.app, { reader: id, since }), []);
});

test('a paper’s known author is told of letters on it; nobody else reads what another is told', async () => {
  await site.app.store.claims.put({
    paperId: paper,
    reader: people.cy?.account.id ?? '',
    authorKey: 'x',
    evidence: '',
    state: 'granted',
    requestedAt: 1,
    decidedBy: 'mo',
    decidedAt: 1,
  });
  await write('ada', 'To the authors.');
  assert.equal((await toldOf('cy'))[0], 'new paper: To the authors.');
  const nobody = await site.ask('/notifications');
  assert.equal(nobody.status, 303);
  assert.match(nobody.headers.get('location') ?? '', /^\/sign-in/);
  const own = await site.ask('/notifications', { headers: { cookie: people.cy?.cookie ?? '' } });
  assert.equal(own.headers.get('cache-control'), 'private, no-store');
});
