import assert from 'node:assert/strict';
import type { Account } from '../../src/model/account.ts';
import type { SavedSearch } from '../../src/model/saved-search.ts';
import { fillPushes } from '../../src/services/push-alert.ts';
import { deviceIdOf } from '../../src/services/push-device.ts';
import { type Pushed, pushSender } from '../../src/services/push-send.ts';
import { saveSearch } from '../../src/services/saved-search.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from './accounts.ts';
import { ORIGIN } from './app.ts';
import { type PushServer, startPushServer } from './push-server.ts';

/** A reader who keeps a search that nobody else does, with a device. */
export interface ToldReader {
  readonly account: Account;
  /** Signed in. */
  readonly cookie: string;
  readonly device: ReturnType<PushServer['subscribe']>;
  /** Of the device. */
  readonly id: string;
  readonly search: SavedSearch;
}

/** A site with accounts, and a push service it may send to. */
export interface PushSite extends AsyncDisposable {
  readonly site: AccountSite;
  readonly push: PushServer;
  signIn(): Promise<Pick<ToldReader, 'account' | 'cookie'>>;
  /** Their search is for `{name} sightings`; a minute passes. */
  begin(name: string): Promise<ToldReader>;
  /** Takes a paper in that such a search finds; its title. */
  publish(name: string): Promise<string>;
  /** What a browser sends of a subscription. */
  tell(subscription: unknown, cookie: string): Promise<Response>;
  fill(): Promise<number>;
  send(owner?: string): Promise<Pushed>;
  /** The page of saved searches. */
  page(cookie: string): Promise<string>;
}

/** What sending comes to where there is nothing to send. */
export const NONE: Pushed = { sent: 0, failed: 0, later: 0, gone: 0 };

export const openPushSite = async (): Promise<PushSite> => {
  const push = await startPushServer();
  const env = { BROADSHEET_FETCH_ALLOW: push.host, BROADSHEET_CONTACT: 'desk@example.org' };
  const site = await openAccountSite({ env });
  let papers = 0;
  const tell: PushSite['tell'] = (subscription, cookie) =>
    site.ask('/searches/devices', {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'application/json', accept: 'application/json', cookie },
      body: JSON.stringify(subscription),
    });
  const signIn: PushSite['signIn'] = async () => {
    const account = await makeAccount(site);
    return { account, cookie: await cookieFor(site, account) };
  };
  return {
    site,
    push,
    tell,
    signIn,
    async begin(name) {
      const { account, cookie } = await signIn();
      const saved = await saveSearch(site.app, { reader: account.id, q: `${name} sightings` });
      assert.ok(saved.ok);
      const device = push.subscribe(name);
      assert.equal((await tell(device.subscription, cookie)).status, 200);
      site.clock.forward(60_000);
      return { account, cookie, device, search: saved.value, id: deviceIdOf(device.subscription.endpoint) };
    },
    async publish(name) {
      const id = `2604.${String(20_000 + ++papers)}`;
      const versions = [{ version: 'v1', created: new Date(site.clock.now()).toUTCString() }];
      const title = `Sightings of ${name}, part ${papers}`;
      await site.take([{ id, title, abstract: 'At night.', authors: 'Di Otter', categories: 'cs.DL', versions }]);
      return title;
    },
    fill: () => fillPushes({ ...site.app, byMail: true }),
    send: (owner = 'test') => pushSender(site.app).send({ owner }),
    page: async (cookie) => (await site.ask('/searches', { headers: { cookie } })).text(),
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await push[Symbol.asyncDispose]();
    },
  };
};
