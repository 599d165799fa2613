import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Account } from '../../src/model/account.ts';
import { GROUP_ACTIONS, type GroupAction, mayInGroup, type Standing } from '../../src/model/group.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { ORIGIN, openSite, type Site, textOf } from '../support/app.ts';

/** Groups, from opening one to the last who leaves: who may do what, and that private ones are not there for others. */

const DAY_MS = 86_400_000;
let site: AccountSite;
const people: Record<string, { readonly account: Account; readonly cookie: string }> = {};
const PAPERS = ['2611.00001', '2611.00002', '2611.00003'];

before(async () => {
  site = await openAccountSite();
  await site.take(
    PAPERS.map((id, n) => ({
      id,
      title: `Herons, part ${n + 1}`,
      abstract: 'They stand.',
      authors: 'A. B.',
      categories: 'cs.LG',
      versions: [{ version: 'v1', created: 'Mon, 16 Nov 2026 10:00:00 GMT' }],
    })),
  );
  for (const who of ['chair', 'editor', 'member', 'outsider']) {
    const account = await makeAccount(site);
    people[who] = { account, cookie: await cookieFor(site, account) };
  }
});
after(() => site?.[Symbol.asyncDispose]());

type Who = Standing | 'nobody';
const headersOf = (who: Who): Record<string, string> => (who === 'nobody' ? {} : { cookie: people[who]?.cookie ?? '' });
const get = (who: Who, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  site.ask(path, { headers: { ...headersOf(who), ...headers } });
const page = async (who: Who, path: string): Promise<string> => (await get(who, path)).text();
const post = (who: Who, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  site.post(path, fields, { headers: { ...headersOf(who), ...headers } });
const idOf = (who: Standing): string => people[who]?.account.id ?? '';
const target = (answer: Response): string => answer.headers.get('location') ?? '';

/** Opens a group by its form, and has others come in by an invitation. */
const open = async (visibility: 'public' | 'private', name = 'The Tuesday Paper'): Promise<string> => {
  const opened = await post('chair', '/groups', {
    name,
    about: 'We read slowly.',
    visibility,
    window: '30',
    key: `${name} ${visibility}`,
  });
  assert.equal(opened.status, 303);
  const path = target(opened);
  for (const who of ['editor', 'member'] as const) {
    const html = await (await post('chair', `${path}/invitations`, { do: 'invite', most: '1', days: '7' })).text();
    const [, token = ''] = /\/groups\/join\?t=([\w-]{43})/.exec(html) ?? [];
    assert.match(await page(who, `/groups/join?t=${token}`), /You are invited/);
    assert.equal(target(await post(who, '/groups/join', { t: token })), path);
    assert.equal((await post('outsider', '/groups/join', { t: token })).status, 404, 'it was for one');
  }
  assert.equal((await post('chair', `${path}/members`, { do: 'editor', member: idOf('editor') })).status, 303);
  return path;
};

const MEETING = { do: 'plan', day: '2026-11-24', time: '14:00', zone: 'Europe/Berlin', lasts: '60', title: 'Herons' };

/** How each action is tried; what it changes is put back by the next in line, or does not matter. */
const TRIES: Readonly<Record<GroupAction, (who: Who, path: string) => Promise<Response>>> = {
  see: (who, path) => get(who, path),
  join: (who, path) => post(who, `${path}/members`, { do: 'join' }),
  vote: (who, path) => post(who, `${path}/papers/${PAPERS[0]}/vote`, { vote: '1' }),
  letters: (who, path) => post(who, `${path}/papers/${PAPERS[0]}/letters`, { body: 'Yes.', key: '1' }),
  propose: (who, path) => post(who, `${path}/proposals`, { paper: PAPERS[1] ?? '', why: 'It is short.' }),
  leave: (who, path) => post(who, `${path}/members`, { do: 'leave' }),
  pin: (who, path) => post(who, `${path}/papers/${PAPERS[0]}/pin`, { pin: '1' }),
  sift: (who, path) => post(who, `${path}/proposals/${PAPERS[2]}/drop`, {}),
  schedule: (who, path) => post(who, `${path}/agenda`, { ...MEETING, key: 'matrix' }),
  minutes: async (who, path) => {
    const id = /\/agenda\/([0-9a-f]{24})/.exec(await page('chair', `${path}/agenda`))?.[1] ?? 'none';
    return post(who, `${path}/agenda/${id}`, { do: 'minutes', minutes: 'We agreed.' });
  },
  invite: (who, path) => post(who, `${path}/invitations`, { do: 'invite', most: '1', days: '1' }),
  tend: (who, path) => get(who, `${path}/reports`),
  edit: (who, path) =>
    post(who, `${path}/settings`, {
      name: 'The Tuesday Paper',
      visibility: path.includes('public') ? 'public' : 'private',
    }),
  appoint: (who, path) => post(who, `${path}/members`, { do: 'member', member: idOf('outsider') }),
  remove: (who, path) => post(who, `${path}/members`, { do: 'remove', member: idOf('outsider') }),
  handOver: (who, path) => post(who, `${path}/members`, { do: 'chair', member: idOf('outsider') }),
};
/** Tried apart, for it would end the standing that the others are tried with. */
const APART: readonly GroupAction[] = ['leave', 'join'];

for (const visibility of ['public', 'private'] as const)
  suite(`every action × everyone, in a ${visibility} group`, () => {
    let path = '';
    before(async () => {
      path = await open(visibility, `The ${visibility} Paper`);
      await post('chair', `${path}/proposals`, { paper: PAPERS[2] ?? '', why: 'Why not.' });
      await post('chair', `${path}/agenda`, { ...MEETING, key: 'matrix' });
    });
    for (const action of Object.keys(GROUP_ACTIONS) as GroupAction[])
      for (const who of ['nobody', 'outsider', 'member', 'editor', 'chair'] as const) {
        if (APART.includes(action) && who !== 'nobody' && who !== 'outsider') continue;
        if (action === 'join' && who === 'outsider' && visibility === 'public') continue;
        const allowed =
          mayInGroup(visibility, who === 'nobody' ? 'outsider' : who, action) && (who !== 'nobody' || action === 'see');
        test(`${who}: ${action} is ${allowed ? 'open' : 'closed'}`, async () => {
          const answer = await TRIES[action](who, path);
          if (allowed)
            assert.ok([200, 303, 422].includes(answer.status), `${answer.status} ${textOf(await answer.text())}`);
          else if (who === 'nobody' && action !== 'see') assert.match(target(answer), /^\/sign-in/);
          else
            assert.equal(
              answer.status,
              visibility === 'private' && (who === 'outsider' || who === 'nobody') ? 404 : 403,
            );
          if (answer.status === 200) assert.equal(answer.headers.get('cache-control'), 'private, no-store');
        });
      }
    test('the member who proposed a paper may take it back, others may not', async () => {
      const drop = (who: Who) => post(who, `${path}/proposals/${PAPERS[2]}/drop`, {});
      await post('member', `${path}/proposals`, { paper: PAPERS[2] ?? '', why: 'Again.' });
      assert.equal((await drop('member')).status, 303);
      await post('editor', `${path}/proposals`, { paper: PAPERS[2] ?? '', why: 'And again.' });
      assert.equal((await drop('member')).status, 403);
    });
  });

test('nothing tells a private group that is there from one that is not', async () => {
  const path = await open('private', 'Secret Herons');
  await post('member', `${path}/papers/${PAPERS[0]}/vote`, { vote: '1' });
  const none = '/groups/secret-herons-zzzzzz';
  const [, name = ''] = /([^/]+)$/.exec(path) ?? [];
  const plain = (text: string): string => text.replaceAll(name, 'secret-herons-zzzzzz');
  for (const who of ['outsider', 'nobody'] as const)
    for (const part of [
      '',
      '.json',
      '/members',
      '/agenda',
      '/agenda.ics',
      '/agenda.ics?key=none',
      '/proposals',
      '/settings',
      `/papers/${PAPERS[0]}`,
      '/papers/none',
      '/papers?paper=none',
      '/agenda/none',
    ])
      for (const accept of ['text/html', 'application/json']) {
        const [there, not] = [await get(who, path + part, { accept }), await get(who, none + part, { accept })];
        assert.equal(there.status, not.status, `${who} ${part}`);
        assert.ok(![200, 304].includes(there.status), `${who} ${part} ${there.status}`);
        assert.equal(plain(await there.text()), await not.text(), `${who} ${part}`);
      }
  for (const where of ['/groups', '/groups.json', '/sitemap.xml', '/', `/papers/${PAPERS[0]}`])
    assert.doesNotMatch(await page('outsider', where), /secret.herons/i, where);
  assert.match(await page('member', '/groups'), /Secret Herons/);
  const again = await post('outsider', '/groups', { name: 'Secret Herons', visibility: 'private', key: 'x' });
  assert.match(target(again), /^\/groups\/secret-herons-\w{6}$/);
});

test('the front page is what members vote for here, apart from the instance; pinned papers come first', async () => {
  const path = await open('private', 'Front');
  const vote = (who: Who, n: number, wish = '1') =>
    post(who, `${path}/papers/${PAPERS[n]}/vote`, { vote: wish }, { accept: 'application/json' });
  await vote('chair', 0);
  assert.deepEqual(await (await vote('member', 1)).json(), { votes: 1, voted: true });
  assert.deepEqual(await (await vote('editor', 1)).json(), { votes: 2, voted: true });
  assert.deepEqual(await (await vote('editor', 1)).json(), { votes: 2, voted: true });
  await post('outsider', `/papers/${PAPERS[2]}/vote`, { vote: '1' });
  const papers = async () => {
    const { papers: list } = (await (await get('member', `${path}.json`)).json()) as {
      papers: { id: string; votes: number; voted: boolean; pinned: boolean }[];
    };
    return list.map(
      ({ id, votes, voted, pinned }) => `${id.slice(-1)} ${votes}${voted ? ' own' : ''}${pinned ? ' pinned' : ''}`,
    );
  };
  assert.deepEqual(await papers(), ['2 2 own', '1 1']);
  assert.match(textOf(await page('outsider', `/papers/${PAPERS[1]}`)), /Herons, part 2/);
  assert.equal((await site.app.store.papers.cards([`arxiv:${PAPERS[1]}`], ''))[0]?.votes, 0);
  await post('editor', `${path}/papers/${PAPERS[2]}/pin`, { pin: '1' });
  assert.deepEqual(await papers(), ['3 0 pinned', '2 2 own', '1 1']);
  const html = await page('member', path);
  assert.match(html, /<h1 class="nameplate"><a href="\/groups\/front-\w+">Front<\/a>/);
  assert.match(html, /aria-label="2 votes\. Vote in this group for Herons, part 2"/);
  await post('editor', `${path}/members`, { do: 'leave' });
  assert.deepEqual(await papers(), ['3 0 pinned', '1 1', '2 1 own']);
  site.clock.forward(31 * DAY_MS);
  for (const who of Object.keys(people))
    people[who] = { ...people[who], cookie: await cookieFor(site, people[who]?.account as Account) } as never;
  assert.deepEqual(await papers(), ['3 0 pinned']);
});

test('letters of a group are read in the group only', async () => {
  const path = await open('public', 'Letters');
  const at = `${path}/papers/${PAPERS[0]}`;
  const sent = { body: 'Between us: $x^2$ is **wrong**.', key: 'k' };
  const first = await post('member', `${at}/letters`, sent);
  assert.equal(target(await post('member', `${at}/letters`, sent)), target(first), 'sent twice it is one');
  const id = /#letter-([0-9a-f]{24})/.exec(target(first))?.[1] ?? '';
  await post('chair', `${at}/letters`, { body: 'Indeed.', key: 'k', parent: id });
  const seen = await page('editor', at);
  assert.match(seen, /<strong>wrong<\/strong>/);
  assert.match(seen, /Indeed\./);
  for (const who of ['outsider', 'nobody'] as const) {
    for (const where of [
      at,
      path,
      `/papers/${PAPERS[0]}`,
      `/papers/${PAPERS[0]}/letters`,
      `/letters/${id}`,
      `/letters/${id}/history`,
    ]) {
      const answer = await get(who, where, { accept: 'application/json' });
      assert.doesNotMatch(await answer.text(), /Between us|Indeed/, where);
      assert.doesNotMatch(await page(who, where), /Between us|Indeed/, where);
    }
  }
  assert.match((await post('member', `${at}/letters`, { body: ' ', key: 'k' })).status.toString(), /422/);
});

test('a paper’s page says to members what their groups have of it, and to nobody else', async () => {
  const path = await open('private', 'Shelf Watchers');
  const paper = `/papers/${PAPERS[2]}`;
  assert.match(textOf(await page('member', paper)), /Shelf Watchers not taken up/);
  await post('member', `${path}/proposals`, { paper: PAPERS[2] ?? '', why: 'Short.' });
  await post('member', `${path}${paper}/vote`, { vote: '1' });
  await post('editor', `${path}${paper}/letters`, { body: 'Yes.', key: 'k' });
  await post('editor', `${path}/agenda`, { ...MEETING, paper: PAPERS[2] ?? '' });
  const seen = await get('chair', paper);
  assert.equal(seen.headers.get('cache-control'), 'private, no-store');
  const html = await seen.text();
  assert.match(textOf(html), /Shelf Watchers proposed, (1 meeting, )?1 vote, 1 letter/);
  assert.ok(html.includes(`href="${path}${paper}"`));
  for (const who of ['outsider', 'nobody'] as const) assert.doesNotMatch(await page(who, paper), /Shelf Watchers/);
});

test('a letter of a group is quoted, edited with its history, reported and deleted by its members, and by nobody else', async () => {
  const path = await open('private', 'Wordings');
  const at = `${path}/papers/${PAPERS[0]}`;
  const id = /#letter-([0-9a-f]{24})/.exec(
    target(await post('member', `${at}/letters`, { body: 'First words.', key: 'k' })),
  )?.[1];
  const letter = `/letters/${id}`;
  assert.equal(target(await get('editor', letter)), `${at}#letter-${id}`);
  assert.match(await page('editor', `${at}?quote=${id}`), /wrote:\n\n&gt; First words\./);
  assert.match(await page('member', `${at}?edit=${id}`), /<textarea[^>]*>\nFirst words\./);
  assert.match(
    await page('member', `/papers/${PAPERS[0]}?edit=${id}`),
    /<textarea[^>]*>\n<\/textarea>/,
    'not beside the public letters',
  );
  const edit = { do: 'edit', body: 'Second words.' };
  for (const who of ['outsider', 'nobody'] as const) {
    assert.ok([303, 403, 404].includes((await post(who, letter, edit)).status), who);
    assert.ok([303, 403, 404].includes((await post(who, `${letter}/report`, { reason: 'No.' })).status), who);
    for (const where of [letter, `${letter}/history`, `${letter}/report`])
      assert.doesNotMatch(await page(who, where), /words\.|Wordings/, where);
  }
  assert.deepEqual(
    (await site.app.store.letters.wordings(id ?? '')).map(({ body }) => body),
    ['First words.'],
  );
  assert.equal((await post('editor', letter, edit)).status, 403);
  assert.match(
    await (await post('member', letter, { ...edit, do: 'preview' })).text(),
    /The group’s letters.*Second words\./s,
  );
  assert.equal(target(await post('member', letter, edit)), `${at}#letter-${id}`);
  assert.equal((await post('member', letter, { ...edit, body: ' ' })).status, 422);
  assert.ok((await page('editor', at)).includes(`href="${letter}/history">edited`));
  const history = await page('editor', `${letter}/history`);
  assert.match(history, /Second words\..*First words\./s);
  assert.ok(history.includes(`href="${at}#letter-${id}"`), 'back to the group');
  assert.equal((await post('editor', `${letter}/report`, { reason: 'An advert.' })).status, 303);
  assert.match(await page('editor', `${letter}/report?done`), /A moderator will read it/);
  const reports = await site.app.store.letters.reports(50);
  assert.equal(reports.find(({ letterId }) => letterId === id)?.reason, 'An advert.');
  assert.equal((await post('chair', letter, { do: 'delete' })).status, 403);
  assert.equal((await post('member', letter, { do: 'delete' })).status, 303);
  assert.doesNotMatch(await page('editor', at), /Second words/);
  assert.equal((await post('member', letter, { do: 'restore' })).status, 303);
  assert.match(await page('editor', at), /Second words/);
});

test('the chair is handed over, members leave and are removed, the last one ends the group', async () => {
  const path = await open('public', 'Ends');
  const members = (who: Who, fields: Record<string, string>) => post(who, `${path}/members`, fields);
  assert.equal((await members('chair', { do: 'leave' })).status, 422);
  assert.equal((await members('chair', { do: 'remove', member: idOf('chair') })).status, 422);
  for (const _ of [1, 2]) assert.equal((await members('chair', { do: 'remove', member: idOf('member') })).status, 303);
  assert.equal((await members('member', { do: 'join' })).status, 403);
  for (const _ of [1, 2]) assert.equal((await members('outsider', { do: 'join' })).status, 303);
  assert.equal((await members('outsider', { do: 'leave' })).status, 303);
  assert.equal((await members('chair', { do: 'chair', member: idOf('editor') })).status, 303);
  assert.equal((await members('chair', { do: 'chair', member: idOf('chair') })).status, 403);
  assert.equal((await members('chair', { do: 'leave' })).status, 303);
  assert.match(await page('editor', `${path}/members`), /You are the last member/);
  assert.equal(target(await members('editor', { do: 'leave' })), '/groups');
  assert.equal((await get('editor', path)).status, 404);
});

test('an invitation by mail is sent, is good once, and can be taken back', async () => {
  const path = await open('private', 'Mail');
  const invite = (fields: Record<string, string>) => post('editor', `${path}/invitations`, { do: 'invite', ...fields });
  assert.match(textOf(await (await invite({ email: 'ada@example.org' })).text()), /on its way to ada@example\.org/);
  const letter = await site.letter('ada@example.org');
  const [, token = ''] = /\/groups\/join\?t=([\w-]{43})/.exec(letter) ?? [];
  assert.match(letter, /invites you to the group .{1,6}Mail/);
  const kept = await site.app.store.groups.invitations.of(path.slice('/groups/'.length), site.clock.now());
  assert.doesNotMatch(JSON.stringify(kept), new RegExp(token), 'only its hash is kept');
  assert.match(target(await get('nobody', `/groups/join?t=${token}`)), /^\/sign-in/);
  assert.equal((await get('outsider', `/groups/join?t=${token}`)).headers.get('cache-control'), 'private, no-store');
  const html = await page('editor', `${path}/members`);
  const [, hash = ''] = /name="hash" value="([0-9a-f]{64})"/.exec(html) ?? [];
  await post('editor', `${path}/invitations`, { do: 'revoke', hash });
  assert.equal((await post('outsider', '/groups/join', { t: token })).status, 404);
  assert.equal((await invite({ email: 'not an address' })).status, 422);
  site.clock.forward(DAY_MS);
  const link = /t=([\w-]{43})/.exec(await (await invite({ most: '', days: '1' })).text())?.[1] ?? '';
  site.clock.forward(DAY_MS + 1);
  assert.equal((await post('outsider', '/groups/join', { t: link })).status, 404, 'past its time');
});

test('forms from other sites are refused, and one sent twice opens one group', async () => {
  const foreign = await site.ask('/groups', {
    method: 'POST',
    headers: {
      ...headersOf('chair'),
      origin: 'https://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'name=x&visibility=public&key=y',
  });
  assert.equal(foreign.status, 403);
  const wish = { name: 'Twice', visibility: 'private', key: 'same' };
  const both = await Promise.all([post('member', '/groups', wish), post('member', '/groups', wish)]);
  assert.equal(target(both[0]), target(both[1]));
  assert.equal((await post('member', '/groups', { ...wish, name: ' ' })).status, 422);
});

test('without accounts the owner has groups too, and is told calmly what they are without others', async () => {
  await using own: Site = await openSite();
  const opened = await own.post('/groups', { name: 'Alone', visibility: 'private', key: 'k' });
  const path = target(opened);
  assert.match(textOf(await (await own.ask('/groups')).text()), /Others can join once accounts are turned on/);
  assert.match(
    textOf(await (await own.ask(`${path}/members`)).text()),
    /Others can be invited once this instance has accounts/,
  );
  assert.equal((await own.ask(path, { from: '203.0.113.9' })).status, 404);
  const html = await (await own.ask(path)).text();
  assert.match(html, /From the edition of 20 Apr 2026/);
  const [, address = ''] = /formaction="(\/groups\/alone-\w+\/papers\/[^"]+\/vote)"/.exec(html) ?? [];
  assert.equal(
    (await own.post(address, { vote: '1' }, { headers: { referer: ORIGIN + path } })).headers.get('location'),
    path,
  );
  assert.match(await (await own.ask(path)).text(), /aria-pressed="true"/);
});

test('a private agenda goes to a calendar by a member’s own address, until it is renewed or the member is removed', async () => {
  const path = await open('private', 'Calendar');
  await post('editor', `${path}/agenda`, { ...MEETING, day: '2027-03-02', place: 'Room 1', key: 'c' });
  const make = async (who: Who): Promise<string> => {
    const html = await (await post(who, `${path}/agenda/address`, {})).text();
    return /\/agenda\.ics\?key=([\w-]{43})/.exec(html)?.[1] ?? '';
  };
  const file = (key: string) => get('nobody', `${path}/agenda.ics?key=${key}`);
  const first = await make('member');
  const answer = await file(first);
  assert.equal(answer.headers.get('content-type'), 'text/calendar; charset=utf-8');
  assert.equal(answer.headers.get('cache-control'), 'private, no-store');
  assert.match(await answer.text(), /DTSTART:20270302T130000Z\r\n/);
  const [second, others] = [await make('member'), await make('editor')];
  assert.equal((await file(first)).status, 404, 'renewed');
  assert.equal((await file(second)).status, 200);
  const at = /\/agenda\/[0-9a-f]{24}/.exec(await page('member', `${path}/agenda`))?.[0] ?? '';
  const sequence = async () => /SEQUENCE:(\d+)/.exec(await (await file(others)).text())?.[1];
  await post('editor', path + at, { do: 'minutes', minutes: 'Nothing.' });
  assert.equal(await sequence(), '0');
  await post('editor', path + at, { do: 'cancel' });
  assert.equal(await sequence(), '1');
  assert.match(await (await file(others)).text(), /STATUS:CANCELLED/);
  await post('chair', `${path}/members`, { do: 'remove', member: idOf('member') });
  assert.equal((await file(second)).status, 404, 'removed');
  assert.equal((await file(others)).status, 200);
  assert.equal((await file('')).status, 404);
});
