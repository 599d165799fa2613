import type { ImapFlow } from 'imapflow';
import { Fault } from '../kernel/errors.ts';
import type { Mailbox } from '../ports/mailbox.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
const IMAP_PORT = 143;
const IMAPS_PORT = 993;

interface ImapError extends Error {
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly responseText?: string;
}

/** What went wrong in one sentence; the server's own words, never the password. */
const sentenceOf = ({ authenticationFailed, responseText, code = 'unknown' }: ImapError, host: string): string => {
  if (authenticationFailed) return `The mailbox at ${host} does not take the user name and password.`;
  if (responseText === undefined || responseText === '')
    return `The mailbox at ${host} does not answer as it should (${code}).`;
  return `The mailbox at ${host} says: ${responseText.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 200)}`;
};

/**
 * The mailbox of an `imaps:` address (TLS from the start, port 993), or an `imap:` one (port 143; TLS is turned on before the password is
 * sent, but for a server on this machine). The path names the folder; `INBOX` where it is empty. A connection each time.
 */
export const imapMailbox = (url: string): Mailbox => {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const secure = protocol === 'imaps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const here = /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
  const folder = decodeURIComponent(pathname.slice(1)) || 'INBOX';
  const open = async (): Promise<ImapFlow> => {
    // Slow to load, and most processes read no mail.
    const imap = await import('imapflow');
    return new imap.ImapFlow({
      host,
      port: port === '' ? (secure ? IMAPS_PORT : IMAP_PORT) : Number(port),
      secure,
      ...(secure || here ? {} : { doSTARTTLS: true }),
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
      tls: { rejectUnauthorized: !here },
      logger: false,
      disableAutoIdle: true,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
    });
  };
  return {
    id: 'imap',
    async drain(take, { limit, mostBytes, signal }) {
      const client = await open();
      let broken: unknown = null;
      // Errors between two commands: the next command fails with them too.
      client.on('error', () => {});
      const work = async (): Promise<number> => {
        const unread = (await client.search({ seen: false }, { uid: true })) || [];
        let taken = 0;
        for (const uid of unread.slice(0, limit)) {
          if (signal.aborted) break;
          const message = await client.fetchOne(String(uid), { source: { maxLength: mostBytes } }, { uid: true });
          if (message && message.source !== undefined)
            await take(message.source).catch((error: unknown) => {
              broken = error;
              throw error;
            });
          await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
          taken++;
        }
        return taken;
      };
      try {
        await client.connect();
        const lock = await client.getMailboxLock(folder);
        try {
          return await work();
        } finally {
          lock.release();
        }
      } catch (cause) {
        if (cause === broken) throw cause;
        throw new Fault('mail-unavailable', sentenceOf(cause as ImapError, host), { cause });
      } finally {
        await client.logout().catch(() => client.close());
      }
    },
  };
};
