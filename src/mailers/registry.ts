import type { Dkim } from '../kernel/setting-shapes.ts';
import type { Mailbox } from '../ports/mailbox.ts';
import type { Mailer } from '../ports/mailer.ts';
import { fileMailer } from './file.ts';
import { imapMailbox } from './imap.ts';
import type { MailerSettings } from './message.ts';
import { smtpMailer } from './smtp.ts';

/** Every way to send mail, by the scheme of its address. */
const MAILERS: Readonly<Record<string, (settings: MailerSettings) => Mailer>> = {
  'smtp:': smtpMailer,
  'smtps:': smtpMailer,
  'file:': fileMailer,
};

/** The mailer of `BROADSHEET_MAIL_URL`; null where it is empty. Opens no connection. */
export const openMailer = ({
  mailUrl,
  mailFrom,
  operatorMail,
  dkim = null,
}: {
  readonly mailUrl: string;
  readonly mailFrom: string;
  readonly operatorMail: string;
  readonly dkim?: Dkim | null;
}): Mailer | null => {
  if (mailUrl === '') return null;
  const from = mailFrom || operatorMail || 'broadsheet@localhost';
  return MAILERS[new URL(mailUrl).protocol]?.({ url: mailUrl, from, dkim }) ?? null;
};

/** The mailbox of `BROADSHEET_BOUNCE_URL`; null where it is empty. Opens no connection. */
export const openMailbox = ({ bounceUrl }: { readonly bounceUrl: string }): Mailbox | null =>
  bounceUrl === '' ? null : imapMailbox(bounceUrl);
