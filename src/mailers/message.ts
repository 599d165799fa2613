import type { SendMailOptions } from 'nodemailer';
import type { Letter } from '../ports/mailer.ts';

export interface MailerSettings {
  /** `smtp:`, `smtps:` or `file:` address. */
  readonly url: string;
  readonly from: string;
}

/** One line: what a header field can carry. A line break in it would begin another field. */
const line = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A letter as nodemailer takes it. Nothing in it can add a header, a recipient or an attachment of the sender's disk. */
export const messageOf = (letter: Letter, from: string): SendMailOptions => ({
  from: { name: 'Broadsheet', address: line(from) },
  to: { name: '', address: line(letter.to) },
  subject: line(letter.subject),
  text: letter.text,
  ...(letter.html === undefined ? {} : { html: letter.html }),
  messageId: `<${line(letter.messageId).replace(/[<>\s]/g, '')}>`,
  headers: Object.entries(letter.headers ?? {}).flatMap(([key, value]) =>
    NAME.test(key) ? [{ key, value: line(value) }] : [],
  ),
  disableFileAccess: true,
  disableUrlAccess: true,
});
