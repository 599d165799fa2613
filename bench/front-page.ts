import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startInstance } from '../test/support/instance.ts';
import { ms, quantile, type Row } from './row.ts';

const SECONDS = 5;
const CONNECTIONS = 20;
const SAMPLES = 400;

/** `bench/bare-hono.ts` in a process of its own, as Broadsheet is. */
const startBare = async (body: string): Promise<{ readonly origin: string; close(): void }> => {
  const child = fork(join(import.meta.dirname, 'bare-hono.ts'));
  child.send(body);
  const [port] = await once(child, 'message');
  return { origin: `http://127.0.0.1:${port}`, close: () => child.kill() };
};

const latencies = async (url: string): Promise<readonly number[]> => {
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i += 1) {
    const began = performance.now();
    await (await fetch(url)).arrayBuffer();
    samples.push(performance.now() - began);
  }
  return samples.slice(SAMPLES / 4);
};

/** Requests a second and latency of the front page beside a bare Hono server with the same bytes, by turns in the same run. */
export const frontPage = async (): Promise<readonly Row[]> => {
  await using instance = await startInstance();
  const url = `${instance.origin}/`;
  const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  const server = await startBare(await plain.text());
  try {
    const options = { connections: CONNECTIONS, duration: SECONDS, headers: { 'accept-encoding': 'identity' } };
    const rates: [number, number][] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const ours = await autocannon({ ...options, url });
      const theirs = await autocannon({ ...options, url: `${server.origin}/` });
      if (ours.non2xx + ours.errors + theirs.non2xx + theirs.errors > 0) throw new Error('some requests failed');
      rates.push([ours.requests.average, theirs.requests.average]);
    }
    const ours = rates.reduce((sum, [a]) => sum + a, 0) / rates.length;
    const theirs = rates.reduce((sum, [, b]) => sum + b, 0) / rates.length;
    const mine = await latencies(url);
    const others = await latencies(`${server.origin}/`);
    return [
      {
        what: 'front page, requests/s',
        figure: ours.toFixed(0),
        against: `bare Hono ${theirs.toFixed(0)}`,
        ratio: ours / theirs,
        bar: '≥ 0.5 ×',
      },
      {
        what: 'front page, p50 of one client',
        figure: ms(quantile(mine, 0.5)),
        against: `bare Hono ${ms(quantile(others, 0.5))}`,
        ratio: quantile(mine, 0.5) / quantile(others, 0.5),
        bar: '≤ 3 ms',
      },
      {
        what: 'front page, p95 of one client',
        figure: ms(quantile(mine, 0.95)),
        against: `bare Hono ${ms(quantile(others, 0.95))}`,
        ratio: quantile(mine, 0.95) / quantile(others, 0.95),
      },
    ];
  } finally {
    server.close();
  }
};
