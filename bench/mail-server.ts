import { SMTPServer } from 'smtp-server';

/** A mail server in a process of its own, which takes all it is handed; says its port, and at the end how many it took. */
let taken = 0;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  onData(stream, _, done) {
    stream.on('data', () => {});
    stream.on('end', () => {
      taken++;
      done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('message', () => process.send?.(taken));
