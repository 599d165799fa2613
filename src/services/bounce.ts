import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { type BounceReport, type BounceVerdict, verdictOf } from '../model/bounce.ts';
import type { Bounce, Subscription } from '../model/digest.ts';
import type { Store } from '../store/store.ts';
import { readBounce } from './bounce-report.ts';

interface Deps {
  readonly store: Pick<Store, 'subscriptions' | 'outbox' | 'suppressions' | 'bounces'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** An address that took no mail so often within so long is not written to until it is proved anew. */
const SOFT_MOST = 5;
const SOFT_WITHIN_MS = 21 * 86_400_000;

const GRAVITY: Readonly<Record<BounceVerdict, number>> = { none: 0, soft: 1, hard: 2, complaint: 3 };

/** What came of a report: `unknown` is about no mail of ours, `late` about one sent before the address was proved anew. */
export type BounceOutcome = 'unknown' | 'late' | 'noted' | 'suppressed';

const end = async (
  { store, clock, log }: Deps,
  { id, address }: Subscription,
  { kind, says }: Pick<Bounce, 'kind' | 'says'>,
): Promise<void> => {
  if (kind !== 'soft') await store.suppressions.put({ address, why: kind, says, at: clock.now() });
  await store.subscriptions.change(id, { state: kind === 'complaint' ? 'ended' : 'bounced' });
  log.info({ subscription: id, kind }, 'mail came back: nothing more is sent there');
};

const isTooOften = async ({ store, clock }: Deps, subscriptionId: string): Promise<boolean> => {
  const all = await store.bounces.of(subscriptionId, clock.now() - SOFT_WITHIN_MS);
  return new Set(all.filter(({ kind }) => kind === 'soft').map(({ messageId }) => messageId)).size >= SOFT_MOST;
};

/**
 * Takes word of a mail that came back. It is believed because it names the mail's Message-ID, which nobody knows but its receiver: a forged
 * one can end the subscription of none but who forges it. Twice is once, also where the first time was cut short.
 */
export const takeBounce = async (deps: Deps, bounce: Omit<Bounce, 'at'>): Promise<BounceOutcome> => {
  const { store, clock } = deps;
  const row = await store.outbox.byMessageId(bounce.messageId);
  const subscription = row === null ? null : await store.subscriptions.get(row.subscriptionId);
  if (row === null || subscription === null) return 'unknown';
  await store.bounces.record({ ...bounce, at: clock.now() });
  if (row.sentAt !== null && row.sentAt < subscription.confirmedAt) return 'late';
  if (bounce.kind === 'soft' && !(await isTooOften(deps, subscription.id))) return 'noted';
  if (subscription.state === 'active' || subscription.state === 'paused' || bounce.kind === 'complaint')
    await end(deps, subscription, bounce);
  return 'suppressed';
};

const worstOf = (reports: readonly BounceReport[]): { report: BounceReport; verdict: BounceVerdict } | null => {
  const judged = reports.map((report) => ({ report, verdict: verdictOf(report) }));
  judged.sort((a, b) => GRAVITY[b.verdict] - GRAVITY[a.verdict]);
  return judged[0] ?? null;
};

/**
 * Takes a whole message of the return mailbox, as bytes; a mail of ours has one recipient, so the gravest of several reports is
 * about it. Null where it is no report (a reply, an advertisement).
 */
export const takeBounceMail = async (deps: Deps, bytes: Uint8Array): Promise<BounceOutcome | null> => {
  const { messageIds, reports } = await readBounce(bytes);
  const worst = worstOf(reports);
  if (worst === null) return null;
  const { report, verdict } = worst;
  if (verdict === 'none') return 'noted';
  for (const messageId of messageIds) {
    const said = { kind: verdict, messageId, status: report.status ?? '', says: report.diagnostic };
    const outcome = await takeBounce(deps, said);
    if (outcome !== 'unknown') return outcome;
  }
  return 'unknown';
};
