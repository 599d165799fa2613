import type { SendMailOptions } from 'nodemailer';
import type { Dkim } from '../kernel/setting-shapes.ts';
import type { Letter } from '../ports/mailer.ts';

export interface MailerSettings {
  /** `smtp:`, `smtps:` or `file:` address. */
  readonly url: string;
  readonly from: string;
  /** Letters are signed (RFC 6376) where there is a key. */
  readonly dkim: Dkim | null;
}

/** RFC 8058 asks that the headers of unsubscribing are signed. Those named twice cannot be added to a signed letter. */
const SIGNED =
  'From:From:To:Subject:Subject:Date:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Id:List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted';

/** How nodemailer signs. */
export const signing = (dkim: Dkim | null) =>
  dkim === null
    ? {}
    : { dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.key, headerFieldNames: SIGNED } };

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
