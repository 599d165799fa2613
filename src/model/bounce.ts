/** What a mail server says of one recipient of one message, as a delivery report (RFC 3464) or a feedback report (RFC 5965). */
export interface BounceReport {
  readonly kind: 'failed' | 'delayed' | 'delivered' | 'complaint';
  /** The address it names, as written; null where it names none. A hint: it can be forged, and forwarding changes it. */
  readonly recipient: string | null;
  /** Enhanced status (RFC 3463), e.g. `5.1.1`; null where there is none. */
  readonly status: string | null;
  /** The words of the server that refused, one line; empty where there are none. */
  readonly diagnostic: string;
}

/** A message from the return mailbox, read. */
export interface BounceMail {
  /**
   * Message-IDs it names where reports name the mail they are about, without angle brackets. Those of ours nobody but their receiver
   * knows: who names one speaks of a mail they got.
   */
  readonly messageIds: readonly string[];
  readonly reports: readonly BounceReport[];
}

/**
 * `hard`: there is no such reader, never try again; `soft`: not today; `complaint`: the reader calls it spam;
 * `none`: says nothing of the address.
 */
export type BounceVerdict = 'hard' | 'soft' | 'complaint' | 'none';

const NOBODY =
  /(?:user|recipient|mailbox|account|address|e-?mail)[^.;]{0,60}(?:unknown|not (?:found|exist)|n['’]?t exist|does ?n[o']t exist|no longer|disabled|inactive|invalid|unavailable|rejected)|(?:unknown|no such|invalid) (?:user|recipient|mailbox|address|local[ -]?part|person)|no mailbox here|nosuchuser|recipientnotfound|not (?:listed in|our customer)|unrouteable address|host (?:or domain name )?not found|null ?mx|name service error[^;]*not found/i;
const FULL_OR_POLICY =
  /over ?quota|quota exceeded|mailbox (?:is )?full|insufficient (?:system )?storage|too large|spam|blocked|black ?list|block ?list|reputation|policy|dmarc|dkim|spf\b|rate ?limit|too many|throttl|grey ?list|try (?:again )?later/i;

/** Codes of RFC 3463 and its registry that say an address takes no mail at all, now or later. */
const GONE = /^5\.(?:1\.(?:0|1|2|3|6|10)|2\.(?:0|1)|4\.4)$/;
/** Permanent refusals whose code says nothing: the words decide. */
const VAGUE = /^5\.(?:0\.0|1\.\d+|3\.0|5\.0)$/;

/** The first enhanced status in the words of a server, else what its reply code amounts to; null where there is neither. */
export const statusIn = (words: string): string | null => {
  const enhanced = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(words)?.[1];
  if (enhanced !== undefined) return enhanced;
  const reply = /(?<![\d.])([45])(\d)(\d)(?=[\s#-])/.exec(words)?.[1];
  return reply === undefined ? null : `${reply}.0.0`;
};

/**
 * What a report means for the address. A refusal counts as hard only where status or words say that nobody is there:
 * full mailboxes, size, spam filters and policies (5.7.x) are about the day or about us, and pass.
 */
export const verdictOf = ({ kind, status, diagnostic }: BounceReport): BounceVerdict => {
  if (kind === 'complaint') return 'complaint';
  if (kind !== 'failed') return 'none';
  const code = status === null || /^[245]\.0\.0$/.test(status) ? (statusIn(diagnostic) ?? status) : status;
  if (code === null) return NOBODY.test(diagnostic) && !FULL_OR_POLICY.test(diagnostic) ? 'hard' : 'soft';
  if (!code.startsWith('5.')) return 'soft';
  if (FULL_OR_POLICY.test(diagnostic)) return 'soft';
  if (GONE.test(code)) return 'hard';
  return VAGUE.test(code) && NOBODY.test(diagnostic) ? 'hard' : 'soft';
};
