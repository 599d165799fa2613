import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Fault } from '../kernel/errors.ts';
import type { Web } from './edge.ts';
import { refuseBytes, refuseUnreadable } from './guard-malformed.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;
const DRAIN_MS = 10_000;
const LINGER_MS = 200;

export interface Listening {
  readonly port: number;
  /** Takes no more connections, lets running requests end (10 s at most), then closes. */
  close(): Promise<void>;
}

const REASONS: Readonly<Record<string, (host: string, port: number) => Fault>> = {
  EADDRINUSE: (_, port) =>
    new Fault(
      'port-in-use',
      `Port ${port} is in use by another program: stop that one, or choose another port, e.g. BROADSHEET_PORT=${port + 1} npm start.`,
    ),
  EACCES: (_, port) =>
    new Fault(
      'port-in-use',
      `Port ${port} may not be used by this user: choose one above 1023, e.g. BROADSHEET_PORT=3000 npm start.`,
    ),
  EADDRNOTAVAIL: (host) =>
    new Fault(
      'bad-config',
      `${host} is not an address of this machine: set BROADSHEET_HOST to 127.0.0.1, or to 0.0.0.0 for all its addresses.`,
    ),
  ENOTFOUND: (host) =>
    new Fault(
      'bad-config',
      `${host} is not the name of an address: set BROADSHEET_HOST to 127.0.0.1, or to 0.0.0.0 for all addresses.`,
    ),
};

const started = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => failed(REASONS[cause.code ?? '']?.(host, port) ?? cause));
    server.listen({ host, port }, () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Serves the site. Throws `Fault('port-in-use')` or `Fault('bad-config')` with the mend. */
export const listen = async (
  web: Web,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> => {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 2_000,
      // Left to the adapter, whose refusal wears the guards.
      requireHostHeader: false,
    },
    getRequestListener(web.fetch, { errorHandler: refuseUnreadable }),
  );
  server.on('clientError', refuseBytes);
  const bound = await started(server, host, port);
  return {
    port: bound,
    close: () =>
      new Promise((done) => {
        const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
        // Idle connections are closed at once; those that fall idle later would otherwise be kept as long as ever.
        server.keepAliveTimeout = LINGER_MS;
        server.keepAliveTimeoutBuffer = 0;
        server.prependListener('request', (_, answer) => answer.setHeader('connection', 'close'));
        server.close(() => {
          clearTimeout(late);
          done();
        });
      }),
  };
};
