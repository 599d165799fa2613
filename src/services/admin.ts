import { dayOf } from '../kernel/day.ts';
import { LABS, labOf } from '../labs/registry.ts';
import type { AdminPage, AdminUsers, SettingShown } from '../model/admin-page.ts';
import { sumsOf } from '../model/ledger-page.ts';
import type { Reader } from '../model/reader.ts';
import type { Mailer } from '../ports/mailer.ts';
import { type HealthDeps, readHealth } from './health.ts';
import { readModerationQueue } from './moderation-queue.ts';
import { rollOvers } from './roll-over.ts';
import { readSources } from './sources.ts';

interface Deps extends HealthDeps {
  readonly mailer: Mailer | null;
  readonly config: HealthDeps['config'] & {
    readonly accounts: 'off' | 'open' | 'invited';
    readonly edition: { readonly at: string; readonly zone: string };
  };
}

const ACCOUNTS_A_PAGE = 50;
const JOBS = 100;
/** Submissions and claims that are counted. */
const WAITING = 1_000;
const TROUBLES = 10;
const DAY_MS = 86_400_000;

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

const mailOf = async ({ store, clock, mailer }: Deps): Promise<AdminPage['mail']> => {
  const [subscriptions, outbox, lately, suppressed, troubles] = await Promise.all([
    store.subscriptions.counts(),
    store.outbox.counts(),
    store.outbox.counts(clock.now() - DAY_MS),
    store.suppressions.count(),
    store.outbox.troubles(TROUBLES),
  ]);
  return { by: mailer?.id ?? null, subscriptions, outbox, lately, suppressed, troubles };
};

const firstTier = async ({ store, index }: Deps): Promise<AdminPage['reading']['first']> => {
  const total = await store.papers.count();
  try {
    return { read: Math.min(total, (await index.stats()).documents), total };
  } catch {
    // What is wrong with it stands among the findings.
    return null;
  }
};

const labsOf = async ({ store }: Deps): Promise<AdminPage['labs']> => ({
  total: LABS.length,
  runs: (await store.labRuns.list()).map((run) => {
    const lab = labOf(run.lab);
    return { ...run, title: lab?.title ?? run.lab, current: lab?.version === run.version };
  }),
});

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | null = null;
  return () => {
    asked ??= ask();
    return asked;
  };
};

/** How many papers there are is asked once, of the database and of the index: one page says one number. */
const countedOnce = (deps: Deps): Deps => ({
  ...deps,
  store: { ...deps.store, papers: { ...deps.store.papers, count: once(() => deps.store.papers.count()) } },
  index: { stats: once(() => deps.index.stats()), position: () => deps.index.position() },
});

/** Everything the operator looks after, as it stands now. */
export const readAdmin = async (own: Deps, wish: Wish): Promise<AdminPage> => {
  const deps = countedOnce(own);
  const { store, clock } = deps;
  const [users, queue, sources, jobs, today, mail, first, labs, health] = await Promise.all([
    usersOf(deps, wish),
    queueOf(deps, wish.reader),
    readSources(deps),
    store.jobs.list(JOBS),
    todayOf(deps),
    mailOf(deps),
    firstTier(deps),
    labsOf(deps),
    readHealth(deps),
  ]);
  return {
    now: clock.now(),
    users,
    queue,
    sources,
    jobs,
    nextEdition: rollOvers(deps.config.edition, clock.now()).next,
    today,
    mail,
    reading: { first, second: sources.reading },
    labs,
    health,
    settings: wish.settings,
  };
};
