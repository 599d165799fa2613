import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { Fault } from '../kernel/errors.ts';
import { DEFAULT_WISHES, type RenderedDigest, type Subscription } from '../model/digest.ts';
import { nextDue } from '../model/digest-times.ts';
import { OWNER } from '../model/reader.ts';
import { fillAlerts } from '../services/alert.ts';
import { digestComposer } from '../services/digest.ts';
import { sweepSent } from '../services/digest-candidates.ts';
import { digestLinks } from '../services/digest-links.ts';
import { repliesTo } from '../services/digest-replies.ts';
import { digestLetter, fillOutbox, messageIdOf, type OutboxDeps, type Sent, sendDue } from '../services/outbox.ts';
import { renderDigest } from '../views/digest-mail.ts';

const LOOK_EVERY_MS = 20_000;
/** How long the copy of a mail on the web is kept. */
const KEPT_MS = 180 * 86_400_000;
const SWEEP_EVERY_MS = 6 * 3_600_000;

type Deps = Pick<App, 'config' | 'clock' | 'log' | 'store' | 'index' | 'embedder'>;

/** What the services of the mail work with. Without a public address the links of a mail lead to this machine. */
export const digestDeps = (app: Deps): OutboxDeps => ({
  ...app,
  config: { ...app.config, publicUrl: app.config.publicUrl || `http://localhost:${app.config.port}` },
  replies: repliesTo(app),
});

/** Writes what is due to the outbox and sends it. */
export const sendDigests = async (
  app: Deps & Pick<App, 'mailer'>,
  options: {
    readonly owner: string;
    readonly signal?: AbortSignal;
    readonly leaseMs?: number;
    readonly told?: (so: Sent) => void;
  },
): Promise<Sent> => {
  if (app.mailer === null) throw new Fault('bad-config', 'There is nowhere to hand mail in: set BROADSHEET_MAIL_URL.');
  const deps = digestDeps(app);
  await fillOutbox(deps);
  return sendDue(deps, { ...options, mailer: app.mailer, render: renderDigest });
};

/** How many digests are due by now, those in the outbox included. Nothing is written. */
export const countDue = async ({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<number> => {
  const now = clock.now();
  const due = await store.subscriptions.due({ now, limit: 1_000_000 });
  return due.filter(({ nextAt }) => nextAt <= now).length + (await store.outbox.counts()).waiting;
};

/** A subscription as one who asks at this machine would have it; nothing of it is kept. */
const trialFor = async (app: Deps, address: string): Promise<Subscription> => {
  const now = app.clock.now();
  const there = await app.store.subscriptions.byAddress(address);
  if (there !== null) return there;
  const account = await app.store.accounts.byEmail(address);
  const reader = account?.id ?? (app.config.accounts === 'off' ? OWNER : null);
  const wishes = { ...DEFAULT_WISHES, zone: app.config.edition.zone };
  return {
    ...wishes,
    id: 'trial',
    address,
    reader,
    state: 'active',
    createdAt: now,
    confirmedAt: now,
    nextAt: nextDue(wishes, now).at,
    secret: randomUUID(),
  };
};

const dayFor = ({ clock }: Pick<App, 'clock'>, { zone }: Pick<Subscription, 'zone'>): string =>
  Temporal.Instant.fromEpochMilliseconds(clock.now()).toZonedDateTimeISO(zone).toPlainDate().toString();

/** The digest somebody at that address would get now, as a mail. Nothing is written or sent. */
export const trialDigest = async (app: Deps, address: string): Promise<RenderedDigest> => {
  const deps = digestDeps(app);
  const subscription = await trialFor(app, address);
  const composer = digestComposer(deps);
  const of = { id: 'trial', subscription, localDay: dayFor(app, subscription) };
  const digest = await composer.fill(await composer.compose(subscription), of);
  return renderDigest(digest, digestLinks(deps.config, subscription, of.id));
};

/** Sends that digest to that address, now and out of turn: it counts as sent to nobody. */
export const sendTrial = async (app: Deps & Pick<App, 'mailer'>, address: string): Promise<string> => {
  if (app.mailer === null) throw new Fault('bad-config', 'There is nowhere to hand mail in: set BROADSHEET_MAIL_URL.');
  const deps = digestDeps(app);
  const subscription = await trialFor(app, address);
  const compose = digestComposer(deps);
  const of = { id: 'trial', subscription, localDay: dayFor(app, subscription) };
  const plan = await compose.compose(subscription);
  const messageId = messageIdOf(deps.config, subscription, `trial ${randomUUID()}`);
  const letter = await digestLetter(deps, { plan, of, messageId, compose, render: renderDigest, to: address });
  await app.mailer.send(letter);
  return letter.subject;
};

/** Forgets what nobody needs any more: plans, but for the copies on the web, and what was sent that cannot come again. */
export const sweepMail = async ({ store, clock }: Pick<App, 'store' | 'clock'>): Promise<void> => {
  await store.outbox.sweep(clock.now() - KEPT_MS);
  await sweepSent({ store }, clock.now());
};

/** Sends digests and alerts when they are due, until aborted. Never throws; failures are logged. */
export const keepDigests = async (
  app: Deps & Pick<App, 'mailer'>,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> => {
  if (app.mailer === null) return;
  const owner = `digests:${randomUUID()}`;
  const deps = digestDeps(app);
  let alerted = -1;
  let swept = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      const [changes, indexed] = [await app.store.changes.last(), await app.index.position()];
      // Searched is what the index holds: before it has taken all in, what is new would be missed.
      if (changes !== alerted && indexed >= changes) {
        await fillAlerts(deps);
        alerted = changes;
      }
      const so = await sendDigests(app, { owner, signal });
      if (so.sent + so.failed > 0) app.log.info({ ...so }, 'mail went out');
      if (app.clock.now() - swept > SWEEP_EVERY_MS) {
        await sweepMail(app);
        swept = app.clock.now();
      }
    } catch (error) {
      if (!signal.aborted) app.log.error({ err: error }, 'the mail could not be looked after; trying again');
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
};
