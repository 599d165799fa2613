import { createECDH, generateKeyPairSync, hash } from 'node:crypto';
import { allowance, isPublicHost } from '../kernel/addresses.ts';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { MOST_DEVICES, type PushDevice, type PushKeys, trialNote } from '../model/push.ts';
import type { Store } from '../store/store.ts';

/** Longest address of a push service that is taken; those of today have some 200 characters. */
const LONGEST_ENDPOINT = 2_000;
const POINT_BYTES = 65;
const SECRET_BYTES = 16;
/** Tried again within so long, it is the same try. */
const TRIAL_MS = 10_000;

interface Deps {
  readonly store: Pick<Store, 'pushDevices' | 'pushOutbox' | 'pushKeys'>;
  readonly clock: Clock;
  /** `fetchAllow`: `host:port` each. */
  readonly config: { readonly fetchAllow: readonly string[]; readonly masthead: string };
}

/** New keys on P-256; the halves as base64url, the public one uncompressed. */
const newKeys = (): PushKeys => {
  const {
    d = '',
    x = '',
    y = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d };
};

/** The keys by which push services know this instance; made when they are first asked for. */
export const pushKeysOf = ({ store, clock }: Pick<Deps, 'clock'> & { readonly store: Pick<Store, 'pushKeys'> }) =>
  store.pushKeys.vapid(newKeys, clock.now());

/** The id of a device: what its browser can work out too. */
export const deviceIdOf = (endpoint: string): string => hash('sha256', endpoint);

/** Whether messages may be sent to an address at all: https and public, or one the operator lets through. Where its name leads is seen when it is called. */
export const isEndpoint = (endpoint: string, allow: readonly string[]): boolean => {
  const url = endpoint.length > LONGEST_ENDPOINT ? null : URL.parse(endpoint);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:' && isPublicHost(url)) return true;
  return (url.protocol === 'https:' || url.protocol === 'http:') && allowance(allow)(url);
};

const BASE64URL = /^[\w-]+$/;

/** Whether these are keys one can encrypt for: a point on P-256 and a secret of 16 bytes (RFC 8291, section 3.2). */
const areKeys = ({ p256dh, auth }: Pick<PushDevice, 'p256dh' | 'auth'>): boolean => {
  if (!BASE64URL.test(p256dh) || !BASE64URL.test(auth)) return false;
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== POINT_BYTES || Buffer.from(auth, 'base64url').length !== SECRET_BYTES) return false;
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  try {
    curve.computeSecret(point);
    return true;
  } catch {
    return false;
  }
};

/** Keeps a browser that is to be told; the same one twice is one. `was`: the endpoint it had before. */
export const addDevice = async (
  { store, clock, config }: Deps,
  wish: Pick<PushDevice, 'reader' | 'session' | 'endpoint' | 'p256dh' | 'auth' | 'name'> & { readonly was?: string },
): Promise<Result<null, 'bad-input' | 'address-refused'>> => {
  const { was, ...device } = wish;
  if (!isEndpoint(device.endpoint, config.fetchAllow))
    return fail('address-refused', 'This browser’s push service has no public https address.');
  if (!areKeys(device)) return fail('bad-input', 'The keys of this browser are none that can be encrypted for.');
  const kept = await store.pushDevices.put(
    { ...device, id: deviceIdOf(device.endpoint), createdAt: clock.now() },
    { most: MOST_DEVICES },
  );
  if (kept === 'full') return fail('bad-input', `${MOST_DEVICES} devices are told already: remove one first.`);
  if (kept === 'taken') return fail('bad-input', 'This device is told for another reader.');
  if (was !== undefined && was !== device.endpoint) await store.pushDevices.remove(device.reader, deviceIdOf(was));
  return ok(null);
};

/** Sends a device of a reader a notification that says so. */
export const tryDevice = async (
  { store, clock, config }: Deps,
  { reader, id }: { readonly reader: string; readonly id: string },
): Promise<Result<null, 'not-found'>> => {
  const device = await store.pushDevices.get(id);
  if (device?.reader !== reader) return fail('not-found', 'There is no such device.');
  const at = clock.now();
  const tag = `trial-${Math.floor(at / TRIAL_MS)}`;
  await store.pushOutbox.fill({ reader, device: id, note: trialNote(config.masthead, tag), papers: [], at });
  return ok(null);
};
