import { sql } from 'kysely';
import { Fault } from '../kernel/errors.ts';
import { accounts } from './account.ts';
import { apiTokens } from './api-token.ts';
import { browse } from './browse.ts';
import { changes } from './change.ts';
import { claims } from './claim.ts';
import { cursors } from './cursor.ts';
import { bounces, searchAlerts, suppressions } from './digest-bounce.ts';
import { outbox } from './digest-outbox.ts';
import { editions } from './edition.ts';
import type { Engine } from './engine.ts';
import { openSqlite } from './engine-sqlite.ts';
import { follows, seen } from './follow.ts';
import { groups } from './group.ts';
import { jobs } from './job.ts';
import { journalClub } from './journal-club.ts';
import { labRuns } from './lab-run.ts';
import { ledger } from './ledger.ts';
import { letters } from './letter.ts';
import { library } from './library.ts';
import { migrate } from './migrate.ts';
import { moderation } from './moderation.ts';
import { notifications } from './notification.ts';
import { knownPapers } from './paper-ask.ts';
import { readPapers } from './paper-read.ts';
import { savePapers } from './paper-save.ts';
import { profiles } from './profile.ts';
import { pushDevices, pushKeys } from './push-device.ts';
import { pushOutbox } from './push-outbox.ts';
import { runs, standings } from './run.ts';
import { savedSearches } from './saved-search.ts';
import { sessions } from './session.ts';
import { flows, invitations, linkedSignIns, mailLinks, passkeys, rates } from './sign-in.ts';
import type { Store } from './store.ts';
import { submissions } from './submission.ts';
import { subscriptions } from './subscription.ts';
import { turns } from './turn.ts';
import { vectors } from './vector.ts';
import { votes } from './vote.ts';

const openEngine = async (url: string): Promise<Engine> => {
  // Loaded only where it is used: the driver would cost every start on SQLite some 40 ms.
  if (/^postgres(?:ql)?:\/\//.test(url)) return (await import('./engine-postgres.ts')).openPostgres(url);
  const path = /^sqlite:(.+)$/s.exec(url)?.[1];
  if (path) return openSqlite(path);
  throw new Fault('bad-config', 'The database address is not understood: write sqlite:FILE or postgres://….');
};

/**
 * `sqlite:FILE`, `sqlite::memory:` (a temporary file) or `postgres://…`. The tables come with `migrate()`.
 * Throws `Fault` with one plain sentence and the mend when the database cannot be opened.
 */
export const openStore = async (url: string): Promise<Store> => {
  const engine = await openEngine(url);
  return {
    engine: engine.kind,
    revision: () => engine.revision(),
    migrate: () => migrate(engine),
    ping: async () => {
      try {
        await sql`SELECT 1`.execute(engine.read);
      } catch (cause) {
        if (cause instanceof Fault) throw cause;
        throw new Fault('database-unavailable', 'The database does not answer.', { cause, retryAfter: 5 });
      }
    },
    check: () => engine.check(),
    papers: { save: savePapers(engine), known: knownPapers(engine), ...readPapers(engine) },
    browse: browse(engine),
    editions: editions(engine),
    votes: votes(engine),
    letters: letters(engine),
    notifications: notifications(engine),
    labRuns: labRuns(engine),
    savedSearches: savedSearches(engine),
    accounts: accounts(engine),
    sessions: sessions(engine),
    mailLinks: mailLinks(engine),
    flows: flows(engine),
    passkeys: passkeys(engine),
    linkedSignIns: linkedSignIns(engine),
    apiTokens: apiTokens(engine),
    invitations: invitations(engine),
    rates: rates(engine),
    library: library(engine),
    follows: follows(engine),
    seen: seen(engine),
    submissions: submissions(engine),
    claims: claims(engine),
    profiles: profiles(engine),
    groups: groups(engine),
    journalClub: journalClub(engine),
    moderation: moderation(engine),
    subscriptions: subscriptions(engine),
    outbox: outbox(engine),
    suppressions: suppressions(engine),
    bounces: bounces(engine),
    searchAlerts: searchAlerts(engine),
    pushDevices: pushDevices(engine),
    pushOutbox: pushOutbox(engine),
    pushKeys: pushKeys(engine),
    changes: changes(engine),
    cursors: cursors(engine),
    ledger: ledger(engine),
    runs: runs(engine),
    standings: standings(engine),
    turns: turns(engine),
    vectors: vectors(engine),
    jobs: jobs(engine),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
};
