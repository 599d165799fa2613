import PostalMime, { type Attachment, type Email } from 'postal-mime';
import { foldSpace } from '../kernel/text.ts';
import { type BounceMail, type BounceReport, statusIn } from '../model/bounce.ts';

/** Of a report so much is looked at: what it returns of the letter may be long, what it says is not. Bytes. */
export const MOST_REPORT_BYTES = 256 * 1024;
const MOST_RECIPIENTS = 20;
const MOST_HEADERS_BYTES = 64 * 1024;
const DEEPEST = 12;
const WORDS = 400;

type Fields = ReadonlyMap<string, string>;

/** Blocks of `Name: value` lines as RFC 822 folds them; a blank line ends a block. What is no field is passed over. */
const blocksOf = (text: string): readonly Fields[] =>
  text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map((block) => {
      const fields = new Map<string, string>();
      for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
        const [, name, value] = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
        if (name !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), (value ?? '').trim());
      }
      return fields;
    })
    .filter((fields) => fields.size > 0);

/** `rfc822; <a@example.org>` → `a@example.org`. */
const addressIn = (value: string | undefined): string | null =>
  /[^\s<>;:,"()]+@[^\s<>;:,"()]+/.exec((value ?? '').replace(/^[\w-]+\s*;/, ''))?.[0] ?? null;

const words = (value: string | undefined): string =>
  foldSpace((value ?? '').replace(/^\s*[\w-]+\s*;\s*/, '').toWellFormed()).slice(0, WORDS);

const KINDS: Readonly<Record<string, BounceReport['kind']>> = {
  failed: 'failed',
  failure: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'delivered',
  expanded: 'delivered',
};

/** A block of a delivery report about one recipient; null for the first block, about the message. */
const recipientReport = (fields: Fields): BounceReport | null => {
  const recipient = addressIn(fields.get('final-recipient')) ?? addressIn(fields.get('original-recipient'));
  const action = /^[a-z]+/i.exec(fields.get('action') ?? '')?.[0]?.toLowerCase();
  if (recipient === null && action === undefined) return null;
  const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0] ?? null;
  const kind = KINDS[action ?? ''] ?? (status?.startsWith('5') ? 'failed' : 'delayed');
  return { kind, recipient, status, diagnostic: words(fields.get('diagnostic-code')) };
};

const textOf = ({ content }: Attachment): string =>
  typeof content === 'string' ? content : new TextDecoder('utf-8').decode(content);

const FAILED_LINES =
  /(?:could not be delivered|did(?: not|n't) reach|undeliverable|delivery (?:has |to .* )?failed|returned mail|permanent(?:ly)? (?:fatal )?error|unable to deliver|wasn't delivered)/i;

const plainText = (mail: Email): string => mail.text ?? mail.html?.replace(/<[^>]*>/g, ' ') ?? '';

/** What a server says before it repeats the letter. */
const aboveTheCopy = (text: string): string =>
  text.split(/^-+\s*(?:this is a copy|below this line|original message|included is)/im)[0] ?? '';

/** Reports of servers that write for people only: Exim names the addresses in a header, others in the text. */
const plainReports = (mail: Email, header: (name: string) => string): readonly BounceReport[] => {
  const failed = header('x-failed-recipients');
  const text = plainText(mail);
  const fromDaemon = /mailer-daemon|postmaster|mail delivery/i.test(header('from'));
  if (failed === '' && !(fromDaemon && FAILED_LINES.test(`${mail.subject ?? ''} ${text}`))) return [];
  const before = aboveTheCopy(text);
  const said = before.split('\n').filter((line) => /(?<!\d)[45]\d\d[\s#-]|(?<![\d.])[45]\.\d{1,3}\.\d/.test(line));
  const diagnostic = words(said.join(' ') || before.slice(-2 * WORDS));
  const status = statusIn(said.join(' '));
  const delayed = /\b(?:delayed|warning|will (?:be )?retr(?:y|ied)|not yet been delivered)\b/i.test(mail.subject ?? '');
  const recipients = failed === '' ? [addressIn(before)] : failed.split(',').map(addressIn);
  return recipients
    .slice(0, MOST_RECIPIENTS)
    .map((recipient) => ({ kind: delayed ? 'delayed' : 'failed', recipient, status, diagnostic }) as const);
};

const feedbackReport = (fields: Fields): BounceReport | null => {
  const type = (fields.get('feedback-type') ?? '').toLowerCase();
  // `not-spam` takes a complaint back; `auth-failure` is about our signature, and about nobody's wish.
  if (!['abuse', 'fraud', 'opt-out', 'opt-out-list', 'other', 'virus'].includes(type)) return null;
  const recipient = addressIn(fields.get('original-rcpt-to')) ?? addressIn(fields.get('removal-recipient'));
  return { kind: 'complaint', recipient, status: null, diagnostic: type };
};

/** Where a report, and the mail it brings back, name a mail. */
const MAIL_FIELDS = ['message-id', 'in-reply-to', 'references', 'x-original-message-id', 'original-envelope-id'];
const MESSAGE_ID = /[^\s<>@,;"]{1,200}@[^\s<>@,;"]{1,200}/g;
const MOST_IDS = 20;

/**
 * Reads a message from the return mailbox. Total: whatever the bytes are, there is an answer; what is no report has none.
 * Nothing in it is proof but a Message-ID of ours.
 */
export const readBounce = async (bytes: Uint8Array): Promise<BounceMail> => {
  const mail = await PostalMime.parse(bytes.subarray(0, MOST_REPORT_BYTES), {
    forceRfc822Attachments: true,
    maxNestingDepth: DEEPEST,
    maxHeadersSize: MOST_HEADERS_BYTES,
  }).catch(() => null);
  if (mail === null) return { messageIds: [], reports: [] };
  const header = (name: string): string =>
    mail.headers
      .filter(({ key }) => key === name)
      .map(({ value }) => value)
      .join(', ');
  const ofType = (...types: readonly string[]): readonly Fields[] =>
    mail.attachments.filter(({ mimeType }) => types.includes(mimeType)).flatMap((part) => blocksOf(textOf(part)));
  const returned = mail.attachments
    .filter(({ mimeType }) =>
      /^(?:message\/(?:rfc822|global|rfc822-headers)(?:-headers)?|text\/rfc822-headers)$/.test(mimeType),
    )
    .flatMap((part) => blocksOf(textOf(part)).slice(0, 1));
  const feedback = ofType('message/feedback-report');
  const status = ofType('message/delivery-status', 'message/global-delivery-status');

  const ids = [...returned, ...status, ...feedback]
    .flatMap((fields) => MAIL_FIELDS.map((name) => fields.get(name) ?? ''))
    .concat(MAIL_FIELDS.map(header))
    // Of a server that returns the mail as text, without parts.
    .concat(/^message-id:.*$/gim.exec(plainText(mail)) ?? [])
    .flatMap((field) => field.match(MESSAGE_ID) ?? []);
  // A delivery-status part without the server's words (Exim): they are in the text.
  const said = words(aboveTheCopy(plainText(mail)).slice(-WORDS));
  const reports = [
    ...feedback.flatMap((fields) => feedbackReport(fields) ?? []),
    ...status.flatMap((fields) => recipientReport(fields) ?? []),
  ]
    .slice(0, MOST_RECIPIENTS)
    .map((report) => (report.diagnostic === '' ? { ...report, diagnostic: said } : report));
  const plain = reports.length === 0 && feedback.length === 0 ? plainReports(mail, header) : [];
  return { messageIds: [...new Set(ids)].slice(0, MOST_IDS), reports: [...reports, ...plain] };
};
