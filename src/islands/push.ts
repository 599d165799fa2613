/** Notifications on this device: only a browser can ask for them. The list of devices and its buttons work without this. */

const WORKER = '/push.js';
const DEVICES = '/searches/devices';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(text: string): string },
  ): { createScriptURL(text: string): string };
}
// Where the browser asks for it, the one address of a script that may be run.
const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('push', {
  createScriptURL: (text) => (text === WORKER ? text : ''),
});

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (unit) => unit.charCodeAt(0));

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

const idOf = async (endpoint: string): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint)));

const subscriptionHere = async (): Promise<PushSubscription | null> =>
  (await (await navigator.serviceWorker.getRegistration('/'))?.pushManager.getSubscription()) ?? null;

const subscribe = async (key: string): Promise<PushSubscription> => {
  const registration = await navigator.serviceWorker.register(trusted?.createScriptURL(WORKER) ?? WORKER);
  await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  const mine = before?.options.applicationServerKey;
  if (before !== null && mine && hex(mine) === hex(bytesOf(key).buffer)) return before;
  // Made for another key, e.g. of an instance that was set up anew at this address.
  await before?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
};

const turnOn = async (key: string): Promise<void> => {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('This browser does not let this site notify you.');
  const subscription = await subscribe(key).catch(() => {
    throw new Error('The push service of this browser cannot be reached.');
  });
  const answer = await fetch(DEVICES, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(subscription.toJSON()),
  });
  if (answer.ok) return location.assign('/searches?device=on#devices');
  await subscription.unsubscribe();
  const said = await answer.json().catch(() => ({ error: 'That did not work. Try again.' }));
  throw new Error((said as { readonly error: string }).error);
};

const enhance = async (section: HTMLElement, key: string): Promise<void> => {
  const button = section.querySelector<HTMLButtonElement>('[data-on]');
  const said = section.querySelector<HTMLElement>('[data-said]');
  if (button === null || said === null) return;
  const say = (text: string): void => {
    said.hidden = false;
    said.textContent = text;
  };
  const here = await subscriptionHere();
  const row = here === null ? null : section.querySelector(`[data-device="${await idOf(here.endpoint)}"]`);
  section.hidden = false;
  if (row !== null) {
    row.querySelector('strong')?.after(' (this one)');
    // Also in the browser, so that it keeps no subscription nobody uses.
    row.querySelector('[value=remove]')?.addEventListener('click', () => void here?.unsubscribe());
    return;
  }
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    await turnOn(key).catch((error: Error) => say(error.message));
    button.disabled = false;
  });
};

const section = document.querySelector<HTMLElement>('[data-push]');
if (section?.dataset.push && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)
  void enhance(section, section.dataset.push);
