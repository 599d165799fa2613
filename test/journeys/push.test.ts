import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { trialDigest } from '../../src/jobs/digests.ts';
import { keepPushing } from '../../src/jobs/pushes.ts';
import { setAlert } from '../../src/services/alert.ts';
import { pushSender } from '../../src/services/push-send.ts';
import { deleteLeavers, leave, readerData } from '../../src/services/reader-data.ts';
import { textOf } from '../support/app.ts';
import { readVapid } from '../support/push-server.ts';
import { NONE, openPushSite, type PushSite } from '../support/push-site.ts';

/** Web push from the form to the device: kept, told, encrypted, handed over to a push service, and read there. */

const HOUR_MS = 3_600_000;
let open: PushSite;
before(async () => {
  open = await openPushSite();
});
beforeEach(() => {
  open.push.answer = () => ({ status: 201 });
});
after(() => open[Symbol.asyncDispose]());

test('a device is told of what is new once, encrypted for it alone and signed by this instance', async () => {
  const { cookie, device, search } = await open.begin('herons');
  assert.equal(await open.fill(), 0, 'what was there before is no news');
  const title = await open.publish('herons');
  await open.publish('storks');
  assert.deepEqual([await open.fill(), await open.fill()], [1, 0]);
  const began = open.push.messages.length;
  assert.deepEqual(await open.send(), { ...NONE, sent: 1 });
  assert.deepEqual(await open.send(), NONE);
  assert.equal(await open.fill(), 0);
  const [message, ...more] = open.push.messages.slice(began);
  assert.ok(message);
  assert.equal(more.length, 0);
  const [note] = device.notes();
  assert.deepEqual(note, {
    title: 'New in “herons sightings”',
    body: title,
    path: '/papers/2604.20001',
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
  assert.deepEqual([vapid.alg, vapid.aud, vapid.sub], ['ES256', open.push.origin, 'mailto:desk@example.org']);
  const left = vapid.exp - Date.now() / 1000;
  assert.ok(left > 0 && left <= 24 * 3_600, `${left}`);
  const html = await open.page(cookie);
  assert.ok(html.includes(`data-push="${vapid.key}"`), 'the key that browsers are given is the one that signs');
  assert.match(textOf(html), /last told/);
  assert.ok(html.includes(search.name));
});

test('several papers are one note; a second device is told of later ones too', async () => {
  const { cookie, device, search } = await open.begin('egrets');
  const titles = [await open.publish('egrets'), await open.publish('egrets')];
  await open.fill();
  await open.send();
  const [first] = device.notes();
  assert.match(first?.body ?? '', /^2 papers: /);
  for (const title of titles) assert.ok(first?.body.includes(title));
  assert.equal(first?.path, `/searches#s-${search.id}`);
  const second = open.push.subscribe('egrets-too');
  await open.tell(second.subscription, cookie);
  await open.publish('egrets');
  await open.fill();
  await open.send();
  assert.equal(device.notes().length, 2);
  assert.equal(second.notes().length, 1);
  assert.equal(device.notes()[1]?.tag, second.notes()[0]?.tag);
  assert.notEqual(device.notes()[0]?.tag, device.notes()[1]?.tag, 'one does not hide the other');
});

test('a device taken away gets nothing, also of what waits; nor one that is signed out', async () => {
  const { cookie, device, id, account } = await open.begin('stilts');
  await open.publish('stilts');
  await open.fill();
  const other = await open.signIn();
  const remove = (who: string) =>
    open.site.post(`/searches/devices/${id}`, { do: 'remove' }, { headers: { cookie: who } });
  await remove(other.cookie);
  assert.equal((await open.site.app.store.pushDevices.of(account.id)).length, 1, 'another cannot');
  const gone = await remove(cookie);
  assert.equal(gone.headers.get('location'), '/searches?device=remove#devices');
  assert.equal((await remove(cookie)).status, 303, 'twice is once');
  assert.deepEqual(await open.send(), NONE);
  assert.deepEqual(device.notes(), []);
  await open.tell(device.subscription, cookie);
  await open.publish('stilts');
  await open.fill();
  await open.site.post('/sign-out', {}, { headers: { cookie } });
  assert.deepEqual(await open.send(), NONE);
  assert.deepEqual(device.notes(), []);
});

test('one that is taken away between the lease and its turn gets nothing', async () => {
  const { device, id } = await open.begin('snipes');
  await open.publish('snipes');
  await open.fill();
  const { pushDevices } = open.site.app.store;
  const store = {
    ...open.site.app.store,
    pushDevices: {
      ...pushDevices,
      get: async (which: string) => {
        await pushDevices.drop(id);
        return pushDevices.get(which);
      },
    },
  };
  assert.deepEqual(await pushSender({ ...open.site.app, store }).send({ owner: 'test' }), NONE);
  assert.deepEqual(device.notes(), []);
});

test('how one is told is chosen beside each search; without a choice, by the device of who gets no mail', async () => {
  const { cookie, device, search } = await open.begin('dunlins');
  const options = async () =>
    [...(await open.page(cookie)).matchAll(/<option value="(\w+)"( selected)?/g)].map(
      ([, way, on]) => way + (on ?? ''),
    );
  assert.deepEqual(await options(), ['push selected', 'off']);
  const tell = (told: string) =>
    open.site.post(`/searches/${search.id}`, { do: 'tell', told }, { headers: { cookie } });
  assert.equal((await tell('off')).status, 303);
  await open.publish('dunlins');
  assert.equal(await open.fill(), 0);
  open.site.clock.forward(HOUR_MS);
  await tell('push');
  await open.publish('dunlins');
  assert.equal(await open.fill(), 1);
  await open.send();
  assert.equal(device.notes().length, 1);
});

test('what devices are told of is not in the morning mail, unless there are none left', async () => {
  const { account, search, id } = await open.begin('curlews');
  const title = await open.publish('curlews');
  const mailed = async () => {
    const { text } = await trialDigest(open.site.app, account.email ?? '');
    return text.replace(/\s+/g, ' ').includes(title);
  };
  const tell = (way: 'push' | 'digest') => setAlert(open.site.app, { reader: account.id, id: search.id, way });
  await tell('push');
  assert.equal(await mailed(), false);
  await tell('digest');
  assert.equal(await mailed(), true);
  await tell('push');
  await open.site.app.store.pushDevices.drop(id);
  assert.equal(await mailed(), true);
});

test('a device can be tried, and is kept once however often it is told of, by its browser under a new address too', async () => {
  const { account, cookie, device, id } = await open.begin('knots');
  const trying = () => open.site.post(`/searches/devices/${id}`, { do: 'try' }, { headers: { cookie } });
  assert.equal((await trying()).headers.get('location'), '/searches?device=try#devices');
  await trying();
  await open.send();
  assert.deepEqual(
    device.notes().map(({ title }) => title),
    ['Broadsheet'],
  );
  assert.equal((await open.site.post('/searches/devices/none', { do: 'try' }, { headers: { cookie } })).status, 404);
  for (let n = 0; n < 3; n++) await open.tell(device.subscription, cookie);
  const next = open.push.subscribe('knots-anew').subscription;
  assert.equal((await open.tell({ ...next, was: device.subscription.endpoint }, cookie)).status, 200);
  assert.deepEqual(
    (await open.site.app.store.pushDevices.of(account.id)).map(({ endpoint }) => endpoint),
    [next.endpoint],
  );
});

test('a reader takes along which devices are told, without what opens them; all of it goes with the account', async () => {
  const { account, cookie, device, search } = await open.begin('godwits');
  await open.publish('godwits');
  await open.fill();
  await setAlert(open.site.app, { reader: account.id, id: search.id, way: 'push' });
  const data = JSON.stringify(await readerData(open.site.app, account.id));
  assert.match(data, /"query":"godwits sightings","since":"[^"]+","toldBy":"push"/);
  const shown = `${data}${await open.page(cookie)}${await (await open.site.ask('/searches.json', { headers: { cookie } })).text()}`;
  assert.match(data, /"toldDevices":\[\{"name":"An unknown device","pushService":"127\.0\.0\.1:\d+"/);
  const { endpoint, keys } = device.subscription;
  const { privateKey } = await open.site.app.store.pushKeys.vapid(() => assert.fail('there are keys'), 0);
  for (const secret of [endpoint, keys.auth, keys.p256dh, privateKey]) assert.ok(!shown.includes(secret));
  await leave(open.site.app, { id: account.id, wish: true });
  open.site.clock.forward(8 * 24 * HOUR_MS);
  assert.equal(await deleteLeavers(open.site.app), 1);
  assert.deepEqual(await open.site.app.store.pushDevices.of(account.id), []);
  assert.deepEqual(await open.send(), NONE);
  assert.deepEqual(device.notes(), []);
});

test('the job tells devices by itself, as soon as search knows what came, until it is told to stop', async () => {
  const { device } = await open.begin('ruffs');
  await open.publish('ruffs');
  const { push, site } = open;
  const soon = new AbortController();
  const index = {
    position: async () => {
      soon.abort();
      return 0;
    },
  } as unknown as typeof site.app.index;
  await keepPushing({ ...site.app, index }, { signal: soon.signal });
  assert.equal((await site.app.store.pushOutbox.counts()).waiting, 0, 'not before');
  const go = new AbortController();
  push.answer = () => {
    go.abort();
    return { status: 201 };
  };
  await keepPushing(site.app, { signal: go.signal });
  assert.equal(device.notes().length, 1);
});

test('the service worker keeps its address, is looked at anew each time, and is a script', async () => {
  const answer = await open.site.ask('/push.js');
  assert.match(answer.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
  assert.match(await answer.text(), /pushsubscriptionchange/);
  const etag = answer.headers.get('etag') ?? '';
  assert.equal((await open.site.ask('/push.js', { headers: { 'if-none-match': etag } })).status, 304);
});

test('nothing of it was logged as an error', () => {
  assert.deepEqual(open.site.errors, []);
});
