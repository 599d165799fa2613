import type { Context, Hono } from 'hono';
import type { App } from '../app.ts';
import type { Reader } from '../model/reader.ts';
import type { MarkdownRenderer } from '../services/markdown.ts';
import type { MathWorker } from '../services/math.ts';
import type { AlarmDesk } from './alarm-desk.ts';
import type { Assets } from './assets.ts';
import type { LabWorkshop } from './lab-workshop.ts';
import type { Metrics } from './metrics.ts';
import type { PageCache } from './page-cache.ts';
import type { Visit } from './reader.ts';

/** What the web is made from. */
export type WebDeps = Pick<
  App,
  'config' | 'clock' | 'log' | 'store' | 'index' | 'sources' | 'embedder' | 'fetcher' | 'mailer'
>;

/** What handlers work with. */
export interface Edge extends WebDeps {
  readonly assets: Assets;
  /** By id. */
  readonly sourceTitles: Readonly<Record<string, string>>;
  readonly math: MathWorker;
  readonly markdown: MarkdownRenderer;
  readonly metrics: Metrics;
  readonly pages: PageCache;
  readonly alarms: AlarmDesk;
  /** The lab that is being written; null but under `lab watch`. */
  readonly workshop: LabWorkshop | null;
  readonly version: string;
  /** By which browsers let this instance send them notifications: the public half of its VAPID keys, base64url. */
  readonly pushKey: string;
  /** Who asks; null where nobody is signed in. Asked once a request, however often it is called. */
  readerOf(c: Context<Env>): Promise<Reader | null>;
}

/** What the Node server hands over with a request. */
export interface Bindings {
  readonly incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } };
}

export interface Env {
  Bindings: Bindings;
  /** `guarded`: the answer already carries the security headers. */
  Variables: { route?: string; guarded?: boolean; reader?: Reader | null; visit?: Visit; unread?: number };
}

export type Web = Hono<Env>;
