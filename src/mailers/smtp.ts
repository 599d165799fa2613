import { createTransport } from 'nodemailer';
import { Fault } from '../kernel/errors.ts';
import type { Mailer } from '../ports/mailer.ts';
import { type MailerSettings, messageOf } from './message.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;
const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
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

/**
 * Hands letters in over SMTP, a connection each. `smtps:` is TLS from the start (port 465); `smtp:` (port 587) turns TLS
 * on where the server offers it, and a name and password are sent only then, or to this machine. The certificate of a
 * server on this machine is not asked for: such servers sign their own.
 */
export const smtpMailer = ({ url, from }: MailerSettings): Mailer => {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const here = /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
  const transport = createTransport({
    host,
    port: port === '' ? (secure ? SMTPS_PORT : SUBMISSION_PORT) : Number(port),
    secure,
    requireTLS: !secure && username !== '' && !here,
    tls: { rejectUnauthorized: !here },
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  });
  return {
    id: 'smtp',
    async send(letter) {
      try {
        await transport.sendMail(messageOf(letter, from));
      } catch (cause) {
        throw new Fault('mail-unavailable', sentenceOf(cause as SmtpError, host), { cause });
      }
    },
    async check() {
      try {
        await transport.verify();
      } catch (cause) {
        throw new Fault('mail-unavailable', sentenceOf(cause as SmtpError, host), { cause });
      }
    },
  };
};
