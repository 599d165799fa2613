import type { Context, MiddlewareHandler } from 'hono';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Log } from '../kernel/log.ts';
import { readWatch, type Watch } from '../services/alarms.ts';
import type { Env, WebDeps } from './edge.ts';

export interface Metrics {
  readonly registry: Registry;
  /** Seconds a request took, by route, method and status. */
  readonly requests: Histogram<'route' | 'method' | 'status'>;
}

const SLOW_SECONDS = 0.5;
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How the wires stand, as of the scrape: read once for the three of them. */
const gaugeWires = (registry: Registry, deps: Pick<WebDeps, 'store' | 'clock' | 'sources'>): void => {
  let reading: Promise<Watch | null> | null = null;
  const look = (): Promise<Watch | null> => {
    reading ??= readWatch(deps)
      .catch(() => null)
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    fill: (gauge: Gauge<L>, watch: Watch) => void,
  ): void => {
    new Gauge<L>({
      name: `broadsheet_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const watch = await look();
        this.reset();
        if (watch !== null) fill(this, watch);
      },
    });
  };
  gauge('alarms', 'What is wrong with the wires', ['kind', 'source'], (of, { alarms }) => {
    for (const { kind, source } of alarms) of.inc({ kind, source });
  });
  const age = 'Time since a source was last harvested to its end';
  gauge('source_last_success_age_seconds', age, ['source'], (of, { standings }) => {
    for (const { source, lastSuccessAt } of standings)
      if (lastSuccessAt !== null) of.set({ source }, Math.max(0, deps.clock.now() - lastSuccessAt) / 1000);
  });
  gauge('source_ingested_today', 'Entries announced today (UTC) and taken in', ['source'], (of, { today }) => {
    for (const [source, entries] of today) of.set({ source }, entries);
  });
};

/** A registry of its own, so that two instances in one process do not count together. */
export const createMetrics = (deps: Pick<WebDeps, 'store' | 'index' | 'clock' | 'sources'>): Metrics => {
  const { store, index } = deps;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'broadsheet_' });
  const gauge = (name: string, help: string, read: () => Promise<number>): void => {
    new Gauge({
      name: `broadsheet_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read().catch(() => Number.NaN));
      },
    });
  };
  gauge('papers', 'Papers in the database', () => store.papers.count());
  gauge('index_documents', 'Papers in the search index', async () => (await index.stats()).documents);
  gauge('index_embedded', 'Papers in the search index with a vector', async () => (await index.stats()).embedded);
  gauge('index_behind', 'Changes of the database that have not reached the search index', async () =>
    Math.max(0, (await store.changes.last()) - (await index.position())),
  );
  const byState = (name: string, help: string, read: () => Promise<Readonly<Record<string, number>>>): void => {
    new Gauge({
      name: `broadsheet_${name}`,
      help,
      labelNames: ['state'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const [state, n] of Object.entries(await read().catch(() => ({})))) this.set({ state }, n);
      },
    });
  };
  byState('subscriptions', 'Subscriptions to the mail', () => store.subscriptions.counts());
  byState('mails', 'Mails by what became of them', () => store.outbox.counts());
  gauge('push_devices', 'Browsers that show notifications', () => store.pushDevices.count());
  byState('pushes', 'Notifications by what became of them', () => store.pushOutbox.counts());
  gauge('mail_suppressed', 'Addresses that are never written to', () => store.suppressions.count());
  gaugeWires(registry, deps);
  const requests = new Histogram({
    name: 'broadsheet_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: BUCKETS,
    registers: [registry],
  });
  return { registry, requests };
};

/** Times every request; slow ones and failures are logged, the others only at debug. */
export const measure =
  ({ requests }: Metrics, log: Log): MiddlewareHandler<Env> =>
  async (c, next) => {
    const began = performance.now();
    await next();
    const seconds = (performance.now() - began) / 1000;
    const { status } = c.res;
    const method = c.req.method;
    requests.observe({ route: c.get('route') ?? 'none', method, status }, seconds);
    if (seconds < SLOW_SECONDS && status < 500) log.debug({ method, path: c.req.path, status, seconds }, 'request');
    else log.warn({ method, path: c.req.path, status, seconds }, status < 500 ? 'a slow request' : 'a failed request');
  };

export const metricsPage =
  ({ registry }: Metrics) =>
  async (c: Context<Env>): Promise<Response> =>
    c.body(await registry.metrics(), 200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
