import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../kernel/errors.ts';
import { foldEmail } from '../model/account.ts';
import { verdictOf } from '../model/bounce.ts';
import type { DigestPlan, RenderDigest, Subscription } from '../model/digest.ts';
import { papersOf } from '../model/digest-select.ts';
import { dueAt, nextDue } from '../model/digest-times.ts';
import type { Letter, Mailer, MailRun } from '../ports/mailer.ts';
import type { Leased } from '../store/digest-contract.ts';
import type { Store } from '../store/store.ts';
import { takeBounce } from './bounce.ts';
import { type DigestDeps, digestComposer, isWanted } from './digest.ts';
import { digestLinks, mark } from './digest-links.ts';
import { domainGate, type PerMinute } from './domain-gate.ts';

/** Mails a process has under way at once: after a crash so many may come twice, under the same Message-ID. */
export const IN_FLIGHT = 20;
/** Longer than a mail can take; what a process that died had leased is another's after that. */
const LEASE_MS = 3 * 60_000;
const FILLED_AT_ONCE = 500;
/** What a disk takes to write once, it takes to write of many: mails done within so long are marked together. */
const GATHER_MS = 20;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** With waits of a minute, two, four … and then an hour: some nine hours. */
const MOST_ATTEMPTS = 14;

export interface OutboxDeps extends DigestDeps {
  readonly store: DigestDeps['store'] & Pick<Store, 'subscriptions' | 'suppressions' | 'accounts' | 'bounces'>;
  readonly config: DigestDeps['config'] & { readonly mailFrom: string; readonly mailPerMinute: PerMinute };
}

const hostOf = ({ publicUrl, mailFrom }: Pick<OutboxDeps['config'], 'publicUrl' | 'mailFrom'>): string =>
  URL.parse(publicUrl)?.hostname || mailFrom.split('@')[1] || 'broadsheet.invalid';

/** The Message-ID of a digest: the same whoever sends it however often, and unknown to all but its receiver. */
export const messageIdOf = (
  config: Pick<OutboxDeps['config'], 'publicUrl' | 'mailFrom'>,
  subscription: Subscription,
  what: string,
): string => `${mark(subscription, `mail ${what}`)}@${hostOf(config)}`;

/** Writes a row for each digest that is due by now; returns how many are new. Twice is once, in any number of processes. */
export const fillOutbox = async ({
  store,
  clock,
  config,
}: Pick<OutboxDeps, 'clock' | 'config'> & {
  readonly store: Pick<Store, 'subscriptions' | 'outbox'>;
}): Promise<number> => {
  let filled = 0;
  for (;;) {
    const now = clock.now();
    const due = await store.subscriptions.due({ now, limit: FILLED_AT_ONCE });
    if (due.length === 0) return filled;
    const rows = due.map((subscription) => {
      const slot = dueAt(subscription, now);
      const nextAt = nextDue(subscription, now).at;
      if (slot === null) return { subscription, row: null, nextAt };
      const messageId = messageIdOf(config, subscription, slot.localDay);
      return { subscription, row: { localDay: slot.localDay, about: '', messageId }, nextAt };
    });
    filled += await store.outbox.fill(rows, now);
    if (due.length < FILLED_AT_ONCE) return filled;
  }
};

/** The letter of a digest, with the headers of a list (RFC 2919, 2369, 8058) and of mail nobody wrote by hand (RFC 3834). */
export const digestLetter = async (
  deps: Pick<OutboxDeps, 'config'>,
  {
    plan,
    of,
    messageId,
    compose,
    render,
    to = of.subscription.address,
  }: {
    readonly plan: DigestPlan;
    readonly of: { readonly id: string; readonly subscription: Subscription; readonly localDay: string };
    readonly messageId: string;
    readonly compose: Pick<ReturnType<typeof digestComposer>, 'fill'>;
    readonly render: RenderDigest;
    readonly to?: string;
  },
): Promise<Letter> => {
  const links = digestLinks(deps.config, of.subscription, of.id);
  const rendered = render(await compose.fill(plan, of), links);
  return {
    to,
    messageId,
    ...rendered,
    headers: {
      'List-Id': `${deps.config.masthead.replace(/[^\w .-]+/g, ' ')} <digest.${hostOf(deps.config)}>`,
      'List-Unsubscribe': `<${links.oneClick}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Auto-Submitted': 'auto-generated',
    },
  };
};

/** Whom a subscription is for, as things stand now; null where nothing is to be sent to them. */
const standing = async ({ store }: OutboxDeps, { subscription }: Leased): Promise<Subscription | null> => {
  const now = await store.subscriptions.get(subscription.id);
  if (now === null || now.state !== 'active') return null;
  if (now.reader === null) return (await store.suppressions.get(now.address)) === null ? now : null;
  const account = await store.accounts.get(now.reader);
  // The owner of an instance without accounts has none.
  if (account === null) return (await store.suppressions.get(now.address)) === null ? now : null;
  if (account.disabledAt !== null || account.leftAt !== null) return null;
  const moved = account.email !== null && foldEmail(account.email) !== foldEmail(now.address) ? account.email : null;
  const current = moved === null ? now : await store.subscriptions.change(now.id, { address: moved });
  return current === null || (await store.suppressions.get(current.address)) !== null ? null : current;
};

/** How sending went, so far. */
export interface Sent {
  readonly sent: number;
  readonly empty: number;
  readonly failed: number;
  readonly dropped: number;
  readonly later: number;
}

interface SendOptions {
  readonly mailer: Mailer;
  readonly render: RenderDigest;
  readonly owner: string;
  readonly signal?: AbortSignal;
  readonly leaseMs?: number;
  readonly inFlight?: number;
  readonly told?: (so: Sent) => void;
}

type Outcome = Parameters<Store['outbox']['settle']>[0][number];

/** Writes what is done as one transaction for all that are done by then: a mail's place is free when its row is written. */
const settler = (store: Pick<Store, 'outbox'>) => {
  let waiting: { readonly outcome: Outcome; readonly done: PromiseWithResolvers<void> }[] = [];
  let writing = false;
  const write = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      await sleep(GATHER_MS);
      const part = waiting;
      waiting = [];
      try {
        await store.outbox.settle(part.map(({ outcome }) => outcome));
        for (const { done } of part) done.resolve();
      } catch (error) {
        for (const { done } of part) done.reject(error);
      }
    }
    writing = false;
  };
  return (outcome: Outcome): Promise<void> => {
    const done = Promise.withResolvers<void>();
    waiting.push({ outcome, done });
    void write();
    return done.promise;
  };
};

const waitAfter = (attempts: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts);

/** What the world said no to, put down: for good, or until later. */
const refused = async (
  deps: OutboxDeps,
  { row, subscription }: Leased,
  error: Fault,
  owner: string,
): Promise<'failed' | 'later'> => {
  const { store, clock } = deps;
  const at = clock.now();
  const forGood = error.code === 'mail-refused';
  if (forGood || row.attempts + 1 >= MOST_ATTEMPTS) {
    await store.outbox.settle([{ id: row.id, state: 'failed', at, error: error.message, papers: [], watched: [] }]);
    const report = {
      kind: 'failed',
      recipient: subscription.address,
      status: null,
      diagnostic: error.message,
    } as const;
    const kind = verdictOf(report);
    // Said at once or by a mail that comes back: it is the same word.
    if (forGood && kind !== 'none')
      await takeBounce(deps, { kind, messageId: row.messageId, status: '', says: error.message });
    return 'failed';
  }
  await store.outbox.giveBack(owner, [{ id: row.id, at: at + waitAfter(row.attempts), error: error.message }]);
  return 'later';
};

/** A server that answers, and says that it takes nothing more of us for now, or nothing for this address. */
const isAboutOne = (error: Fault): boolean =>
  error.code === 'mail-refused' ||
  typeof (error.cause as { responseCode?: unknown } | undefined)?.responseCode === 'number';

/**
 * Sends all that is due, until nothing is or `signal` aborts: leases, composes, hands over, and marks each when the server has
 * said yes. A server that does not answer ends the run; what was leased is tried again later.
 */
export const sendDue = async (deps: OutboxDeps, options: SendOptions): Promise<Sent> => {
  const { store, clock, log } = deps;
  const { mailer, render, owner, signal, leaseMs = LEASE_MS, inFlight = IN_FLIGHT, told } = options;
  const composer = digestComposer(deps);
  const settle = settler(store);
  const gate = domainGate(deps.config.mailPerMinute, clock);
  const counts = { sent: 0, empty: 0, failed: 0, dropped: 0, later: 0 };
  let down: Fault | null = null;

  const count = (what: keyof typeof counts): void => {
    counts[what]++;
    told?.({ ...counts });
  };
  const close = async (leased: Leased, state: 'empty' | 'dropped', plan: DigestPlan | null): Promise<void> => {
    await settle({ id: leased.row.id, state, at: clock.now(), papers: [], watched: plan?.watched ?? [] });
    count(state);
  };

  /** Plans of leased rows, kept before anything is sent; rows that another holds by now are left out. */
  const prepare = async (rows: readonly Leased[]) => {
    const ready: { readonly leased: Leased; readonly plan: DigestPlan }[] = [];
    const fresh: { readonly leased: Leased; readonly plan: DigestPlan }[] = [];
    for (const leased of rows) {
      const current = await standing(deps, leased);
      if (current === null) {
        await close(leased, 'dropped', null);
        continue;
      }
      const one = { row: leased.row, subscription: current };
      if (leased.row.plan !== null) ready.push({ leased: one, plan: leased.row.plan });
      else fresh.push({ leased: one, plan: await composer.compose(current) });
    }
    const held = await store.outbox.composed(
      owner,
      [...ready, ...fresh].map(({ leased, plan }) => ({ id: leased.row.id, plan })),
      { now: clock.now(), leaseMs },
    );
    return [...ready, ...fresh].filter(({ leased }) => held.has(leased.row.id));
  };

  const post = async (run: MailRun, { leased, plan }: { readonly leased: Leased; readonly plan: DigestPlan }) => {
    const { row, subscription } = leased;
    if (!isWanted(plan, subscription)) return close(leased, 'empty', plan);
    const stops = signal?.aborted === true;
    if (stops || down !== null || !gate.take(subscription.address)) {
      const free = down === null ? gate.freeAt(subscription.address) : clock.now() + FIRST_WAIT_MS;
      const at = stops ? clock.now() : free;
      await store.outbox.giveBack(owner, [{ id: row.id, at, error: null }]);
      return count('later');
    }
    const of = { id: row.id, subscription, localDay: row.localDay };
    const letter = await digestLetter(deps, { plan, of, messageId: row.messageId, compose: composer, render });
    // Whoever unsubscribes up to here gets nothing more.
    if ((await store.subscriptions.get(subscription.id))?.state !== 'active') return close(leased, 'dropped', null);
    try {
      await run.send(letter);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!isAboutOne(error)) down = error;
      else if (error.code !== 'mail-refused') gate.pause(subscription.address, waitAfter(row.attempts));
      log.warn({ err: error, outbox: row.id }, 'a digest was not taken');
      return count(await refused(deps, leased, error, owner));
    }
    await settle({ id: row.id, state: 'sent', at: clock.now(), papers: papersOf(plan), watched: plan.watched });
    count('sent');
  };

  using run = mailer.run();
  const lease = async () => {
    if (signal?.aborted === true || down !== null) return { leased: 0, ready: [] };
    const without = gate.closed();
    const rows = await store.outbox.lease({ owner, now: clock.now(), leaseMs, limit: 2 * inFlight, without });
    return prepare(rows).then((ready) => ({ leased: rows.length, ready }));
  };
  const running = new Set<Promise<void>>();
  let broken: unknown = null;
  const begin = (one: Parameters<typeof post>[1]): void => {
    const posting: Promise<void> = post(run, one)
      .catch((error: unknown) => {
        broken ??= error;
      })
      .finally(() => running.delete(posting));
    running.add(posting);
  };
  let next = lease();
  for (;;) {
    const { leased, ready } = await next;
    if (leased > 0) next = lease();
    // Awaited in its turn; until then its failure is nobody’s.
    next.catch(() => {});
    for (const one of ready) {
      while (running.size >= inFlight) await Promise.race(running);
      begin(one);
    }
    if (leased === 0 || broken !== null) {
      await Promise.all(running);
      if (broken !== null) throw broken;
      return counts;
    }
  }
};
