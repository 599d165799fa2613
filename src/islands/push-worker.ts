/**
 * The service worker, at `/push.js`: shows what is pushed, and opens what it is about. It takes no part in loading pages.
 * What a page knows of its worker is not in the DOM's types: the little that is used is told here.
 */

interface Note {
  readonly title: string;
  readonly body: string;
  readonly path: string;
  readonly tag: string;
}
interface Later extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Pushed extends Later {
  readonly data: { json(): unknown } | null;
}
interface Clicked extends Later {
  readonly notification: Notification;
}
interface Changed extends Later {
  readonly oldSubscription: PushSubscription | null;
  readonly newSubscription: PushSubscription | null;
}
interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
}
interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { readonly type: 'window'; readonly includeUncontrolled: true }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install', listen: (event: Later) => void): void;
  addEventListener(type: 'push', listen: (event: Pushed) => void): void;
  addEventListener(type: 'notificationclick', listen: (event: Clicked) => void): void;
  addEventListener(type: 'pushsubscriptionchange', listen: (event: Changed) => void): void;
}
const worker = globalThis as unknown as Worker;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Browsers show something of their own where nothing is shown, so what cannot be read says at least who it is from. */
const read = (data: Pushed['data']): Note => {
  let said: Partial<Record<keyof Note, unknown>> = {};
  try {
    said = (data?.json() ?? {}) as typeof said;
  } catch {}
  const { title, body, path, tag } = said;
  return { title: text(title) || location.host, body: text(body), path: text(path), tag: text(tag) };
};

/** An address of ours, whatever was sent. */
const addressOf = (path: string): string => {
  const url = URL.canParse(path, location.origin) ? new URL(path, location.origin) : null;
  return url?.origin === location.origin ? url.href : location.origin;
};

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));

worker.addEventListener('push', (event) => {
  const { title, body, path, tag } = read(event.data);
  const icon = '/assets/touch-icon.png';
  event.waitUntil(worker.registration.showNotification(title, { body, tag, icon, data: { path } }));
});

const open = async (address: string): Promise<void> => {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = pages.find(({ url }) => url === address);
  await (there === undefined ? worker.clients.openWindow(address) : there.focus());
};

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = (event.notification.data ?? {}) as { readonly path?: unknown };
  event.waitUntil(open(addressOf(text(path))));
});

/** A push service that gives the browser another address: told to the site at once, or nothing would come any more. */
const renew = async ({ oldSubscription: old, newSubscription: given }: Changed): Promise<void> => {
  const options = old?.options;
  const next = given ?? (options === undefined ? null : await worker.registration.pushManager.subscribe(options));
  if (next === null) return;
  await fetch('/searches/devices', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...next.toJSON(), was: old?.endpoint }),
  });
};

worker.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));
