import { type Written, writeLetter } from './letter-sign-in.ts';

interface About {
  readonly masthead: string;
  readonly to: string;
  /** Where its button leads. */
  readonly address: string;
}

/** The letter that asks whether an address is its reader's. */
export const confirmLetter = ({ masthead, to, address }: About): Written =>
  writeLetter({
    masthead,
    subject: `Confirm: the morning mail of ${masthead}`,
    says: [
      `Somebody, perhaps you, wants the morning mail of ${masthead} for ${to}. Open the link within a week and press the button you find there.`,
    ],
    button: { label: 'Yes, send it to me', address },
    after: ['If it was not you, do nothing: without your yes no digest is ever sent to this address.'],
  });

/** For an address that has its digest already: the page that was asked on may not say so. */
export const subscribedLetter = ({ masthead, to, address }: About): Written =>
  writeLetter({
    masthead,
    subject: `You have the morning mail of ${masthead}`,
    says: [`Somebody, perhaps you, asked for the morning mail of ${masthead} for ${to}. You have it already.`],
    button: { label: 'What comes, and when', address },
    after: ['If it was not you who asked, do nothing.'],
  });
