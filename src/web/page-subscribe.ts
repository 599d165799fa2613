import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { OWNER } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { tokenOf } from '../services/digest-links.ts';
import { askForSubscription, confirmSubscription } from '../services/subscription.ts';
import { confirmLetter, subscribedLetter } from '../views/letter-subscribe.ts';
import { confirmSubscriptionView, subscribeSentView, subscribeView } from '../views/subscribe.ts';
import { networkOfClient } from './client-address.ts';
import { firstWishes, ZONE } from './digest-desk.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf, originOf } from './frame.ts';
import { PRIVATE } from './page-sign-in.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';
import { sendLetter } from './sign-in.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** `/subscribe` */
export const subscribePage =
  (edge: Edge): Handler =>
  async (c) =>
    sendOnce(
      c,
      subscribeView({ byMail: edge.mailer !== null, problem: null, zone: edge.config.edition.zone }, frameOf(edge, c)),
    );

const AskForm = z.object({ email: z.string().trim().max(254).pipe(z.email()), zone: ZONE });

/** `POST /subscribe`: sends a letter that asks. The answer is the same for every address. */
export const askSubscribePage =
  (edge: Edge): Handler =>
  async (c) => {
    if (edge.mailer === null) throw new Fault('not-found', 'This instance sends no mail.');
    const { email: to, zone } = await formOf(edge, c, AskForm);
    const owner = edge.config.accounts === 'off' && (await edge.readerOf(c)) !== null;
    const wish = {
      address: to,
      network: networkOfClient(edge, c),
      wishes: firstWishes(edge, zone),
      reader: owner ? OWNER : null,
    };
    const mail = unwrap(await askForSubscription(edge, wish));
    if (mail !== null) {
      const { masthead } = edge.config;
      const origin = originOf(edge, c);
      const { confirm, manage } = mail;
      if (confirm !== null)
        sendLetter(
          edge,
          mail.to,
          confirm,
          confirmLetter({ masthead, to, address: origin + href.subscribeConfirm(confirm) }),
        );
      else if (manage !== null) {
        const letter = subscribedLetter({ masthead, to, address: origin + href.mail(manage) });
        sendLetter(edge, mail.to, `${manage} ${edge.clock.now()}`, letter);
      }
    }
    return sendOnce(c, subscribeSentView({ email: to }, frameOf(edge, c)), PRIVATE);
  };

/** `/subscribe/confirm?t=`: where the link of that letter leads. Spends nothing. */
export const confirmSubscriptionPage =
  (edge: Edge): Handler =>
  async (c) =>
    sendOnce(c, confirmSubscriptionView({ token: c.req.query('t') ?? '' }, frameOf(edge, c)), PRIVATE);

const ConfirmForm = z.object({ t: z.string().max(200) });

/** `POST /subscribe/confirm`: the button on that page; leads on to hour, days and parts. */
export const doConfirmSubscriptionPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { t } = await formOf(edge, c, ConfirmForm);
    const subscription = unwrap(await confirmSubscription(edge, t));
    return c.redirect(`${href.mail(tokenOf(subscription, 'manage'))}?said=begin`, 303);
  };
