/**
 * Kills the server with SIGKILL while readers vote and write letters, again and again: `npm run test:storm -- --kills 20
 * --database postgres`. Whatever was answered is there afterwards, once, and the database is sound.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createAccount } from '../../src/services/account.ts';
import { openSession } from '../../src/services/session.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { startPostgres } from '../support/postgres.ts';

const READERS = 30;
const PAPERS = 20;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    database: { type: 'string', default: 'sqlite' },
  },
});
const kills = Number(values.kills);
assert.ok(Number.isInteger(kills) && kills > 0, '--kills is how many times to kill');
assert.ok(values.database === 'sqlite' || values.database === 'postgres', '--database is sqlite or postgres');

interface Reader {
  readonly id: string;
  readonly cookie: string;
  /** By paper: what was answered last; then what was asked since and never answered: either may stand. */
  readonly votes: Map<string, { answered: boolean; open: boolean | null }>;
}

/** Letters by their words: true when they were answered, false while they were only sent. */
const letters = new Map<string, boolean>();
const restarts: number[] = [];
let answered = 0;

const post = (origin: string, path: string, cookie: string, form: Record<string, string>): Promise<Response> =>
  fetch(origin + path, {
    method: 'POST',
    headers: { cookie, origin, accept: 'application/json' },
    body: new URLSearchParams(form),
  });

/** One reader votes and writes until the server is no more. */
const live = async (
  origin: string,
  papers: readonly string[],
  reader: Reader,
  n: number,
  round: number,
): Promise<void> => {
  for (let turn = 0; ; turn++) {
    const paper = papers[Math.floor(Math.random() * papers.length)] ?? '';
    try {
      if (Math.random() < 0.7) {
        const vote = reader.votes.get(paper) ?? { answered: false, open: null };
        reader.votes.set(paper, vote);
        const wish = Math.random() < 0.6;
        vote.open = wish;
        const answer = await post(origin, `/papers/${paper}/vote`, reader.cookie, { vote: wish ? '1' : '0' });
        await answer.arrayBuffer();
        assert.equal(answer.status, 200);
        Object.assign(vote, { answered: wish, open: null });
      } else {
        const body = `Letter ${turn} of reader ${n} in round ${round}`;
        letters.set(body, false);
        const answer = await post(origin, `/papers/${paper}/letters`, reader.cookie, {
          do: 'send',
          body,
          key: `${round}-${n}-${turn}`,
        });
        await answer.arrayBuffer();
        if (answer.status === 429) {
          // Nobody writes so many letters a day: this one writes no more, and was told so.
          letters.delete(body);
          continue;
        }
        assert.ok(answer.status < 300, `a letter was answered ${answer.status}`);
        letters.set(body, true);
      }
      answered++;
    } catch (cause) {
      if (cause instanceof assert.AssertionError) throw cause;
      return;
    }
  }
};

const verify = async (store: Store, readers: readonly Reader[], papers: readonly string[]): Promise<void> => {
  assert.equal(await store.check(), null, 'the database is sound after a kill');
  const standing = new Map<string, number>();
  for (const { id, votes } of readers) {
    const there = new Set((await store.votes.of(id)).map(({ paperId }) => paperId));
    for (const paper of there) standing.set(paper, (standing.get(paper) ?? 0) + 1);
    for (const [paper, vote] of votes) {
      const may = vote.open === null ? [vote.answered] : [vote.answered, vote.open];
      assert.ok(may.includes(there.has(paper)), `a vote for ${paper} was lost`);
      Object.assign(vote, { answered: there.has(paper), open: null });
    }
  }
  for (const { paper, votes } of await store.papers.cards(papers, '')) {
    assert.equal(votes, standing.get(paper.id) ?? 0, `the votes for ${paper.id} add up`);
  }
  const found = (await Promise.all(papers.map((paper) => store.letters.ofPaper(paper)))).flat().map(({ body }) => body);
  assert.equal(new Set(found).size, found.length, 'no letter is there twice');
  const there = new Set(found);
  for (const [body, wasAnswered] of letters) if (wasAnswered) assert.ok(there.has(body), `“${body}” was lost`);
  for (const body of found) {
    assert.ok(letters.has(body), `nobody wrote “${body}”`);
    letters.set(body, true);
  }
};

const dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-storm-'));
const postgres = values.database === 'postgres' ? await startPostgres({ durable: true }) : null;
if (postgres !== null && postgres.server === null) {
  console.log(`Left out: ${postgres.reason}`);
  process.exit(0);
}
const url = postgres?.server ? await postgres.server.database() : null;
const env = {
  BROADSHEET_DATA_DIR: dataDir,
  BROADSHEET_ACCOUNTS: 'open',
  BROADSHEET_PUBLIC_URL: 'http://localhost',
  BROADSHEET_EMBED: 'off',
  BROADSHEET_RATES: 'account=off,network=off,letters=off',
  BROADSHEET_NEW_ACCOUNTS: 'hours=0',
  ...(url === null ? {} : { BROADSHEET_DATABASE_URL: url }),
};
const start = async (): Promise<Instance> => {
  const instance = await startInstance(env);
  restarts.push(instance.startedMs);
  return instance;
};

try {
  let instance = await start();
  const page = await (await fetch(`${instance.origin}/`)).text();
  const slugs = [...new Set([...page.matchAll(/href="\/papers\/(\w+-[\w-]+)"/g)].map(([, id = '']) => id))];
  const papers = slugs.slice(0, PAPERS);
  assert.ok(papers.length > 5, 'the first edition is there');
  await using store = await openStore(url ?? `sqlite:${join(dataDir, 'broadsheet.db')}`);
  const clock = { now: () => Date.now() };
  const readers: Reader[] = [];
  for (let n = 0; n < READERS; n++) {
    const account = await createAccount(
      { store, clock },
      { email: `storm-${n}@example.org`, name: `Reader ${n}`, handle: `storm-${n}` },
    );
    assert.ok(account);
    const session = { accountId: account.id, way: 'mail', agent: 'storm', before: null } as const;
    const token = await openSession({ store, clock }, session);
    readers.push({ id: account.id, cookie: `broadsheet-session=${token}`, votes: new Map() });
  }
  for (let round = 1; round <= kills; round++) {
    const all = readers.map((reader, n) => live(instance.origin, papers, reader, n, round));
    await sleep(300 + Math.random() * 1_500);
    process.kill(instance.pid, 'SIGKILL');
    await Promise.all(all);
    await instance[Symbol.asyncDispose]();
    instance = await start();
    await verify(store, readers, papers);
  }
  await instance[Symbol.asyncDispose]();
  const [, ...again] = restarts;
  console.log(
    `${kills} kills on ${values.database}: of ${answered} votes and letters that were answered 0 lost, 0 double; the database sound; restarts ${Math.max(...again).toFixed(0)} ms at most.`,
  );
} finally {
  await postgres?.server?.[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
}
