import { html } from '../kernel/html.ts';

/** A letter but for where it goes. */
export interface Written {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const SERIF = "font-family:Georgia,'Times New Roman',serif;color:#1a1814";

interface Parts {
  readonly masthead: string;
  readonly subject: string;
  readonly says: readonly string[];
  readonly button?: { readonly label: string; readonly address: string };
  readonly after: readonly string[];
}

/** One letter, plain and as HTML, from the same sentences. */
export const writeLetter = ({ masthead, subject, says, button, after }: Parts): Written => ({
  subject,
  text: [masthead, ...says, ...(button === undefined ? [] : [button.address]), ...after].join('\n\n').concat('\n'),
  html: html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${subject}</title></head>
<body style="margin:0;background:#fbf9f4"><div style="max-width:34rem;margin:0 auto;padding:24px 20px;${SERIF};font-size:17px;line-height:1.5">
<p style="margin:0 0 20px;padding-bottom:12px;border-bottom:3px double #1a1814;font-size:26px;font-weight:bold;text-align:center">${masthead}</p>
${says.map((line) => html`<p style="margin:0 0 16px">${line}</p>`)}
${
  button === undefined
    ? ''
    : html`<p style="margin:24px 0"><a href="${button.address}" style="display:inline-block;padding:12px 22px;border:1px solid #1a1814;border-radius:2px;color:#fbf9f4;background:#1a1814;text-decoration:none;font-family:Helvetica,Arial,sans-serif;font-size:15px;font-weight:bold">${button.label}</a></p>
<p style="margin:0 0 16px;font-size:13px;color:#5c574d;word-break:break-all">${button.address}</p>`
}
${after.map((line) => html`<p style="margin:0 0 12px;font-size:14px;color:#5c574d">${line}</p>`)}
</div></body></html>`.toString(),
});

/** The letter with a link that signs in; where there is no account for an address, or it is closed, one that says so. */
export const signInLetter = ({
  masthead,
  address,
  leadsIn,
  closed,
}: {
  readonly masthead: string;
  readonly address: string;
  readonly leadsIn: boolean;
  readonly closed: string | null;
}): Written =>
  leadsIn
    ? writeLetter({
        masthead,
        subject: `Sign in to ${masthead}`,
        says: ['Here is the link you asked for. Open it within ten minutes and press the button you find there.'],
        button: { label: 'Sign in', address },
        after: ['It works once. If you did not ask for it, do nothing: without this letter nobody gets in.'],
      })
    : writeLetter({
        masthead,
        subject: `No account at ${masthead}`,
        says: [
          'Somebody, perhaps you, asked to sign in with this address. There is no account that it opens.',
          closed ?? 'If you were invited, ask which address the invitation was for.',
        ],
        after: ['If you did not ask for this, do nothing.'],
      });

/** The letter that proves a new address. */
export const newAddressLetter = ({
  masthead,
  address,
  name,
}: {
  readonly masthead: string;
  readonly address: string;
  readonly name: string;
}): Written =>
  writeLetter({
    masthead,
    subject: `Your new address at ${masthead}`,
    says: [
      `This becomes the address of ${name}’s account once you open the link within ten minutes and press the button.`,
    ],
    button: { label: 'Take this address', address },
    after: ['If that is not you, do nothing: the account keeps the address it has.'],
  });

/** Word to the address before that the account has another now. */
export const addressChangedLetter = ({
  masthead,
  name,
}: {
  readonly masthead: string;
  readonly name: string;
}): Written =>
  writeLetter({
    masthead,
    subject: `Your address at ${masthead} was changed`,
    says: [`The account of ${name} has another mail address now, and this one no longer signs in.`],
    after: ['If it was not you who changed it, write to those who run the site at once.'],
  });

/** An invitation. */
export const invitationLetter = ({
  masthead,
  address,
  by,
}: {
  readonly masthead: string;
  readonly address: string;
  readonly by: string;
}): Written =>
  writeLetter({
    masthead,
    subject: `${by} invites you to ${masthead}`,
    says: [
      `${by} invites you to read ${masthead}, the day’s research papers. Sign in with the address this letter came to.`,
    ],
    button: { label: `Go to ${masthead}`, address },
    after: ['If that is nothing for you, do nothing: there is no account until you sign in.'],
  });
