import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a browser's end of web push does, written from the RFCs and apart from what the product uses. */

/** The keys of a browser's subscription. */
export interface Receiver {
  readonly curve: ECDH;
  readonly auth: Buffer;
}

export const newReceiver = (): Receiver => {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  return { curve, auth: randomBytes(16) };
};

const derive = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

/** The text of a message in one record: RFC 8188 with the keys of RFC 8291. Throws where anything of it is not as it was sent. */
export const decrypt = (body: Uint8Array, { curve, auth }: Receiver): string => {
  const message = Buffer.from(body);
  const salt = message.subarray(0, 16);
  const recordSize = message.readUInt32BE(16);
  const idLength = message.readUInt8(20);
  const sender = message.subarray(21, 21 + idLength);
  const record = message.subarray(21 + idLength);
  if (record.length > recordSize) throw new Error('more than one record');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), curve.getPublicKey(), sender]);
  const input = derive(curve.computeSecret(sender), auth, info, 32);
  const key = derive(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = plain.findLastIndex((byte) => byte !== 0);
  if (plain[end] !== 2) throw new Error('the last record does not say so');
  return plain.subarray(0, end).toString('utf8');
};

/** The claims of a VAPID header (RFC 8292) and the key that signed them; throws where the signature is not good. */
export const readVapid = (header: string) => {
  const { t = '', k = '' } = /^vapid t=(?<t>[\w.-]+), k=(?<k>[\w-]+)$/.exec(header)?.groups ?? {};
  const [head = '', claims = '', signature = ''] = t.split('.');
  const point = Buffer.from(k, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    throw new Error('the signature is not good');
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { key: k, alg: parse(head).alg as string, ...(parse(claims) as { aud: string; exp: number; sub: string }) };
};

export interface PushMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A push service on this machine. */
export interface PushServer extends AsyncDisposable {
  readonly origin: string;
  /** `host:port`, for `BROADSHEET_FETCH_ALLOW`. */
  readonly host: string;
  readonly messages: PushMessage[];
  /** What it answers; 201 where nothing is set. */
  answer: (message: PushMessage) => { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
  /** A new subscription as a browser would send it, and what opens its messages. */
  subscribe(name: string): {
    readonly subscription: {
      readonly endpoint: string;
      readonly keys: { readonly p256dh: string; readonly auth: string };
    };
    /** The notes that came for it so far. */
    notes(): readonly { readonly title: string; readonly body: string; readonly path: string; readonly tag: string }[];
  };
}

export const startPushServer = async (): Promise<PushServer> => {
  const messages: PushMessage[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const message = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
    const { status, headers = {} } = push.answer(message);
    messages.push(message);
    response.writeHead(status, headers).end();
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const push: PushServer = {
    origin: `http://${host}`,
    host,
    messages,
    answer: () => ({ status: 201 }),
    subscribe(name) {
      const receiver = newReceiver();
      const path = `/push/${name}`;
      const keys = { p256dh: receiver.curve.getPublicKey('base64url'), auth: receiver.auth.toString('base64url') };
      return {
        subscription: { endpoint: `http://${host}${path}`, keys },
        notes: () => messages.filter((one) => one.path === path).map(({ body }) => JSON.parse(decrypt(body, receiver))),
      };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return push;
};
