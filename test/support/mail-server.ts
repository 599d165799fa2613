import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Delivery {
  readonly to: readonly string[];
  readonly raw: string;
}

export interface MailServer extends AsyncDisposable {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** Says no to a recipient by throwing an error with a `responseCode`. */
  refuse: (address: string) => (Error & { readonly responseCode?: number }) | null;
}

/** A mail server of this process that keeps what it is handed. */
export const startMailServer = async (options: SMTPServerOptions = {}): Promise<MailServer> => {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: ({ address }, _, done) => done(made.refuse(address)),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        deliveries.push({ to: envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const made: MailServer = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    deliveries,
    refuse: () => null,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
  return made;
};
