import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Group } from '../../../src/model/group.ts';
import type { MeetingPlan } from '../../../src/model/meeting.ts';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;

const group = (change: Partial<Group> = {}): Group => ({
  handle: 'tuesdays',
  name: 'The Tuesday Paper',
  about: 'We read *slowly*.\nAll of it.',
  visibility: 'private',
  windowDays: 30,
  createdBy: 'ada',
  createdAt: NOW,
  ...change,
});

const person = (reader: string) => ({ reader, handle: reader, name: reader.toUpperCase() });

const found = async (store: Store, change: Partial<Group> = {}, ...others: readonly string[]): Promise<Group> => {
  const made = await store.groups.create({ ...group(change), madeAs: `form ${change.handle}`, chair: person('ada') });
  assert.ok(made);
  for (const reader of others)
    await store.groups.join({ group: made.handle, member: person(reader), invitation: null, most: 9, at: NOW + 1 });
  return made;
};

const plan = (change: Partial<MeetingPlan> = {}): MeetingPlan => ({
  paperId: 'p1',
  title: '',
  presenter: 'Bo',
  day: '2026-11-24',
  time: '14:00',
  zone: 'Europe/Berlin',
  lastsMin: 60,
  startsAt: NOW + HOUR,
  place: 'Room 1',
  link: 'https://meet.example/x',
  ...change,
});

/** Groups, who is in them, what they vote for, and when they meet. */
export const groups = (open: () => Promise<Store>): void => {
  test('a group is opened once by one form, with its chair; handles are one group’s for good', async () => {
    await using store = await open();
    const made = await found(store);
    assert.deepEqual(made, group());
    const again = { ...group({ handle: 'other', name: 'x' }), madeAs: 'form undefined', chair: person('ada') };
    assert.deepEqual(await store.groups.create(again), group());
    assert.equal(await store.groups.create({ ...group(), madeAs: 'another form', chair: person('bo') }), null);
    assert.deepEqual(await store.groups.get('tuesdays'), group());
    assert.equal(await store.groups.get('other'), null);
    assert.equal(await store.groups.standing('tuesdays', 'ada'), 'chair');
    assert.equal(await store.groups.standing('tuesdays', 'bo'), 'outsider');
    assert.equal(await store.groups.standing('tuesdays', ''), 'outsider');
    assert.equal(await store.groups.openedBy('ada', NOW), 1);
    assert.deepEqual(await store.groups.public({ limit: 9, offset: 0 }), []);
    await store.groups.change('tuesdays', { visibility: 'public', name: 'T', windowDays: 7 });
    assert.deepEqual(await store.groups.public({ limit: 9, offset: 0 }), [
      { ...group({ visibility: 'public', name: 'T', windowDays: 7 }), members: 1 },
    ]);
  });

  test('of many who come by one invitation at once, as many come in as it is for', async () => {
    await using store = await open();
    await found(store);
    const invitation = {
      hash: 'h'.repeat(64),
      group: 'tuesdays',
      email: null,
      most: 3,
      used: 0,
      createdBy: 'ada',
      createdAt: NOW,
      expiresAt: NOW + HOUR,
    };
    for (const _ of [1, 2]) await store.groups.invitations.put(invitation);
    assert.deepEqual(await store.groups.invitations.of('tuesdays', NOW), [invitation]);
    const come = (reader: string, at = NOW) =>
      store.groups.join({ group: 'tuesdays', member: person(reader), invitation: invitation.hash, most: 99, at });
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, n) => come(`r${n % 8}`)));
    assert.equal(outcomes.filter((outcome) => outcome === 'joined').length, 3);
    assert.equal((await store.groups.members('tuesdays')).length, 4);
    assert.equal(await store.groups.invitations.get(invitation.hash, NOW), null);
    assert.equal(await come('ada'), 'member');
    assert.equal(await come('late'), 'spent');
    const many = { ...invitation, hash: 'm', most: null };
    await store.groups.invitations.put(many);
    assert.equal(await store.groups.invitations.get('m', NOW + HOUR), null, 'past its time');
    const late = { group: 'tuesdays', member: person('late'), most: 99 };
    assert.equal(await store.groups.join({ ...late, invitation: 'm', at: NOW + HOUR }), 'spent');
    assert.equal(await store.groups.join({ ...late, invitation: 'm', most: 4, at: NOW }), 'full');
    await store.groups.invitations.revoke('elsewhere', 'm');
    assert.ok(await store.groups.invitations.get('m', NOW));
    for (const _ of [1, 2]) await store.groups.invitations.revoke('tuesdays', 'm');
    assert.equal(await store.groups.join({ ...late, invitation: 'm', at: NOW }), 'spent');
  });

  test('members are appointed, removed, leave; there is one chair; the last one closes the group', async () => {
    await using store = await open();
    await found(store, {}, 'bo', 'cy');
    const { groups: of } = store;
    const roles = async () => (await of.members('tuesdays')).map(({ reader, role }) => `${reader} ${role}`);
    assert.equal(await of.appoint({ group: 'tuesdays', reader: 'cy', role: 'editor' }), true);
    assert.equal(await of.appoint({ group: 'tuesdays', reader: 'ada', role: 'member' }), false);
    assert.equal(await of.appoint({ group: 'tuesdays', reader: 'none', role: 'member' }), false);
    assert.deepEqual(await roles(), ['ada chair', 'cy editor', 'bo member']);
    assert.equal(await of.leave({ group: 'tuesdays', reader: 'ada', removed: false, at: NOW }), false);
    const handed = await Promise.all(['bo', 'cy'].map((to) => of.handOver({ group: 'tuesdays', from: 'ada', to })));
    assert.deepEqual([...handed].sort(), [false, true]);
    const chair = handed[0] ? 'bo' : 'cy';
    assert.equal((await roles()).filter((role) => role.endsWith('chair')).length, 1);
    assert.equal(await of.leave({ group: 'tuesdays', reader: 'ada', removed: true, at: NOW }), true);
    assert.equal(await of.leave({ group: 'tuesdays', reader: 'ada', removed: true, at: NOW }), false);
    const back = { group: 'tuesdays', member: person('ada'), invitation: null, most: 9, at: NOW };
    assert.equal(await of.join(back), 'removed');
    const other = chair === 'bo' ? 'cy' : 'bo';
    assert.equal(await of.leave({ group: 'tuesdays', reader: other, removed: false, at: NOW }), true);
    assert.deepEqual(
      (await of.of(chair)).map(({ role, members }) => [role, members]),
      [['chair', 1]],
    );
    assert.equal(await of.leave({ group: 'tuesdays', reader: chair, removed: false, at: NOW }), true);
    assert.equal(await of.get('tuesdays'), null);
    assert.deepEqual(await of.of(chair), []);
  });

  test('a thousand votes of three members at once count three, apart from the instance’s, and go with those who leave', async () => {
    await using store = await open();
    await found(store, {}, 'bo', 'cy');
    await found(store, { handle: 'others' }, 'bo');
    await store.papers.save([incomingOf('p1'), incomingOf('p2')], { now: NOW });
    const [{ id = '' } = { id: '' }] = await Array.fromAsync(store.papers.all());
    const vote = (reader: string, wish = true, handle = 'tuesdays', at = NOW) =>
      store.groups.vote({ group: handle, paperId: id, reader, wish, at });
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => vote(['ada', 'bo', 'cy'][n % 3] ?? '', true)));
    const tallies = (handle = 'tuesdays', since = NOW) => store.groups.tallies({ group: handle, reader: 'bo', since });
    assert.deepEqual(await tallies(), [{ paperId: id, votes: 3, counted: 3, voted: true, firstAt: NOW, lastAt: NOW }]);
    assert.deepEqual(await tallies('others'), []);
    assert.equal((await store.papers.cards([id], 'bo'))[0]?.votes, 0);
    assert.deepEqual(await vote('bo', false), { votes: 2, voted: false });
    assert.deepEqual(await vote('bo', false), { votes: 2, voted: false });
    assert.deepEqual(await tallies('tuesdays', NOW + 1), []);
    await store.groups.leave({ group: 'tuesdays', reader: 'cy', removed: false, at: NOW });
    assert.deepEqual(
      (await tallies()).map(({ votes }) => votes),
      [1],
    );
    assert.deepEqual(await store.groups.votesOf('cy'), [{ group: 'tuesdays', paperId: id, at: NOW }]);
    await store.groups.join({ group: 'tuesdays', member: person('cy'), invitation: null, most: 9, at: NOW });
    assert.deepEqual(
      (await store.groups.tallies({ group: 'tuesdays', reader: 'cy', ids: [id, 'none'] })).map(({ votes }) => votes),
      [2],
    );
    for (const wish of [true, true, false, true])
      await store.groups.pin({ group: 'tuesdays', paperId: id, by: 'ada', wish, at: NOW });
    assert.deepEqual(await store.groups.pins('tuesdays'), [{ paperId: id, by: 'ada', at: NOW }]);
  });

  test('in a public group the votes of flagged accounts are shown and do not count, nor when they came; in a private one they do', async () => {
    await using store = await open();
    await store.papers.save([incomingOf('p1'), incomingOf('p2')], { now: NOW });
    const [one = '', two = ''] = (await Array.fromAsync(store.papers.all())).map(({ id }) => id);
    await found(store, { visibility: 'public' }, 'bo', 'cy');
    await found(store, { handle: 'closed', visibility: 'private' }, 'bo', 'cy');
    for (const [n, reader] of ['ada', 'bo', 'cy'].entries())
      for (const group of ['tuesdays', 'closed'])
        await store.groups.vote({ group, paperId: one, reader, wish: true, at: NOW + n });
    await store.groups.vote({ group: 'tuesdays', paperId: two, reader: 'bo', wish: true, at: NOW });
    const of = async (group: string, since = NOW) =>
      (await store.groups.tallies({ group, reader: '', since })).map(
        ({ paperId, votes, counted, firstAt, lastAt }) =>
          [paperId, votes, counted, firstAt - NOW, lastAt - NOW] as const,
      );
    const before = [[one, 3, 3, 0, 2], ...[[two, 1, 1, 0, 0]]];
    assert.deepEqual(await of('tuesdays'), before);
    await store.moderation.flagRing({ id: 'r', readers: ['bo', 'cy'], at: NOW });
    assert.deepEqual(await of('tuesdays'), [[one, 3, 1, 0, 0], ...[[two, 1, 0, 0, 0]]]);
    assert.deepEqual(await of('tuesdays', NOW + 1), [], 'nor do they keep it within the time that the group looks at');
    assert.deepEqual(await of('closed'), [[one, 3, 3, 0, 2]]);
    const clear = { action: 'clear', kind: 'ring', target: 'r', reason: 'x', at: NOW, undoes: null } as const;
    await store.moderation.act({ ...clear, actor: 'op', actorRole: 'operator', before: 'flagged', after: 'cleared' });
    assert.deepEqual(await of('tuesdays'), before);
    const cast = await store.moderation.recentGroupVotes(NOW, 9);
    assert.deepEqual(
      cast.map(({ group, reader, paperId, at }) => [group, reader, paperId, at - NOW]),
      [
        ['tuesdays', 'ada', one, 0],
        ['tuesdays', 'bo', one, 1],
        ['tuesdays', 'bo', two, 0],
        ['tuesdays', 'cy', one, 2],
      ].sort((a, b) => Number(a[3]) - Number(b[3]) || `${a[1]}${a[2]}`.localeCompare(`${b[1]}${b[2]}`)),
    );
    assert.equal((await store.moderation.recentGroupVotes(NOW, 2)).length, 2);
  });

  test('a paper is proposed once, voted for, dropped, and proposed anew', async () => {
    await using store = await open();
    await found(store, {}, 'bo');
    const { journalClub } = store;
    const propose = (reader: string, why: string, at = NOW) =>
      journalClub.propose({ group: 'tuesdays', paperId: 'p1', reader, why, at });
    await propose('bo', 'It is short.');
    await propose('ada', 'It is long.', NOW + 1);
    const vote = (reader: string, wish = true) =>
      journalClub.vote({ group: 'tuesdays', paperId: 'p1', reader, wish, at: NOW });
    await Promise.all(['ada', 'ada', 'bo', 'stranger'].map((reader) => vote(reader)));
    const all = await journalClub.proposals('tuesdays', 'ada');
    assert.deepEqual(all, [
      { paperId: 'p1', reader: 'bo', name: 'BO', why: 'It is short.', at: NOW, votes: 2, voted: true },
    ]);
    assert.deepEqual(await vote('bo', false), { votes: 1, voted: false });
    const drop = () => journalClub.drop({ group: 'tuesdays', paperId: 'p1', at: NOW });
    assert.deepEqual([await drop(), await drop()], [true, false]);
    assert.equal(await vote('bo'), null);
    await propose('ada', 'Again.', NOW + 2);
    assert.deepEqual(
      (await journalClub.proposals('tuesdays', 'ada')).map(({ why, votes }) => [why, votes]),
      [['Again.', 0]],
    );
  });

  test('a meeting is called once; its sequence rises with what a calendar shows and with nothing else', async () => {
    await using store = await open();
    await found(store);
    const { journalClub } = store;
    const call = { ...plan(), id: 'm1', group: 'tuesdays', createdBy: 'ada', at: NOW };
    const made = await journalClub.call(call);
    assert.deepEqual(await journalClub.call({ ...call, place: 'Room 2' }), made);
    assert.deepEqual([made.sequence, made.cancelled, made.changedAt], [0, false, NOW]);
    const change = (to: MeetingPlan, cancelled: boolean, at: number) =>
      journalClub.change({ id: 'm1', plan: to, cancelled, at });
    assert.equal((await change(plan(), false, NOW + 1))?.sequence, 0);
    const moved = await change(plan({ time: '15:00', startsAt: NOW + 2 * HOUR }), false, NOW + 2);
    assert.deepEqual([moved?.sequence, moved?.changedAt, moved?.time], [1, NOW + 2, '15:00']);
    assert.equal((await change(plan({ time: '15:00', startsAt: NOW + 2 * HOUR }), true, NOW + 3))?.sequence, 2);
    for (const at of [NOW + 4, NOW + 5]) await journalClub.minute({ id: 'm1', minutes: 'We **agreed**.', at });
    const after = await journalClub.get('m1');
    assert.deepEqual([after?.sequence, after?.minutes, after?.changedAt], [2, 'We **agreed**.', NOW + 4]);
    assert.equal(await journalClub.change({ id: 'none', plan: plan(), cancelled: false, at: NOW }), null);
    await journalClub.call({ ...call, ...plan({ startsAt: NOW }), id: 'm0' });
    assert.deepEqual(
      (await journalClub.meetings('tuesdays')).map(({ id }) => id),
      ['m0', 'm1'],
    );
    assert.deepEqual(await journalClub.meetings('others'), []);
  });

  test('a calendar secret is its member’s while they are one; who leaves the instance leaves nothing personal', async () => {
    await using store = await open();
    await found(store, {}, 'bo', 'cy');
    const { groups: of } = store;
    const secret = (reader: string, hash: string) => of.setAgendaSecret({ group: 'tuesdays', reader, hash });
    await secret('bo', 'old');
    await secret('bo', 'new');
    assert.deepEqual(
      [
        await of.memberBySecret('tuesdays', 'old'),
        await of.memberBySecret('tuesdays', 'new'),
        await of.memberBySecret('x', 'new'),
      ],
      [null, 'bo', null],
    );
    await of.leave({ group: 'tuesdays', reader: 'bo', removed: false, at: NOW });
    assert.equal(await of.memberBySecret('tuesdays', 'new'), null);
    await of.vote({ group: 'tuesdays', paperId: 'p1', reader: 'ada', wish: true, at: NOW });
    for (const _ of [1, 2]) await of.forget('ada', NOW + 1);
    assert.deepEqual(await of.votesOf('ada'), []);
    assert.deepEqual(
      (await of.members('tuesdays')).map(({ reader, role }) => [reader, role]),
      [['cy', 'chair']],
    );
  });
};
