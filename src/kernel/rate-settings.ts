import { z } from 'zod';

/**
 * What is changed is counted by who changes it and where from. `letters` and `submissions` are those that come from one network,
 * whoever sends them; `elsewhere` is what mail programs and mail servers post.
 */
export const RATE_KINDS = ['account', 'network', 'letters', 'submissions', 'elsewhere'] as const;
export type RateKind = (typeof RATE_KINDS)[number];

/** So many at once, and so many an hour; null is without limit. */
export type Rates = Readonly<Record<RateKind, { readonly burst: number; readonly perHour: number } | null>>;

/** What an account that is new may do within a day. */
export interface NewAccounts {
  /** How long something of an account’s must have stood until it is new no more; 0: no account is new. */
  readonly hours: number;
  /** Letters and new wordings of them. */
  readonly letters: number;
  readonly submissions: number;
  /** Papers voted for. */
  readonly votes: number;
}

const partsOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

export const DEFAULT_RATES =
  'account=300/3600,network=2000/20000,letters=100/300,submissions=200/600,elsewhere=5000/50000';

const RATE = new RegExp(`^(${RATE_KINDS.join('|')})\\s*=\\s*(?:off|([1-9]\\d{0,6})/([1-9]\\d{0,7}))$`);

/** `account=300/3600,network=off`; kinds not named are as in `DEFAULT_RATES`. */
export const rates = z.string().transform((text, at): Rates => {
  const found: Record<string, Rates[RateKind]> = {};
  for (const part of [...partsOf(DEFAULT_RATES), ...partsOf(text)]) {
    const [, kind, burst, perHour] = RATE.exec(part) ?? [];
    if (kind !== undefined)
      found[kind] = burst === undefined ? null : { burst: Number(burst), perHour: Number(perHour) };
    else at.addIssue(`“${part}” is not written account=300/3600 or account=off; there are ${RATE_KINDS.join(', ')}`);
  }
  return Object.freeze(found) as Rates;
});

export const DEFAULT_NEW_ACCOUNTS = 'hours=24,letters=10,submissions=3,votes=100';

/** `hours=24,letters=10`; what is not named is as in `DEFAULT_NEW_ACCOUNTS`. */
export const newAccounts = z.string().transform((text, at): NewAccounts => {
  const found = { hours: 0, letters: 0, submissions: 0, votes: 0 };
  for (const part of [...partsOf(DEFAULT_NEW_ACCOUNTS), ...partsOf(text)]) {
    const [, name, number] = /^(hours|letters|submissions|votes)\s*=\s*(\d{1,6})$/.exec(part) ?? [];
    if (name !== undefined) Object.assign(found, { [name]: Number(number) });
    else at.addIssue(`“${part}” is not written hours=24; there are hours, letters, submissions, votes`);
  }
  return Object.freeze(found);
});
