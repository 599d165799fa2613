import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { deviceIdOf } from '../../src/services/push-device.ts';
import { pushSender, subjectOf } from '../../src/services/push-send.ts';
import { textOf } from '../support/app.ts';
import { decrypt } from '../support/push-server.ts';
import { NONE, openPushSite, type PushSite } from '../support/push-site.ts';

/** Push services as they are in the world: gone, busy, broken, hostile. */

const HOUR_MS = 3_600_000;
let open: PushSite;
before(async () => {
  open = await openPushSite();
});
beforeEach(() => {
  open.push.answer = () => ({ status: 201 });
});
after(() => open[Symbol.asyncDispose]());

test('what reads the messages here reads the one of RFC 8291, and nothing that was changed', () => {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url');
  const auth = Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url');
  const body = Buffer.from(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    'base64url',
  );
  assert.equal(decrypt(body, { curve, auth }), 'When I grow up, I want to be a watermelon');
  body[body.length - 20] = (body[body.length - 20] ?? 0) ^ 1;
  assert.throws(() => decrypt(body, { curve, auth }));
});

test('a device that its push service no longer knows is forgotten', async () => {
  for (const [name, status] of [
    ['gulls', 410],
    ['terns', 404],
  ] as const) {
    const { account } = await open.begin(name);
    await open.publish(name);
    await open.fill();
    open.push.answer = () => ({ status });
    assert.deepEqual(await open.send(), { ...NONE, gone: 1 });
    assert.deepEqual(await open.site.app.store.pushDevices.of(account.id), []);
    assert.deepEqual(await open.send(), NONE);
  }
});

test('a push service that asks to wait is left alone until then, for all its devices; one that breaks is tried again', async () => {
  const { device } = await open.begin('owls');
  await open.publish('owls');
  const other = await open.begin('crakes');
  await open.publish('crakes');
  await open.fill();
  const sender = pushSender(open.site.app);
  const go = () => sender.send({ owner: 'test' });
  open.push.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
  const began = open.push.messages.length;
  await sender.send({ owner: 'test' });
  const asked = open.push.messages.length - began;
  assert.ok(asked === 1 || asked === 2, 'both may have been under way');
  open.push.answer = () => ({ status: 201 });
  open.site.clock.forward(599_000);
  assert.deepEqual(await go(), NONE);
  open.site.clock.forward(2_000);
  open.push.answer = () => ({ status: 502 });
  assert.equal((await go()).later, 2);
  open.push.answer = () => ({ status: 201 });
  assert.deepEqual(await go(), NONE, 'not at once');
  open.site.clock.forward(10 * 60_000);
  assert.deepEqual(await go(), { ...NONE, sent: 2 });
  assert.equal(new Set(device.notes().map(({ tag }) => tag)).size, 1, 'each try is the same note');
  assert.equal(other.device.notes().at(-1)?.title, 'New in “crakes sightings”');
});

test('what could not be handed over for a day is given up; what is refused is told beside the device', async () => {
  const { cookie } = await open.begin('rails');
  await open.publish('rails');
  await open.fill();
  open.push.answer = () => ({ status: 500 });
  assert.equal((await open.send()).later, 1);
  open.push.answer = () => ({ status: 201 });
  open.site.clock.forward(25 * HOUR_MS);
  const began = open.push.messages.length;
  assert.deepEqual(await open.send(), { ...NONE, failed: 1 });
  assert.equal(open.push.messages.length, began);
  assert.match(textOf(await open.page(cookie)), /was not taken: 127\.0\.0\.1:\d+ took nothing for a day/);
  await open.publish('rails');
  await open.fill();
  open.push.answer = () => ({ status: 403 });
  assert.deepEqual(await open.send(), { ...NONE, failed: 1 });
  assert.match(textOf(await open.page(cookie)), /answered 403/);
});

test('addresses that are not public, or not https, are refused when they come and when they are called', async () => {
  const { account, cookie } = await open.signIn();
  const { keys } = open.push.subscribe('hostile').subscription;
  const hostile = [
    'http://push.example.org/x',
    'https://localhost/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://2130706433/x',
    'https://10.1.2.3/x',
    'https://169.254.169.254/latest',
    'https://printer.local/x',
    'https://user:password@push.example.org/x',
    'ftp://push.example.org/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'push.example.org',
    '',
    `https://push.example.org/${'x'.repeat(2_000)}`,
    `${open.push.origin.replace('http:', 'https:')}1/x`,
  ];
  for (const endpoint of hostile) {
    const answer = await open.tell({ endpoint, keys }, cookie);
    assert.equal(answer.status, 403, endpoint);
  }
  assert.deepEqual(await open.site.app.store.pushDevices.of(account.id), []);
  const put = (endpoint: string) =>
    open.site.app.store.pushDevices.put(
      { id: deviceIdOf(endpoint), reader: account.id, session: '', endpoint, ...keys, name: '', createdAt: 1 },
      { most: 99 },
    );
  const inside = open.push.host.replace('127.0.0.1', 'push.example.org');
  for (const endpoint of ['https://127.0.0.1/x', `https://${inside}/flips`]) await put(endpoint);
  const note = { title: 't', body: 'b', path: '/', tag: 'hostile' };
  await open.site.app.store.pushOutbox.fill({ reader: account.id, note, papers: [], at: open.site.clock.now() });
  const began = open.push.messages.length;
  const sender = pushSender({ ...open.site.app, resolve: async () => ['127.0.0.1'] });
  assert.deepEqual(await sender.send({ owner: 'test' }), { ...NONE, failed: 2 });
  assert.equal(open.push.messages.length, began, 'a name that turns out to lead inside gets nothing');
  for (const { trouble } of await open.site.app.store.pushDevices.of(account.id)) assert.match(trouble ?? '', /public/);
});

test('a push service that sends messages elsewhere has not taken them', async () => {
  const { device } = await open.begin('plovers');
  await open.publish('plovers');
  await open.fill();
  const began = open.push.messages.length;
  open.push.answer = ({ path }) =>
    path.startsWith('/push/') ? { status: 303, headers: { location: '/else' } } : { status: 200 };
  assert.deepEqual(await open.send(), { ...NONE, failed: 1 });
  assert.deepEqual(
    open.push.messages.slice(began).map(({ path }) => path),
    ['/push/plovers', '/else'],
  );
  assert.equal(open.push.messages.at(-1)?.body.length, 0, 'nor does it go there');
  assert.equal(device.notes().length, 1);
});

test('keys that nothing can be encrypted for are refused, and what is no subscription', async () => {
  const { account, cookie } = await open.signIn();
  const { endpoint, keys } = open.push.subscribe('keys').subscription;
  const off = Buffer.from(keys.p256dh, 'base64url');
  off[64] = (off[64] ?? 0) ^ 1;
  const short = Buffer.alloc(15).toString('base64url');
  for (const wrong of [
    { p256dh: off.toString('base64url') },
    { p256dh: Buffer.alloc(65).toString('base64url') },
    { p256dh: 'x'.repeat(87) },
    { p256dh: `${keys.p256dh}\n` },
    { auth: short },
    { auth: '' },
    { auth: 'a b' },
  ])
    assert.equal((await open.tell({ endpoint, keys: { ...keys, ...wrong } }, cookie)).status, 422);
  for (const body of [{}, { endpoint }, { endpoint, keys: { p256dh: 1 } }, [], null, { endpoint, keys: { auth: '' } }])
    assert.equal((await open.tell(body, cookie)).status, 400);
  assert.deepEqual(await open.site.app.store.pushDevices.of(account.id), []);
});

test('two senders hand each message over once; what one who died had leased is sent by another, as the same note', async () => {
  const { device } = await open.begin('cranes');
  for (let n = 0; n < 5; n++) {
    await open.publish('cranes');
    await open.fill();
  }
  const both = await Promise.all([open.send('a'), open.send('b')]);
  assert.equal(both[0].sent + both[1].sent, 5);
  assert.equal(device.notes().length, 5);
  await open.publish('cranes');
  await open.fill();
  const lease = { owner: 'died', now: open.site.clock.now(), leaseMs: 120_000, limit: 9 };
  const [leased] = await open.site.app.store.pushOutbox.lease(lease);
  assert.ok(leased);
  assert.deepEqual(await open.send(), NONE);
  open.site.clock.forward(120_001);
  assert.deepEqual(await open.send(), { ...NONE, sent: 1 });
  assert.equal(device.notes().at(-1)?.tag, leased.row.note.tag);
});

test('push services are told whom to turn to, if anybody can be', () => {
  const contact = (contact: string, publicUrl = '') => subjectOf({ contact, publicUrl });
  assert.equal(contact('desk@example.org'), 'mailto:desk@example.org');
  assert.equal(contact('https://example.org/about'), 'https://example.org/about');
  assert.equal(contact('', 'https://papers.example'), 'https://papers.example');
  assert.equal(contact('', 'http://localhost:3000'), 'mailto:nobody@broadsheet.invalid');
});

test('nothing of it was logged as an error', () => {
  assert.deepEqual(open.site.errors, []);
});
