import { dayOf } from '../kernel/day.ts';
import type { AdminPage, AdminUsers, SettingShown } from '../model/admin-page.ts';
import { sumsOf } from '../model/ledger-page.ts';
import type { Reader } from '../model/reader.ts';
import type { Mailer } from '../ports/mailer.ts';
import { type HealthDeps, readHealth } from './health.ts';
import { readModerationQueue } from './moderation-queue.ts';
import { readSources } from './sources.ts';

interface Deps extends HealthDeps {
  readonly mailer: Mailer | null;
  readonly config: HealthDeps['config'] & { readonly accounts: 'off' | 'open' | 'invited' };
}

const ACCOUNTS_A_PAGE = 50;
const JOBS = 100;
/** Submissions and claims that are counted. */
const WAITING = 1_000;

interface Wish {
  readonly reader: Reader;
  readonly q: string;
  /** From 1. */
  readonly page: number;
  readonly settings: readonly SettingShown[];
}

const usersOf = async ({ store, config }: Deps, { q, page }: Wish): Promise<AdminUsers | null> => {
  if (config.accounts === 'off') return null;
  const offset = (page - 1) * ACCOUNTS_A_PAGE;
  const { accounts, total } = await store.accounts.find({ q, limit: ACCOUNTS_A_PAGE, offset });
  return { q, accounts, total, page, pages: Math.max(1, Math.ceil(total / ACCOUNTS_A_PAGE)) };
};

const queueOf = async (deps: Deps, reader: Reader): Promise<AdminPage['queue']> => {
  const [{ matters, rings }, submissions, claims] = await Promise.all([
    readModerationQueue(deps, reader),
    deps.store.submissions.drafts.in('waiting', WAITING),
    deps.store.claims.in('requested', WAITING),
  ]);
  return {
    letters: matters.length,
    rings: rings.length,
    submissions: submissions.length,
    claims: claims.length,
  };
};

const todayOf = async ({ store, sources, clock }: Deps): Promise<AdminPage['today']> => {
  const today = dayOf(clock.now());
  const days = await store.ledger.days({ first: today, last: today });
  return [...Map.groupBy(days, ({ source }) => source)]
    .map(([id, cells]) => ({ id, title: sources.find((one) => one.id === id)?.title ?? id, ...sumsOf(cells) }))
    .sort((a, b) => b.announced - a.announced || a.title.localeCompare(b.title));
};

/** Everything the operator looks after, as it stands now. */
export const readAdmin = async (deps: Deps, wish: Wish): Promise<AdminPage> => {
  const { store, clock, mailer } = deps;
  const [users, queue, sources, jobs, today, subscriptions, outbox, health] = await Promise.all([
    usersOf(deps, wish),
    queueOf(deps, wish.reader),
    readSources(deps),
    store.jobs.list(JOBS),
    todayOf(deps),
    store.subscriptions.counts(),
    store.outbox.counts(),
    readHealth(deps),
  ]);
  return {
    now: clock.now(),
    users,
    queue,
    sources,
    jobs,
    today,
    mail: { by: mailer?.id ?? null, subscriptions, outbox },
    health,
    settings: wish.settings,
  };
};
