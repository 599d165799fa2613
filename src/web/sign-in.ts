import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import { hashSecret } from '../kernel/secret.ts';
import type { Account, Session } from '../model/account.ts';
import { openSession } from '../services/session.ts';
import { castVote } from '../services/vote.ts';
import type { Written } from '../views/letter-sign-in.ts';
import { networkOfClient } from './client-address.ts';
import type { Edge, Env } from './edge.ts';
import { paperAt } from './page-paper.ts';
import { visitOf } from './reader.ts';
import { dropCookie, readCookie, writeCookie } from './session-cookie.ts';

const QUARTER_MS = 15 * 60_000;

/** Throws `Fault('not-found')` where there are no accounts. */
export const needAccounts = (edge: Edge): 'open' | 'invited' => {
  const { accounts } = edge.config;
  if (accounts === 'off')
    throw new Fault('not-found', 'There are no accounts here: the reader is who sits at the machine.');
  return accounts;
};

/** At most `most` tries a quarter of an hour from one network; throws `Fault('too-many')`. */
export const limit = async (edge: Edge, c: Context<Env>, what: string, most: number): Promise<void> => {
  const key = `${what} network ${networkOfClient(edge, c)}`;
  if ((await edge.store.rates.hit(key, { now: edge.clock.now(), windowMs: QUARTER_MS })) > most)
    throw new Fault('too-many', 'Too many tries from here. Try again in a quarter of an hour.', { retryAfter: 900 });
};

/** Counts the vote that was pressed before signing in. */
const takeUpIntent = async (edge: Edge, c: Context<Env>, reader: Account): Promise<void> => {
  const address = readCookie(edge, c, 'intent');
  if (address === '') return;
  dropCookie(edge, c, 'intent');
  const paperId = await paperAt(edge, address).catch(() => null);
  if (paperId !== null) await castVote(edge, { paperId, reader, wish: true });
};

/** Signs this browser in to an account under a new token; a vote pressed before is counted. */
export const signInto = async (edge: Edge, c: Context<Env>, account: Account, way: Session['way']): Promise<void> => {
  const { session: before } = await visitOf(edge, c);
  const agent = c.req.header('user-agent') ?? '';
  writeCookie(edge, c, 'session', await openSession(edge, { accountId: account.id, way, agent, before }));
  await takeUpIntent(edge, c, account);
};

/** Sends a letter without waiting for it: how long a mail server takes tells nothing of who has an account. */
export const sendLetter = ({ mailer, log }: Edge, to: string, token: string, written: Written): void => {
  if (mailer === null) return;
  const messageId = `${hashSecret(token).slice(0, 32)}@broadsheet`;
  mailer.send({ to, messageId, ...written }).catch((error: unknown) => {
    log.error({ err: error }, 'a letter could not be sent');
  });
};
