import { createTransport, type SendMailOptions } from 'nodemailer';
import { Fault } from '../kernel/errors.ts';
import type { Letter, Mailer } from '../ports/mailer.ts';
import { type MailerSettings, messageOf, signing } from './message.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;
/** Of a run. Some servers end a connection after a hundred letters: ours ends first. */
const CONNECTIONS = 5;
const LETTERS_EACH = 100;
const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  /** The command that was answered, e.g. `RCPT TO`. */
  readonly command?: string;
  readonly response?: string;
}

/** What went wrong in one sentence; the server's own words, never the password. */
const sentenceOf = (error: SmtpError, host: string): string => {
  const { code = 'unknown', response } = error;
  if (code === 'EAUTH') return `The mail server ${host} does not take the user name and password.`;
  if (response !== undefined) {
    const words = response.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 200);
    return `The mail server ${host} did not take the letter: ${words.replace(/[.\s]+$/, '')}.`;
  }
  return `The mail server ${host} does not answer as it should (${code}).`;
};

/** Whether the server will never take this letter for this address, as opposed to not taking letters of ours, or not now. */
const isRefusal = ({ responseCode = 0, command = '' }: SmtpError): boolean =>
  responseCode >= 500 && responseCode < 600 && /^(?:RCPT TO|DATA)/.test(command);

const faultOf = (cause: unknown, host: string): Fault => {
  const error = cause as SmtpError;
  return new Fault(isRefusal(error) ? 'mail-refused' : 'mail-unavailable', sentenceOf(error, host), { cause });
};

/**
 * Hands letters in over SMTP, a connection each; a run of many over a few that are kept. `smtps:` is TLS from the start (port 465); `smtp:` (port 587) turns TLS
 * on where the server offers it, and a name and password are sent only then, or to this machine. The certificate of a
 * server on this machine is not asked for: such servers sign their own.
 */
export const smtpMailer = ({ url, from, dkim }: MailerSettings): Mailer => {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const here = /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
  const options = {
    host,
    port: port === '' ? (secure ? SMTPS_PORT : SUBMISSION_PORT) : Number(port),
    secure,
    requireTLS: !secure && username !== '' && !here,
    tls: { rejectUnauthorized: !here },
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    ...signing(dkim),
  };
  const transport = createTransport(options);
  const sender = (by: { sendMail(message: SendMailOptions): Promise<unknown> }) => async (letter: Letter) => {
    try {
      await by.sendMail(messageOf(letter, from));
    } catch (cause) {
      throw faultOf(cause, host);
    }
  };
  return {
    id: 'smtp',
    send: sender(transport),
    run: () => {
      const pool = createTransport({ ...options, pool: true, maxConnections: CONNECTIONS, maxMessages: LETTERS_EACH });
      return { send: sender(pool), [Symbol.dispose]: () => pool.close() };
    },
    async check() {
      try {
        await transport.verify();
      } catch (cause) {
        throw faultOf(cause, host);
      }
    },
  };
};
