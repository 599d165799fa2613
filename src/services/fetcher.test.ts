import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { type ErrorCode, Fault } from '../kernel/errors.ts';
import { silentLog } from '../kernel/log.ts';
import type { Fetcher } from '../ports/fetcher.ts';
import type { Ask } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { createFetcher, type FetcherDeps } from './fetcher.ts';

/** Time that stands still while anything works, and jumps to the next waking when all `workers` sleep. */
const timeFor = (workers: number) => {
  let now = Date.parse('2026-04-20T12:00:00Z');
  let awake = workers;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const turn = (): void => {
    if (awake > 0 || sleepers.length === 0) return;
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    now = Math.max(now, next?.at ?? now);
    awake += 1;
    next?.wake();
  };
  return {
    clock: { now: () => now },
    pass: (ms: number): void => {
      now += ms;
    },
    sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((wake, failed) => {
        signal?.throwIfAborted();
        const sleeper = { at: now + ms, wake };
        signal?.addEventListener('abort', () => {
          const place = sleepers.indexOf(sleeper);
          if (place < 0) return;
          sleepers.splice(place, 1);
          awake += 1;
          failed(signal.reason);
        });
        sleepers.push(sleeper);
        awake -= 1;
        setImmediate(turn);
      }),
    done: (): void => {
      awake -= 1;
      setImmediate(turn);
    },
  };
};

/** The turns of a database, in memory. */
const turnsInMemory = (): Store['turns'] & { readonly nextAt: (key: string) => number } => {
  const rows = new Map<string, { owner: string; until: number; nextAt: number }>();
  return {
    nextAt: (key) => rows.get(key)?.nextAt ?? 0,
    take: async (key, { owner, now, leaseMs }) => {
      const row = rows.get(key) ?? { owner: '', until: 0, nextAt: 0 };
      if (row.until > now || row.nextAt > now)
        return { taken: false, again: Math.max(row.nextAt, Math.min(row.until, now + 200)) };
      rows.set(key, { owner, until: now + leaseMs, nextAt: row.nextAt });
      return { taken: true };
    },
    keep: async (key, { owner, now, leaseMs }) => {
      const row = rows.get(key);
      if (row?.owner !== owner || row.until <= now) return false;
      row.until = now + leaseMs;
      return true;
    },
    give: async (key, { owner, nextAt }) => {
      const row = rows.get(key);
      if (!row) return;
      if (row.owner === owner) row.until = 0;
      row.nextAt = Math.max(row.nextAt, nextAt);
    },
  };
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const server = createServer((request, response) => handler(request, response));
let handler: Handler = () => undefined;
let host = '';

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.closeAllConnections());
after(() => server.close());

const ask = (more: Partial<Ask> = {}): Ask => ({ url: `http://${host}/oai`, accepts: ['text/xml'], ...more });
const arxiv = { key: 'arxiv', gapMs: 3000 };

const fetcherOf = (deps: Pick<FetcherDeps, 'turns' | 'clock' | 'sleep'> & Partial<FetcherDeps>): Fetcher =>
  createFetcher({ log: silentLog, allow: [host], contact: 'ops@example.org', version: '1.2.3', ...deps });

const xml = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/xml' }).end('<a/>');

const failing = (
  statuses: readonly (readonly [number, string | null])[],
): { readonly at: number[]; readonly serve: (now: () => number) => Handler } => {
  const at: number[] = [];
  return {
    at,
    serve: (now) => (_request, response) => {
      at.push(now());
      const [status, retryAfter] = statuses[at.length - 1] ?? [200, null];
      if (status === 200) xml(response);
      else response.writeHead(status, retryAfter === null ? {} : { 'retry-after': retryAfter }).end('busy');
    },
  };
};

const gaps = (times: readonly number[]): readonly number[] => times.slice(1).map((time, i) => time - (times[i] ?? 0));

const fails = (code: ErrorCode, sentence: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Fault, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, sentence);
  return true;
};

test('two workers with fetchers of their own ask one at a time, 3 s after the last answer', async () => {
  const time = timeFor(4);
  const turns = turnsInMemory();
  const spans: { readonly from: number; until: number }[] = [];
  let under = 0;
  handler = (_request, response) => {
    under += 1;
    assert.equal(under, 1);
    const span = { from: time.clock.now(), until: 0 };
    spans.push(span);
    setTimeout(() => {
      time.pass(700);
      span.until = time.clock.now();
      under -= 1;
      xml(response);
    }, 5);
  };
  const worker = async (fetcher: Fetcher): Promise<void> => {
    for (let n = 0; n < 5; n += 1) assert.equal((await fetcher.fetch(ask(), { manners: arxiv })).status, 200);
    time.done();
  };
  const [one, two] = [fetcherOf({ turns, ...time }), fetcherOf({ turns, ...time })];
  await Promise.all([worker(one), worker(one), worker(two), worker(two)]);
  assert.equal(spans.length, 20);
  const pauses = spans.slice(1).map(({ from }, i) => from - (spans[i]?.until ?? 0));
  assert.ok(Math.min(...pauses) >= 3000, `${pauses}`);
  // Nor is anyone kept waiting without need.
  assert.ok(Math.max(...pauses) <= 3200, `${pauses}`);
});

test('keys do not wait for each other', async () => {
  const time = timeFor(1);
  const fetcher = fetcherOf({ turns: turnsInMemory(), ...time });
  const began = time.clock.now();
  handler = (_request, response) => xml(response);
  await fetcher.fetch(ask(), { manners: arxiv });
  await fetcher.fetch(ask(), { manners: { key: 'hf', gapMs: 1000 } });
  assert.equal(time.clock.now(), began);
});

test('429, 5xx and lost connections are asked again, as Retry-After says and ever more rarely', async () => {
  const time = timeFor(1);
  const date = new Date(time.clock.now() + 200_000).toUTCString();
  const { at, serve } = failing([
    [503, '0'],
    [503, 'nonsense'],
    [429, '-1'],
    [500, '40'],
    [503, date],
  ]);
  handler = serve(time.clock.now);
  const waits: unknown[] = [];
  const fetcher = fetcherOf({ turns: turnsInMemory(), ...time });
  const answer = await fetcher.fetch(ask(), { manners: arxiv, onWait: (wait) => waits.push(wait) });
  assert.equal(answer.status, 200);
  assert.deepEqual(gaps(at), [3000, 6000, 12_000, 40_000, 139_000]);
  assert.deepEqual(waits[0], { ms: 3000, reason: `${host} answered 503` });
  assert.equal(waits.length, 5);

  const calls: number[] = [];
  handler = (_request, response) => {
    calls.push(time.clock.now());
    if (calls.length === 1) response.socket?.destroy();
    else if (calls.length === 2)
      response.writeHead(200, { 'content-length': '9' }).write('x', () => response.destroy());
    else xml(response);
  };
  await fetcher.fetch(ask({ accepts: [] }), { manners: arxiv });
  assert.deepEqual(gaps(calls), [3000, 6000]);
});

test('what a host asks one process to wait, all wait', async () => {
  const time = timeFor(1);
  const turns = turnsInMemory();
  const { at, serve } = failing([[503, '600']]);
  handler = serve(time.clock.now);
  const one = fetcherOf({ turns, ...time });
  const two = fetcherOf({ turns, ...time });
  await assert.rejects(
    one.fetch(ask(), { manners: arxiv, patienceMs: 10_000 }),
    (error) =>
      fails('source-unavailable', /answered 503; the next try would be in 600 s\.$/)(error) &&
      (error as Fault).retryAfter === 600,
  );
  assert.equal(turns.nextAt('arxiv'), time.clock.now() + 600_000);
  await assert.rejects(
    two.fetch(ask(), { manners: arxiv, patienceMs: 10_000 }),
    fails('source-unavailable', /^arxiv is not to be asked yet; .* 600 s\.$/),
  );
  const waits: unknown[] = [];
  await two.fetch(ask(), { manners: arxiv, onWait: (wait) => waits.push(wait) });
  assert.deepEqual(gaps(at), [600_000]);
  assert.deepEqual(waits, [{ ms: 600_000, reason: 'arxiv is to be asked no sooner' }]);
});

test('a host that is busy for ever ends the patience', async () => {
  const time = timeFor(1);
  const { at, serve } = failing(Array.from({ length: 99 }, () => [503, '0'] as const));
  handler = serve(time.clock.now);
  const fetcher = fetcherOf({ turns: turnsInMemory(), ...time });
  await assert.rejects(
    fetcher.fetch(ask(), { manners: arxiv, patienceMs: 60_000 }),
    fails('source-unavailable', /96 s/),
  );
  assert.deepEqual(gaps(at), [3000, 6000, 12_000, 24_000, 48_000]);
});

test('what is refused is not asked again, and its turn is given back', async () => {
  const time = timeFor(1);
  const turns = turnsInMemory();
  let calls = 0;
  handler = (_request, response) => {
    calls += 1;
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
  };
  const fetcher = fetcherOf({ turns, ...time });
  await assert.rejects(fetcher.fetch(ask(), { manners: arxiv }), fails('source-refused', /text\/html/));
  await assert.rejects(
    fetcher.fetch(ask({ url: 'http://127.0.0.1:1/' }), { manners: arxiv }),
    fails('address-refused', /not a public/),
  );
  assert.equal(calls, 1);
  handler = (_request, response) => void response.writeHead(404).end();
  assert.equal((await fetcher.fetch(ask(), { manners: arxiv })).status, 404);
});

test('whoever asked can stop while waiting for the turn, for the answer and for the next try', async () => {
  const time = timeFor(1);
  const turns = turnsInMemory();
  const fetcher = fetcherOf({ turns, ...time });
  handler = (_request, response) => void response.writeHead(503, { 'retry-after': '60' }).end();
  const stop = new AbortController();
  const stopped = fetcher.fetch(ask(), {
    manners: arxiv,
    signal: stop.signal,
    onWait: () => stop.abort(),
  });
  await assert.rejects(stopped, { name: 'AbortError' });
  const again = new AbortController();
  await assert.rejects(fetcher.fetch(ask(), { manners: arxiv, signal: again.signal, onWait: () => again.abort() }), {
    name: 'AbortError',
  });
  const third = new AbortController();
  handler = () => third.abort();
  await assert.rejects(fetcher.fetch(ask(), { manners: { key: 'other', gapMs: 0 }, signal: third.signal }), {
    name: 'AbortError',
  });
  assert.equal((await turns.take('other', { owner: 'x', now: time.clock.now(), leaseMs: 1 })).taken, true);
});

test('one whose turn was taken away stops, and asks again in a turn of its own', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const time = timeFor(1);
  let calls = 0;
  const turns = turnsInMemory();
  const fetcher = fetcherOf({ turns: { ...turns, keep: async () => false }, ...time });
  handler = (_request, response) => {
    calls += 1;
    if (calls > 1) xml(response);
    else t.mock.timers.tick(2_000);
  };
  const reasons: string[] = [];
  await fetcher.fetch(ask(), { manners: arxiv, onWait: ({ reason }) => reasons.push(reason) });
  assert.equal(calls, 2);
  assert.deepEqual(reasons, ['The turn to ask arxiv was lost to another process']);
});
