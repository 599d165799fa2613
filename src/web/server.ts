import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HOME } from '../config.ts';
import { WEB_PAGE } from '../model/submission.ts';
import { openMarkdown } from '../services/markdown.ts';
import { openMathWorker } from '../services/math.ts';
import { pushKeysOf } from '../services/push-device.ts';
import { openAlarmDesk } from './alarm-desk.ts';
import { buildAssets } from './assets.ts';
import type { Edge, Env, Web, WebDeps } from './edge.ts';
import { guardHeaders, guardTransport } from './guard-headers.ts';
import { createRateGuard } from './guard-rate.ts';
import { guardRole } from './guard-role.ts';
import type { LabWorkshop } from './lab-workshop.ts';
import { createMetrics, measure } from './metrics.ts';
import { createPageCache } from './page-cache.ts';
import { onError, problem } from './problem.ts';
import { readerOf } from './reader.ts';
import { ROUTES, type Route } from './routes.ts';

const MAX_BODY_BYTES = 64 * 1024;

type Limit = (c: Context<Env>) => Promise<Response | null>;

const passOn = async (): Promise<void> => {};
const unlimited: Limit = async () => null;

const versionOf = async (): Promise<string> =>
  (JSON.parse(await readFile(join(HOME, 'package.json'), 'utf8')) as { version: string }).version;

/**
 * The whole site as a Hono app: the routes of `ROUTES` behind the guards. Assets are bundled, or taken from the cache. `workshop`: a
 * lab that is being written, in place of what the registry has of it.
 */
export const createWeb = async (deps: WebDeps, workshop: LabWorkshop | null = null): Promise<Web> => {
  const [assets, version, keys] = await Promise.all([
    buildAssets(join(deps.config.dataDir, 'cache', 'assets')),
    versionOf(),
    pushKeysOf(deps),
  ]);
  const alarms = openAlarmDesk(deps);
  const metrics = createMetrics(deps);
  const math = openMathWorker();
  const edge: Edge = {
    ...deps,
    sourceTitles: { [WEB_PAGE]: 'a web page', ...Object.fromEntries(deps.sources.map(({ id, title }) => [id, title])) },
    get assets() {
      return workshop?.over(assets) ?? assets;
    },
    workshop,
    version,
    pushKey: keys.publicKey,
    metrics,
    math,
    markdown: openMarkdown({ math }),
    pages: createPageCache(),
    alarms,
    readerOf: readerOf(deps),
  };

  const web = new Hono<Env>();
  web.use(measure(metrics, deps.log), guardHeaders, guardTransport(deps.config.publicUrl));
  web.onError((error, c) => onError(edge, error, c));
  web.notFound((c) => problem(edge, c, 'not-found', 'Nothing is printed at this address.'));

  const rate = createRateGuard(edge);
  const limited = ({ mostBytes = MAX_BODY_BYTES }: Route): Limit => {
    const limit = bodyLimit({
      maxSize: mostBytes,
      onError: (c) => problem(edge, c, 'too-large', `At most ${mostBytes / 1024} KiB are taken in.`),
    });
    return async (c) => (await limit(c, passOn)) ?? null;
  };
  const methods = new Map<string, string[]>();
  for (const { method, path } of ROUTES)
    methods.set(path, [...(methods.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
  for (const route of ROUTES) {
    const { method, path } = route;
    const handler = route.handle(edge);
    const limit = limited(route);
    // A limit reads a body that names no length: only after its network was counted, and a long one only from those it is open to.
    const [soon, late] = route.mostBytes === undefined ? [limit, unlimited] : [unlimited, limit];
    web.on(method, path, async (c) => {
      c.set('route', path);
      const refused =
        (await rate.network(route, c)) ??
        (await soon(c)) ??
        (await guardRole(edge, route, c)) ??
        (await rate.account(route, c)) ??
        (await late(c));
      if (refused === null) await alarms.refresh();
      const answer = refused ?? (await handler(c));
      if (deps.config.accounts !== 'off' && c.get('reader')) answer.headers.set('cache-control', 'private, no-store');
      return answer;
    });
  }
  for (const [path, allowed] of methods) {
    web.all(path, async (c) => {
      const allow = [...allowed, 'OPTIONS'].join(', ');
      if (c.req.method === 'OPTIONS') return c.body(null, 204, { allow });
      return problem(edge, c, 'method-not-allowed', `This address takes ${allow}.`, { allow });
    });
  }
  return web;
};
