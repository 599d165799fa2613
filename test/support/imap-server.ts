import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A message of the mailbox. */
export interface Kept {
  readonly uid: number;
  readonly raw: string;
  seen: boolean;
}

export interface ImapServer extends AsyncDisposable {
  readonly port: number;
  readonly messages: Kept[];
  /** Every line that clients said. */
  readonly said: string[];
}

const USER = 'returns';
const PASSWORD = 'p@ss/word "x"';

/** As they stand in an address. */
export const IMAP_LOGIN = `${USER}:${encodeURIComponent(PASSWORD)}`;

/**
 * A small IMAP4rev1 server (RFC 3501) of one mailbox in this process: LOGIN, SELECT, UID SEARCH UNSEEN, UID FETCH of bodies, UID STORE of \Seen.
 * What it does not know it answers BAD. `cut` ends the connection in the middle of the fetch with that number, 1 first.
 */
export const serveImap = async (
  raws: readonly string[],
  { cut = 0 }: { readonly cut?: number } = {},
): Promise<ImapServer> => {
  const messages: Kept[] = raws.map((raw, at) => ({
    uid: 101 + 2 * at,
    raw: raw.replace(/\r?\n/g, '\r\n'),
    seen: false,
  }));
  const said: string[] = [];
  const sockets = new Set<Socket>();
  let fetches = 0;

  const talk = (socket: Socket): void => {
    let buffer = '';
    /** Of a command with a literal: what came before it, and how many bytes are still to come. */
    let pending: { text: string; bytes: number } | null = null;
    let authenticated = false;
    const send = (line: string): void => void socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    send('* OK [CAPABILITY IMAP4rev1] ready');

    const uidCommand = (tag: string, rest: string): void => {
      const [, verb = '', args = ''] = /^(\w+) ?(.*)$/.exec(rest) ?? [];
      const of = (set: string): readonly Kept[] => messages.filter(({ uid }) => set.split(',').includes(String(uid)));
      const [set = ''] = args.split(' ');
      switch (verb.toUpperCase()) {
        case 'SEARCH': {
          const found = messages.filter(({ seen }) => !seen).map(({ uid }) => uid);
          send(`* SEARCH${found.map((uid) => ` ${uid}`).join('')}`);
          send(`${tag} OK done`);
          return;
        }
        case 'FETCH':
          for (const message of of(set)) {
            fetches++;
            const most = Number(/BODY\.PEEK\[\]<0\.(\d+)>/i.exec(args)?.[1] ?? Number.POSITIVE_INFINITY);
            const partial = Number.isFinite(most) ? '<0>' : '';
            const body = Buffer.from(message.raw).subarray(0, most);
            const number = messages.indexOf(message) + 1;
            socket.write(`* ${number} FETCH (UID ${message.uid} BODY[]${partial} {${body.byteLength}}\r\n`);
            if (fetches === cut) {
              socket.destroy();
              return;
            }
            socket.write(body);
            send(')');
          }
          send(`${tag} OK done`);
          return;
        case 'STORE':
          for (const message of of(set)) if (/\+FLAGS.*\\Seen/i.test(args)) message.seen = true;
          send(`${tag} OK done`);
          return;
        default:
          send(`${tag} BAD unknown`);
      }
    };

    const obey = (line: string): void => {
      said.push(line);
      const [, tag = '*', verb = '', rest = ''] = /^(\S+) (\w+) ?(.*)$/s.exec(line) ?? [];
      const unquoted = rest.replace(/\\(["\\])/g, '$1');
      switch (verb.toUpperCase()) {
        case 'CAPABILITY':
          send('* CAPABILITY IMAP4rev1');
          send(`${tag} OK done`);
          return;
        case 'LOGIN':
          authenticated = unquoted.includes(USER) && unquoted.includes(PASSWORD);
          send(authenticated ? `${tag} OK in` : `${tag} NO [AUTHENTICATIONFAILED] wrong`);
          return;
        case 'LOGOUT':
          send('* BYE');
          send(`${tag} OK out`);
          socket.end();
          return;
        case 'LIST':
          if (/^"" ""$/.test(rest)) send('* LIST (\\Noselect) "/" ""');
          else if (/"?INBOX"?$/i.test(rest)) send('* LIST () "/" INBOX');
          send(`${tag} OK done`);
          return;
        case 'NOOP':
        case 'CLOSE':
          send(`${tag} OK done`);
          return;
        case 'SELECT':
          if (!authenticated || !/^"?INBOX"?$/i.test(rest)) {
            send(`${tag} NO there is no such mailbox`);
            return;
          }
          send(`* ${messages.length} EXISTS`);
          send('* 0 RECENT');
          send('* FLAGS (\\Seen)');
          send('* OK [PERMANENTFLAGS (\\Seen)] yes');
          send('* OK [UIDVALIDITY 7] valid');
          send(`* OK [UIDNEXT ${200 + messages.length}] next`);
          send(`${tag} OK [READ-WRITE] open`);
          return;
        case 'UID':
          uidCommand(tag, rest);
          return;
        default:
          send(`${tag} BAD unknown`);
      }
    };

    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      for (;;) {
        if (pending !== null) {
          if (buffer.length < pending.bytes) return;
          buffer = pending.text + buffer.slice(0, pending.bytes) + buffer.slice(pending.bytes);
          pending = null;
        }
        const end = buffer.indexOf('\r\n');
        if (end < 0) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const literal = /\{(\d+)\}$/.exec(line);
        if (literal === null) obey(line);
        else {
          send('+ go on');
          pending = { text: `${line.slice(0, literal.index)}`, bytes: Number(literal[1]) };
        }
      }
    });
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    talk(socket);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    said,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
};
