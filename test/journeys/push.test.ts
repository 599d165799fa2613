import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { trialDigest } from '../../src/jobs/digests.ts';
import { setAlert } from '../../src/services/alert.ts';
import { fillPushes } from '../../src/services/push-alert.ts';
import { deviceIdOf } from '../../src/services/push-device.ts';
import { pushSender, subjectOf } from '../../src/services/push-send.ts';
import { deleteLeavers, leave, readerData } from '../../src/services/reader-data.ts';
import { saveSearch } from '../../src/services/saved-search.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { ORIGIN, textOf } from '../support/app.ts';
import { decrypt, type PushServer, readVapid, startPushServer } from '../support/push-server.ts';

/** Web push from the form to the device: kept, told, encrypted, handed over to a push service, and read there. */

const HOUR_MS = 3_600_000;
let push: PushServer;
let site: AccountSite;
let papers = 0;
before(async () => {
  push = await startPushServer();
  site = await openAccountSite({ env: { BROADSHEET_FETCH_ALLOW: push.host, BROADSHEET_CONTACT: 'desk@example.org' } });
});
beforeEach(() => {
  push.answer = () => ({ status: 201 });
});
after(async () => {
  await site?.[Symbol.asyncDispose]();
  await push?.[Symbol.asyncDispose]();
});

const json = (path: string, body: unknown, cookie: string) =>
  site.ask(path, {
    method: 'POST',
    headers: { origin: ORIGIN, 'content-type': 'application/json', accept: 'application/json', cookie },
    body: JSON.stringify(body),
  });

const signIn = async () => {
  const account = await makeAccount(site);
  return { account, cookie: await cookieFor(site, account) };
};

/** A signed-in reader who keeps a search that nobody else does, with a device. */
const begin = async (name: string) => {
  const { account, cookie } = await signIn();
  const saved = await saveSearch(site.app, { reader: account.id, q: `${name} sightings` });
  assert.ok(saved.ok);
  const device = push.subscribe(name);
  assert.equal((await json('/searches/devices', device.subscription, cookie)).status, 200);
  site.clock.forward(60_000);
  return { account, cookie, device, search: saved.value, id: deviceIdOf(device.subscription.endpoint) };
};

const publish = async (about: string): Promise<string> => {
  const id = `2604.${String(20_000 + ++papers)}`;
  const created = new Date(site.clock.now()).toUTCString();
  const versions = [{ version: 'v1', created }];
  const title = `Sightings of ${about}, part ${papers}`;
  await site.take([{ id, title, abstract: 'At night.', authors: 'Di Otter', categories: 'cs.DL', versions }]);
  return title;
};

const fill = () => fillPushes({ ...site.app, byMail: true });
const send = (owner = 'test') => pushSender(site.app).send({ owner });
const NONE = { sent: 0, failed: 0, later: 0, gone: 0 };
const page = async (cookie: string) => (await site.ask('/searches', { headers: { cookie } })).text();

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

test('a device is told of what is new once, encrypted for it alone and signed by this instance', async () => {
  const { cookie, device, search } = await begin('herons');
  assert.equal(await fill(), 0, 'what was there before is no news');
  const title = await publish('herons');
  await publish('storks');
  assert.deepEqual([await fill(), await fill()], [1, 0]);
  const began = push.messages.length;
  assert.deepEqual(await send(), { ...NONE, sent: 1 });
  assert.deepEqual(await send(), NONE);
  assert.equal(await fill(), 0);
  const [message, ...more] = push.messages.slice(began);
  assert.ok(message);
  assert.equal(more.length, 0);
  const [note] = device.notes();
  assert.deepEqual(note, {
    title: 'New in “herons sightings”',
    body: title,
    path: `/papers/2604.${20_000 + papers - 1}`,
    tag: message.headers.topic,
  });
  assert.match(note?.tag ?? '', /^[\w-]{32}$/);
  assert.ok(!message.body.includes(title.slice(0, 12)));
  assert.ok(message.body.length < 4_096);
  const { headers } = message;
  assert.equal(headers['content-encoding'], 'aes128gcm');
  assert.equal(headers.ttl, String(24 * 3_600));
  assert.equal(headers.urgency, 'normal');
  const vapid = readVapid(headers.authorization ?? '');
  assert.deepEqual([vapid.alg, vapid.aud, vapid.sub], ['ES256', push.origin, 'mailto:desk@example.org']);
  const left = vapid.exp - Date.now() / 1000;
  assert.ok(left > 0 && left <= 24 * 3_600, `${left}`);
  const html = await page(cookie);
  assert.ok(html.includes(`data-push="${vapid.key}"`), 'the key that browsers are given is the one that signs');
  assert.match(textOf(html), /last told/);
  assert.ok(html.includes(search.name));
});

test('several papers are one note; a second device is told of later ones too', async () => {
  const { cookie, device, search } = await begin('egrets');
  const titles = [await publish('egrets'), await publish('egrets')];
  await fill();
  await send();
  const [first] = device.notes();
  assert.match(first?.body ?? '', /^2 papers: /);
  for (const title of titles) assert.ok(first?.body.includes(title));
  assert.equal(first?.path, `/searches#s-${search.id}`);
  const second = push.subscribe('egrets-too');
  await json('/searches/devices', second.subscription, cookie);
  await publish('egrets');
  await fill();
  await send();
  assert.equal(device.notes().length, 2);
  assert.equal(second.notes().length, 1);
  assert.equal(device.notes()[1]?.tag, second.notes()[0]?.tag);
  assert.notEqual(device.notes()[0]?.tag, device.notes()[1]?.tag, 'one does not hide the other');
});

test('a device that its push service no longer knows is forgotten', async () => {
  for (const [name, status] of [
    ['gulls', 410],
    ['terns', 404],
  ] as const) {
    const { account } = await begin(name);
    await publish(name);
    await fill();
    push.answer = () => ({ status });
    assert.deepEqual(await send(), { ...NONE, gone: 1 });
    assert.deepEqual(await site.app.store.pushDevices.of(account.id), []);
    assert.deepEqual(await send(), NONE);
  }
});

test('a push service that asks to wait is left alone until then, for all its devices; one that breaks is tried again', async () => {
  const { device } = await begin('owls');
  await publish('owls');
  const other = await begin('crakes');
  await publish('crakes');
  await fill();
  const sender = pushSender(site.app);
  const go = () => sender.send({ owner: 'test' });
  push.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
  const began = push.messages.length;
  await sender.send({ owner: 'test' });
  const asked = push.messages.length - began;
  assert.ok(asked === 1 || asked === 2, 'both may have been under way');
  push.answer = () => ({ status: 201 });
  site.clock.forward(599_000);
  assert.deepEqual(await go(), NONE);
  site.clock.forward(2_000);
  push.answer = () => ({ status: 502 });
  assert.equal((await go()).later, 2);
  push.answer = () => ({ status: 201 });
  assert.deepEqual(await go(), NONE, 'not at once');
  site.clock.forward(10 * 60_000);
  assert.deepEqual(await go(), { ...NONE, sent: 2 });
  assert.equal(new Set(device.notes().map(({ tag }) => tag)).size, 1, 'each try is the same note');
  assert.equal(other.device.notes().at(-1)?.title, 'New in “crakes sightings”');
});

test('what could not be handed over for a day is given up; what is refused is told beside the device', async () => {
  const { cookie } = await begin('rails');
  await publish('rails');
  await fill();
  push.answer = () => ({ status: 500 });
  assert.equal((await send()).later, 1);
  push.answer = () => ({ status: 201 });
  site.clock.forward(25 * HOUR_MS);
  const began = push.messages.length;
  assert.deepEqual(await send(), { ...NONE, failed: 1 });
  assert.equal(push.messages.length, began);
  assert.match(textOf(await page(cookie)), /was not taken: 127\.0\.0\.1:\d+ took nothing for a day/);
  await publish('rails');
  await fill();
  push.answer = () => ({ status: 403 });
  assert.deepEqual(await send(), { ...NONE, failed: 1 });
  assert.match(textOf(await page(cookie)), /answered 403/);
});

test('addresses that are not public, or not https, are refused when they come and when they are called', async () => {
  const { account, cookie } = await signIn();
  const { keys } = push.subscribe('hostile').subscription;
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
    `${push.origin.replace('http:', 'https:')}1/x`,
  ];
  for (const endpoint of hostile) {
    const answer = await json('/searches/devices', { endpoint, keys }, cookie);
    assert.equal(answer.status, 403, endpoint);
  }
  assert.deepEqual(await site.app.store.pushDevices.of(account.id), []);
  const put = (endpoint: string) =>
    site.app.store.pushDevices.put(
      { id: deviceIdOf(endpoint), reader: account.id, session: '', endpoint, ...keys, name: '', createdAt: 1 },
      { most: 99 },
    );
  const inside = push.host.replace('127.0.0.1', 'push.example.org');
  for (const endpoint of ['https://127.0.0.1/x', `https://${inside}/flips`]) await put(endpoint);
  const note = { title: 't', body: 'b', path: '/', tag: 'hostile' };
  await site.app.store.pushOutbox.fill({ reader: account.id, note, papers: [], at: site.clock.now() });
  const began = push.messages.length;
  const sender = pushSender({ ...site.app, resolve: async () => ['127.0.0.1'] });
  assert.deepEqual(await sender.send({ owner: 'test' }), { ...NONE, failed: 2 });
  assert.equal(push.messages.length, began, 'a name that turns out to lead inside gets nothing');
  for (const { trouble } of await site.app.store.pushDevices.of(account.id)) assert.match(trouble ?? '', /public/);
});

test('a push service that sends messages elsewhere has not taken them', async () => {
  const { device } = await begin('plovers');
  await publish('plovers');
  await fill();
  const began = push.messages.length;
  push.answer = ({ path }) =>
    path.startsWith('/push/') ? { status: 303, headers: { location: '/else' } } : { status: 200 };
  assert.deepEqual(await send(), { ...NONE, failed: 1 });
  assert.deepEqual(
    push.messages.slice(began).map(({ path }) => path),
    ['/push/plovers', '/else'],
  );
  assert.equal(push.messages.at(-1)?.body.length, 0, 'nor does it go there');
  assert.equal(device.notes().length, 1);
});

test('keys that nothing can be encrypted for are refused, and what is no subscription', async () => {
  const { account, cookie } = await signIn();
  const { endpoint, keys } = push.subscribe('keys').subscription;
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
    assert.equal((await json('/searches/devices', { endpoint, keys: { ...keys, ...wrong } }, cookie)).status, 422);
  for (const body of [{}, { endpoint }, { endpoint, keys: { p256dh: 1 } }, [], null, { endpoint, keys: { auth: '' } }])
    assert.equal((await json('/searches/devices', body, cookie)).status, 400);
  assert.deepEqual(await site.app.store.pushDevices.of(account.id), []);
});

test('a device taken away gets nothing, also of what waits; nor one that is signed out', async () => {
  const { cookie, device, id, account } = await begin('stilts');
  await publish('stilts');
  await fill();
  const other = await signIn();
  const remove = (who: string) => site.post(`/searches/devices/${id}`, { do: 'remove' }, { headers: { cookie: who } });
  await remove(other.cookie);
  assert.equal((await site.app.store.pushDevices.of(account.id)).length, 1, 'another cannot');
  const gone = await remove(cookie);
  assert.equal(gone.headers.get('location'), '/searches?device=remove#devices');
  assert.equal((await remove(cookie)).status, 303, 'twice is once');
  assert.deepEqual(await send(), NONE);
  assert.deepEqual(device.notes(), []);
  await json('/searches/devices', device.subscription, cookie);
  await publish('stilts');
  await fill();
  await site.post('/sign-out', {}, { headers: { cookie } });
  assert.deepEqual(await send(), NONE);
  assert.deepEqual(device.notes(), []);
});

test('one that is taken away between the lease and its turn gets nothing', async () => {
  const { device, id } = await begin('snipes');
  await publish('snipes');
  await fill();
  const { pushDevices } = site.app.store;
  const store = {
    ...site.app.store,
    pushDevices: {
      ...pushDevices,
      get: async (which: string) => {
        await pushDevices.drop(id);
        return pushDevices.get(which);
      },
    },
  };
  assert.deepEqual(await pushSender({ ...site.app, store }).send({ owner: 'test' }), NONE);
  assert.deepEqual(device.notes(), []);
});

test('two senders hand each message over once; what one who died had leased is sent by another, as the same note', async () => {
  const { device } = await begin('cranes');
  for (let n = 0; n < 5; n++) {
    await publish('cranes');
    await fill();
  }
  const both = await Promise.all([send('a'), send('b')]);
  assert.equal(both[0].sent + both[1].sent, 5);
  assert.equal(device.notes().length, 5);
  await publish('cranes');
  await fill();
  const lease = { owner: 'died', now: site.clock.now(), leaseMs: 120_000, limit: 9 };
  const [leased] = await site.app.store.pushOutbox.lease(lease);
  assert.ok(leased);
  assert.deepEqual(await send(), NONE);
  site.clock.forward(120_001);
  assert.deepEqual(await send(), { ...NONE, sent: 1 });
  assert.equal(device.notes().at(-1)?.tag, leased.row.note.tag);
});

test('how one is told is chosen beside each search; without a choice, by the device of who gets no mail', async () => {
  const { cookie, device, search } = await begin('dunlins');
  const options = async () =>
    [...(await page(cookie)).matchAll(/<option value="(\w+)"( selected)?/g)].map(([, way, on]) => way + (on ?? ''));
  assert.deepEqual(await options(), ['push selected', 'off']);
  const tell = (told: string) => site.post(`/searches/${search.id}`, { do: 'tell', told }, { headers: { cookie } });
  assert.equal((await tell('off')).status, 303);
  await publish('dunlins');
  assert.equal(await fill(), 0);
  site.clock.forward(HOUR_MS);
  await tell('push');
  await publish('dunlins');
  assert.equal(await fill(), 1);
  await send();
  assert.equal(device.notes().length, 1);
});

test('what devices are told of is not in the morning mail, unless there are none left', async () => {
  const { account, search, id } = await begin('curlews');
  const title = await publish('curlews');
  const mailed = async () => {
    const { text } = await trialDigest(site.app, account.email ?? '');
    return text.replace(/\s+/g, ' ').includes(title);
  };
  const tell = (way: 'push' | 'digest') => setAlert(site.app, { reader: account.id, id: search.id, way });
  await tell('push');
  assert.equal(await mailed(), false);
  await tell('digest');
  assert.equal(await mailed(), true);
  await tell('push');
  await site.app.store.pushDevices.drop(id);
  assert.equal(await mailed(), true);
});

test('a device can be tried, and is kept once however often it is told of, by its browser under a new address too', async () => {
  const { account, cookie, device, id } = await begin('knots');
  const trying = () => site.post(`/searches/devices/${id}`, { do: 'try' }, { headers: { cookie } });
  assert.equal((await trying()).headers.get('location'), '/searches?device=try#devices');
  await trying();
  await send();
  assert.deepEqual(
    device.notes().map(({ title }) => title),
    ['Broadsheet'],
  );
  assert.equal((await site.post('/searches/devices/none', { do: 'try' }, { headers: { cookie } })).status, 404);
  for (let n = 0; n < 3; n++) await json('/searches/devices', device.subscription, cookie);
  const next = push.subscribe('knots-anew').subscription;
  assert.equal((await json('/searches/devices', { ...next, was: device.subscription.endpoint }, cookie)).status, 200);
  assert.deepEqual(
    (await site.app.store.pushDevices.of(account.id)).map(({ endpoint }) => endpoint),
    [next.endpoint],
  );
});

test('a reader takes along which devices are told, without what opens them; all of it goes with the account', async () => {
  const { account, cookie, device, search } = await begin('godwits');
  await publish('godwits');
  await fill();
  await setAlert(site.app, { reader: account.id, id: search.id, way: 'push' });
  const data = JSON.stringify(await readerData(site.app, account.id));
  assert.match(data, /"query":"godwits sightings","since":"[^"]+","toldBy":"push"/);
  const shown = `${data}${await page(cookie)}${await (await site.ask('/searches.json', { headers: { cookie } })).text()}`;
  assert.match(data, /"toldDevices":\[\{"name":"An unknown device","pushService":"127\.0\.0\.1:\d+"/);
  const { endpoint, keys } = device.subscription;
  const { privateKey } = await site.app.store.pushKeys.vapid(() => assert.fail('there are keys'), 0);
  for (const secret of [endpoint, keys.auth, keys.p256dh, privateKey]) assert.ok(!shown.includes(secret));
  await leave(site.app, { id: account.id, wish: true });
  site.clock.forward(8 * 24 * HOUR_MS);
  assert.equal(await deleteLeavers(site.app), 1);
  assert.deepEqual(await site.app.store.pushDevices.of(account.id), []);
  assert.deepEqual(await send(), NONE);
  assert.deepEqual(device.notes(), []);
});

test('push services are told whom to turn to, if anybody can be', () => {
  const contact = (contact: string, publicUrl = '') => subjectOf({ contact, publicUrl });
  assert.equal(contact('desk@example.org'), 'mailto:desk@example.org');
  assert.equal(contact('https://example.org/about'), 'https://example.org/about');
  assert.equal(contact('', 'https://papers.example'), 'https://papers.example');
  assert.equal(contact('', 'http://localhost:3000'), 'mailto:nobody@broadsheet.invalid');
});

test('the service worker keeps its address, is looked at anew each time, and is a script', async () => {
  const answer = await site.ask('/push.js');
  assert.match(answer.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
  assert.match(await answer.text(), /pushsubscriptionchange/);
  const etag = answer.headers.get('etag') ?? '';
  assert.equal((await site.ask('/push.js', { headers: { 'if-none-match': etag } })).status, 304);
});

test('nothing of it was logged as an error', () => {
  assert.deepEqual(site.errors, []);
});
