import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { OWNER } from '../../src/model/reader.ts';
import { fillPushes } from '../../src/services/push-alert.ts';
import { pushSender } from '../../src/services/push-send.ts';
import { saveSearch } from '../../src/services/saved-search.ts';
import { movingClock } from '../support/accounts.ts';
import { axeFinds, LOOKS, openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';
import { type PushServer, startPushServer } from '../support/push-server.ts';

/** Web push in Chromium: the device is added by its button, and its service worker shows what is pushed. */

const clock = movingClock('2026-04-21T04:00:00Z');
let browser: Browser;
let push: PushServer;
let served: ServedSite;
before(async () => {
  [browser, push] = await Promise.all([openBrowser(), startPushServer()]);
  served = await serveSite({ clock, env: { BROADSHEET_FETCH_ALLOW: push.host } });
  assert.ok((await saveSearch(served.site.app, { reader: OWNER, q: 'otters awake' })).ok);
});
afterEach(() => served.site.app.store.pushDevices.forget(OWNER));
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
  await push?.[Symbol.asyncDispose]();
});

/** Waits until the worker shows just that, each as `title / body / tag`: one that takes another’s place is gone for a moment. */
const untilShown = (page: Page, notes: readonly string[]) =>
  page.waitForFunction(
    `navigator.serviceWorker.ready
      .then((one) => one.getNotifications())
      .then((all) => JSON.stringify(all.map(({ title, body, tag }) => [title, body, tag].join(' / ')).sort()) === ${JSON.stringify(JSON.stringify(notes.toSorted()))})`,
  );

/** This browser has no push service to reach: what one would answer is put in its place, all else is the browser’s own. */
const withPushService = async (tab: Tab, { subscription }: ReturnType<PushServer['subscribe']>): Promise<void> => {
  await tab.context.grantPermissions(['notifications'], { origin: served.origin });
  await tab.page.addInitScript(`{
    const given = ${JSON.stringify(subscription)};
    let kept = null;
    const one = { ...given, toJSON: () => given, options: {}, unsubscribe: async () => { localStorage.removeItem('kept'); return true; } };
    PushManager.prototype.subscribe = async (options) => {
      if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error('not as it should be');
      localStorage.setItem('kept', '1');
      return one;
    };
    PushManager.prototype.getSubscription = async () => (localStorage.getItem('kept') ? one : null);
  }`);
};

/** Hands a text to the service worker as a push service’s message, decrypted. */
const deliver = async (session: CDPSession, registrationId: string, data: string): Promise<void> => {
  await session.send('ServiceWorker.deliverPushMessage', { origin: served.origin, registrationId, data });
};

test('a device is added by its button, told of a new paper, and taken away', async () => {
  const device = push.subscribe('chromium');
  // Pages that fade into each other say so when the next one comes before they are done.
  await using tab = await openTab(browser, { reducedMotion: 'reduce' });
  await withPushService(tab, device);
  const { page } = tab;
  await page.goto(`${served.origin}/searches`);
  await page.getByRole('button', { name: 'Tell me on this device' }).click();
  await page.waitForURL(/device=on/);
  assert.match((await page.textContent('#devices')) ?? '', /Chrome on Linux \(this one\)/);
  assert.equal(await page.getByRole('button', { name: 'Tell me on this device' }).count(), 0);

  clock.forward(60_000);
  await served.site.take([
    {
      id: '2604.20001',
      title: 'Otters awake',
      abstract: 'At night.',
      authors: 'Di Otter',
      categories: 'cs.DL',
      versions: [{ version: 'v1', created: new Date(clock.now()).toUTCString() }],
    },
  ]);
  assert.equal(await fillPushes({ ...served.site.app, byMail: false }), 1);
  assert.equal((await pushSender(served.site.app).send({ owner: 'test' })).sent, 1);
  const [note] = device.notes();
  assert.ok(note);

  const session = await tab.context.newCDPSession(page);
  const registered = new Promise<string>((done) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) done(first.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registered;
  for (const data of [JSON.stringify(note), JSON.stringify(note), 'no JSON'])
    await deliver(session, registrationId, data);
  const told = `New in “otters awake” / Otters awake / ${note.tag}`;
  // What comes twice is seen once; what cannot be read says whom it is from.
  await untilShown(page, [told, `${new URL(served.origin).host} /  / `]);

  await page.getByRole('button', { name: 'Remove Chrome on Linux' }).click();
  await page.waitForURL(/device=remove/);
  await page.getByRole('button', { name: 'Tell me on this device' }).waitFor();
  assert.deepEqual(await served.site.app.store.pushDevices.of(OWNER), []);
  assert.deepEqual(tab.troubles, []);
});

test('a notification opens what it is about, never another site; a device under a new address stays told', async () => {
  const [device, next] = [push.subscribe('first'), push.subscribe('second')];
  await using tab = await openTab(browser, { reducedMotion: 'reduce' });
  await withPushService(tab, device);
  await tab.page.goto(`${served.origin}/searches`);
  await tab.page.getByRole('button', { name: 'Tell me on this device' }).click();
  await tab.page.waitForURL(/device=on/);
  const [worker] = tab.context.serviceWorkers();
  assert.ok(worker);
  // Only a click of a person may open a window: where it would lead is noted.
  const opened = (path: string) =>
    worker.evaluate<string>(`(async () => {
      let opened = '';
      clients.openWindow = async (url) => { opened = url; return null; };
      await registration.showNotification('a', { data: { path: ${JSON.stringify(path)} } });
      const notification = (await registration.getNotifications()).at(-1);
      dispatchEvent(new NotificationEvent('notificationclick', { notification }));
      while (opened === '') await new Promise((done) => setTimeout(done, 10));
      return opened;
    })()`);
  assert.equal(await opened('/papers/2604.20001'), `${served.origin}/papers/2604.20001`);
  for (const path of ['https://elsewhere.example/', '//elsewhere.example/x', 'javascript:alert(1)', 'http://[', ''])
    assert.ok((await opened(path)).startsWith(served.origin), path);

  const answer = tab.context.waitForEvent('response', (one) => one.url().endsWith('/searches/devices'));
  await worker.evaluate(`(async () => {
    const given = ${JSON.stringify(next.subscription)};
    const changed = new ExtendableEvent('pushsubscriptionchange');
    changed.oldSubscription = ${JSON.stringify(device.subscription)};
    changed.newSubscription = { toJSON: () => given };
    dispatchEvent(changed);
  })()`);
  assert.equal((await answer).status(), 200);
  const { pushDevices } = served.site.app.store;
  assert.deepEqual(
    (await pushDevices.of(OWNER)).map(({ endpoint }) => endpoint),
    [next.subscription.endpoint],
  );
});

test('a browser that is not allowed to, or cannot reach its push service, says so', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(`${served.origin}/searches`);
  await tab.page.evaluate(`Notification.requestPermission = async () => 'denied'`);
  await tab.page.getByRole('button', { name: 'Tell me on this device' }).click();
  await tab.page.getByText('This browser does not let this site notify you.').waitFor();
  await tab.page.evaluate(`Notification.requestPermission = async () => 'granted'`);
  await tab.page.getByRole('button', { name: 'Tell me on this device' }).click();
  await tab.page.getByText('The push service of this browser cannot be reached.').waitFor();
});

test('without script there is no button to press, but devices are tried and removed; the page is sound to axe', async () => {
  const { endpoint, keys } = push.subscribe('plain').subscription;
  const device = { id: 'a'.repeat(64), reader: OWNER, session: '', endpoint, ...keys, createdAt: clock.now() };
  await served.site.app.store.pushDevices.put({ ...device, name: 'Firefox on Linux' }, { most: 9 });
  for (const look of LOOKS) {
    const { width } = look.viewport;
    await using tab = await openTab(browser, { ...look, bypassCSP: true });
    await tab.page.goto(`${served.origin}/searches`);
    await tab.page.getByRole('button', { name: 'Tell me on this device' }).waitFor();
    assert.ok((await tab.page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')) <= 0);
    assert.deepEqual(await axeFinds(tab.page), [], `${width}`);
  }
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  await tab.page.goto(`${served.origin}/searches`);
  assert.equal(await tab.page.getByRole('button', { name: 'Tell me on this device' }).count(), 0);
  await tab.page.getByRole('button', { name: 'Try it on Firefox on Linux' }).click();
  await tab.page.getByText('A notification is on its way.').waitFor();
  await tab.page.getByRole('button', { name: 'Remove Firefox on Linux' }).click();
  await tab.page.locator('#devices').waitFor({ state: 'hidden' });
});
