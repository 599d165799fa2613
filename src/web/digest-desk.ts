import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import {
  DEFAULT_WISHES,
  DIGEST_PARTS,
  type Digest,
  type DigestWishes,
  type OutboxRow,
  RHYTHMS,
  type Subscription,
} from '../model/digest.ts';
import { isZone } from '../model/digest-times.ts';
import type { PreferencesPage } from '../model/subscribe-page.ts';
import { digestComposer } from '../services/digest.ts';
import { repliesTo } from '../services/digest-replies.ts';
import { changeSubscription, pauseSubscription, resumeSubscription, unsubscribe } from '../services/subscription.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { originOf } from './frame.ts';
import { unwrap } from './problem.ts';

/** What the pages of the morning mail share, whether one comes to them by a mail's link or signed in. */

const SENT_SHOWN = 14;

/** The time zone of a form that subscribes: the browser's own, or chosen; empty where neither is known. */
export const ZONE = z.string().max(64).default('');

/** What somebody gets who only gave an address: at six where they are, or else where the editions are made. */
export const firstWishes = ({ config }: Pick<Edge, 'config'>, zone = ''): DigestWishes => ({
  ...DEFAULT_WISHES,
  // A browser may know zones that are not known here.
  zone: isZone(zone) ? zone : config.edition.zone,
});

const several = <const T extends readonly [string, ...string[]]>(values: T) =>
  z
    .union([z.enum(values).transform((one) => [one]), z.array(z.enum(values))])
    .default([])
    .transform((all) => all as readonly T[number][]);

const WishesForm = z.object({
  do: z.literal('save'),
  rhythm: z.enum(RHYTHMS),
  hour: z.coerce.number(),
  zone: z.string().max(64),
  day: several(['1', '2', '3', '4', '5', '6', '7']),
  papers: z.coerce.number(),
  part: several(DIGEST_PARTS),
  whenEmpty: z.enum(['silence', 'note']),
});
const ChangeForm = z.union([WishesForm, z.object({ do: z.enum(['pause', 'resume', 'end', 'begin']), zone: ZONE })]);
export type DigestForm = z.infer<typeof ChangeForm>;

export const digestFormOf = (edge: Edge, c: Context<Env>): Promise<DigestForm> => formOf(edge, c, ChangeForm);

const SAID: Readonly<Record<string, string>> = {
  save: 'Saved.',
  pause: 'Paused.',
  resume: 'It comes again.',
  begin: 'It comes from now on. Here is what, and when.',
  end: 'Unsubscribed.',
};

/** The sentence of `?said=`. */
export const saidOf = (c: Context<Env>): PreferencesPage['said'] => {
  const says = SAID[c.req.query('said') ?? ''];
  return says === undefined ? null : { says, wrong: false };
};

/** Does what a form asks of a subscription; returns what is wrong with it, or null. */
export const changeDigest = async (
  edge: Edge,
  subscription: Subscription,
  form: DigestForm,
): Promise<string | null> => {
  if (form.do === 'save') {
    const { rhythm, hour, zone, papers, whenEmpty } = form;
    const wishes = { rhythm, hour, zone, papers, whenEmpty, days: form.day.map(Number), parts: form.part };
    const done = await changeSubscription(edge, subscription.id, wishes);
    return done.ok ? null : done.message;
  }
  if (form.do === 'begin') return null;
  // Mail that came back, or was called spam, is not sent again for a press of a button: the address has to be proved anew.
  if (form.do === 'resume' && (await edge.store.suppressions.get(subscription.address)) !== null)
    return 'Mail to this address came back, or was called spam. Subscribe anew to prove that it works.';
  const turn = { pause: pauseSubscription, resume: resumeSubscription, end: unsubscribe }[form.do];
  unwrap(await turn(edge, subscription.id));
  return null;
};

/** The page of a subscription, but for where its forms go. */
export const preferencesOf = async (
  edge: Edge,
  subscription: Subscription,
  rest: Pick<PreferencesPage, 'action' | 'copies' | 'said'>,
): Promise<PreferencesPage> => {
  const rows = await edge.store.outbox.of(subscription.id, SENT_SHOWN);
  return { subscription, sent: rows.filter(isReadable), ...rest };
};

const isReadable = ({ state, plan }: OutboxRow): boolean => state === 'sent' && plan !== null;

const composer = (edge: Edge, c: Context<Env>) =>
  digestComposer({
    ...edge,
    config: { masthead: edge.config.masthead, publicUrl: originOf(edge, c) },
    replies: repliesTo(edge),
  });

/** What the next digest would be now; nothing is written. */
export const previewOf = async (edge: Edge, c: Context<Env>, subscription: Subscription): Promise<Digest> => {
  const made = composer(edge, c);
  const localDay = Temporal.Instant.fromEpochMilliseconds(edge.clock.now())
    .toZonedDateTimeISO(subscription.zone)
    .toPlainDate()
    .toString();
  return made.fill(await made.compose(subscription), { id: '', subscription, localDay });
};

/** The digest of a row of the outbox; throws `Fault('not-found')` for another's, one not sent, and one that is kept no longer. */
export const sentDigest = async (
  edge: Edge,
  c: Context<Env>,
  subscription: Subscription,
  id: string,
): Promise<Digest> => {
  const row = await edge.store.outbox.get(id);
  if (row === null || row.subscriptionId !== subscription.id || !isReadable(row) || row.plan === null)
    throw new Fault('not-found', 'This mail is not kept here, or no longer.');
  return composer(edge, c).fill(row.plan, { id, subscription, localDay: row.localDay });
};
