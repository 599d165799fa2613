import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from '../src/services/account.ts';
import { openSession } from '../src/services/session.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';
import { startInstance, waitForSearch } from '../test/support/instance.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { ms, quantile, type Row } from './row.ts';
import { random } from './search-corpus.ts';

const READERS = 200;
const SECONDS = 30;
/** What is done in the first seconds counts, but is not timed: the server has just been started. */
const WARMING = 5;
/** Milliseconds between two things that one reader does, on the average. */
const PAUSE = 2_000;
/** Of a hundred things a reader does: so many votes, so many letters, and the rest is reading. */
const VOTES = 60;
const LETTERS = 15;

interface Reader {
  readonly id: string;
  readonly cookie: string;
  /** By paper: whether the last vote that was answered stands. */
  readonly votes: Map<string, boolean>;
}

interface Answer {
  readonly status: number;
  readonly took: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: READERS });

const send = (origin: string, path: string, { cookie }: Reader, form: Record<string, string> | null): Promise<Answer> =>
  new Promise((done, failed) => {
    const began = performance.now();
    const body = form === null ? null : new URLSearchParams(form).toString();
    const headers = {
      cookie,
      ...(body === null
        ? {}
        : {
            origin,
            accept: 'application/json',
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': String(Buffer.byteLength(body)),
          }),
    };
    const asked = request(origin + path, { method: body === null ? 'GET' : 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => done({ status: answer.statusCode ?? 0, took: performance.now() - began }));
    });
    asked.once('error', failed);
    asked.end(body ?? undefined);
  });

interface Storm {
  readonly reading: number[];
  readonly votes: number[];
  readonly letters: number[];
  /** Letters that were answered, by the words they are of. */
  readonly written: Set<string>;
  /** What was answered instead. */
  readonly refused: number[];
}

/** All readers at once, each doing one thing after another with a pause between; `writing` false only reads. */
const storm = async (
  origin: string,
  readers: readonly Reader[],
  papers: readonly string[],
  writing: boolean,
): Promise<Storm> => {
  const found: Storm = { reading: [], votes: [], letters: [], written: new Set(), refused: [] };
  const begun = performance.now();
  const until = begun + SECONDS * 1_000;
  const timed = (samples: number[], took: number): void => {
    if (performance.now() - begun > WARMING * 1_000) samples.push(took);
  };
  const live = async (reader: Reader, n: number): Promise<void> => {
    const draw = random(n + 1);
    await sleep(draw(PAUSE));
    for (let turn = 0; performance.now() < until; turn++) {
      const paper = papers[draw(papers.length)] ?? '';
      const kind = writing ? draw(100) : 100;
      if (kind < VOTES) {
        const wish = draw(3) > 0;
        const { status, took } = await send(origin, `/papers/${paper}/vote`, reader, { vote: wish ? '1' : '0' });
        if (status === 200) reader.votes.set(paper, wish);
        if (status === 200) timed(found.votes, took);
        else found.refused.push(status);
      } else if (kind < VOTES + LETTERS) {
        const body = `Letter ${turn} of reader ${n}: does $x^2$ hold?`;
        const key = `bench-${n}-${turn}`;
        const { status, took } = await send(origin, `/papers/${paper}/letters`, reader, { do: 'send', body, key });
        if (status < 300) found.written.add(body);
        if (status < 300) timed(found.letters, took);
        else found.refused.push(status);
      } else {
        const { status, took } = await send(origin, `/papers/${paper}`, reader, null);
        if (status === 200) timed(found.reading, took);
        else found.refused.push(status);
      }
      await sleep(PAUSE / 2 + draw(PAUSE));
    }
  };
  await Promise.all(readers.map(live));
  return found;
};

/** Writes that were answered and are not there, or are there twice. */
const wrong = async (
  store: Pick<Store, 'votes' | 'letters'>,
  readers: readonly Reader[],
  papers: readonly string[],
  written: ReadonlySet<string>,
): Promise<number> => {
  let errors = 0;
  for (const { id, votes } of readers) {
    const there = (await store.votes.of(id)).map(({ paperId }) => paperId);
    const meant = new Set([...votes].filter(([, wish]) => wish).map(([paper]) => paper));
    errors += there.filter((paper) => !meant.delete(paper)).length + meant.size;
  }
  const bodies = (await Promise.all(papers.map((paper) => store.letters.ofPaper(paper))))
    .flat()
    .map(({ body }) => body);
  const missing = new Set(written);
  for (const body of bodies) if (!missing.delete(body)) errors++;
  return errors + missing.size;
};

const pair = (samples: readonly number[]): string => `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))}`;

const measured = async (engine: string, url: string | null): Promise<readonly Row[]> => {
  await using instance = await startInstance({
    BROADSHEET_ACCOUNTS: 'open',
    BROADSHEET_PUBLIC_URL: 'http://localhost',
    BROADSHEET_MAIL_URL: 'file:///dev/null/nowhere',
    BROADSHEET_RATES: 'account=off,network=off,letters=off',
    BROADSHEET_NEW_ACCOUNTS: 'hours=0',
    ...(url === null ? {} : { BROADSHEET_DATABASE_URL: url }),
  });
  await waitForSearch(instance);
  const clock = { now: () => Date.now() };
  await using store = await openStore(url ?? `sqlite:${join(instance.dataDir, 'broadsheet.db')}`);
  const readers: Reader[] = [];
  for (let n = 0; n < READERS; n++) {
    const account = await createAccount(
      { store, clock },
      { email: `bench-${n}@example.org`, name: `Reader ${n}`, handle: `bench-${n}` },
    );
    if (account === null) throw new Error('An account was not made.');
    const token = await openSession(
      { store, clock },
      { accountId: account.id, way: 'mail', agent: 'bench', before: null },
    );
    readers.push({ id: account.id, cookie: `broadsheet-session=${token}`, votes: new Map() });
  }
  const page = await (await fetch(`${instance.origin}/`)).text();
  // Slugs of the first edition have hyphens; `/papers/trending` is no paper.
  const papers = [...new Set([...page.matchAll(/href="\/papers\/(\w+-[\w-]+)"/g)].map(([, id = '']) => id))];
  const quiet = await storm(instance.origin, readers, papers, false);
  const busy = await storm(instance.origin, readers, papers, true);
  const errors = await wrong(store, readers, papers, busy.written);
  const writes = [...busy.votes, ...busy.letters];
  const refused = [...quiet.refused, ...busy.refused];
  const among = `${READERS} readers, ${engine}`;
  const against = `only reading: ${pair(quiet.reading)}`;
  const ratio = (samples: readonly number[]): number => quantile(samples, 0.99) / quantile(quiet.reading, 0.99);
  return [
    {
      what: `votes, p50 / p99, ${among}`,
      figure: pair(busy.votes),
      against,
      ratio: ratio(busy.votes),
      bar: 'p99 ≤ 100 ms',
    },
    {
      what: `letters, p50 / p99, ${among}`,
      figure: pair(busy.letters),
      against,
      ratio: ratio(busy.letters),
      bar: 'p99 ≤ 100 ms',
    },
    {
      what: `reading meanwhile, p50 / p99, ${among}`,
      figure: pair(busy.reading),
      against,
      ratio: ratio(busy.reading),
      bar: 'p99 ≤ 100 ms',
    },
    {
      what: `writes answered, refused, lost or double, ${among}`,
      figure: `${writes.length} (${(writes.length / (SECONDS - WARMING)).toFixed(0)}/s), ${refused.length}${refused.length === 0 ? '' : ` (${[...new Set(refused)].join(', ')})`}, ${errors}`,
      bar: '0 lost or double',
    },
  ];
};

/**
 * Two hundred signed-in readers at once, each doing something about every other second: voting, taking votes back, writing letters and
 * reading, beside the same readers only reading. Everything that was answered is looked for afterwards.
 */
export const community = async (): Promise<readonly Row[]> => {
  const rows = [...(await measured('SQLite', null))];
  const { server, reason } = await startPostgres({ durable: true });
  if (server === null) {
    console.log(`PostgreSQL was left out: ${reason}`);
    return rows;
  }
  await using running = server;
  rows.push(...(await measured(`PostgreSQL ${running.version}`, await running.database())));
  return rows;
};
