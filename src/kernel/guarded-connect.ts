import { lookup as resolve } from 'node:dns/promises';
import { isIP, connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import { hostOf, isPublicAddress, isPublicHost } from './addresses.ts';
import { Fault } from './errors.ts';

/** IP addresses of a name. Rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;
/** Opens a connection: `net.connect`, or what a test puts in its place. */
export type Dial = (options: TcpNetConnectOpts) => Socket;

/** Whether an address is let through though it is not public. */
export interface Guard {
  readonly allowed: (url: URL) => boolean;
  readonly resolve?: Resolve;
  readonly dial?: Dial;
}

const systemResolve: Resolve = async (host) => (await resolve(host, { all: true })).map(({ address }) => address);

const refused = (url: URL, why: string): Fault =>
  new Fault('address-refused', `${url.host} ${why}. BROADSHEET_FETCH_ALLOW names what may be fetched all the same.`);

/** Checks what can be seen in an address itself. Throws `Fault('address-refused')`. */
export const checkUrl = (url: URL, guard: Guard): void => {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Fault('address-refused', `Only http and https are fetched, not ${url.protocol.slice(0, 40)}`);
  if (url.username !== '' || url.password !== '')
    throw new Fault('address-refused', `The address of ${url.host} carries a user or a password, which are not sent.`);
  if (url.port === '0') throw new Fault('address-refused', `${url.host} names port 0, which is none.`);
  if (!isPublicHost(url) && !guard.allowed(url)) throw refused(url, 'is not a public address');
};

/** The addresses to connect to: those that were checked are those that are used, so a name that changes its mind gains nothing. */
const addressesOf = async (url: URL, guard: Guard): Promise<readonly string[]> => {
  const host = hostOf(url);
  const addresses = isIP(host) ? [host] : await (guard.resolve ?? systemResolve)(host);
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  if (!guard.allowed(url) && !addresses.every(isPublicAddress))
    throw refused(url, 'leads to an address that is not public');
  return addresses;
};

const dialled = (url: URL, addresses: readonly string[], guard: Guard, signal: AbortSignal): Promise<Socket> =>
  new Promise((done, failed) => {
    const socket = (guard.dial ?? netConnect)({
      host: hostOf(url),
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      autoSelectFamily: true,
      lookup: (_host, options, answer) => {
        const all = addresses.map((address) => ({ address, family: isIP(address) }));
        if (options.all) answer(null, all);
        else answer(null, all[0]?.address ?? '', all[0]?.family);
      },
    });
    socket.on('error', failed);
    // An attempt nobody waits for any more would keep the process for minutes.
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once('close', () => failed(new Error(`the connection to ${url.host} was closed`)));
    socket.once('connect', () => {
      // Whatever was asked for, this is where the bytes would go.
      const { remoteAddress } = socket;
      if (remoteAddress !== undefined && (guard.allowed(url) || isPublicAddress(remoteAddress))) return done(socket);
      if (remoteAddress !== undefined) failed(refused(url, 'leads to an address that is not public'));
      socket.destroy();
    });
  });

/** What undici connects with: guards the name, the addresses it leads to, and the address that was reached, before a byte is sent. */
export const guardedConnector =
  (url: URL, guard: Guard, signal: AbortSignal): buildConnector.connector =>
  (_options, callback) => {
    const open = async (): Promise<Socket> => {
      checkUrl(url, guard);
      const addresses = await addressesOf(url, guard);
      signal.throwIfAborted();
      const socket = await dialled(url, addresses, guard, signal);
      socket.setNoDelay(true);
      if (url.protocol === 'http:') return socket;
      const host = hostOf(url);
      const secure = tlsConnect({ socket, host, servername: isIP(host) ? '' : host, ALPNProtocols: ['http/1.1'] });
      return new Promise((done, failed) => {
        secure.once('error', failed);
        secure.once('secureConnect', () => {
          secure.off('error', failed);
          done(secure);
        });
      });
    };
    open().then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
