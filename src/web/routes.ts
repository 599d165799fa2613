import type { Context } from 'hono';
import { monthOf, weekOf } from '../kernel/day.ts';
import type { Role } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { dailyPapers, listApi, paperApi, reposApi, searchApi } from './api-hf.ts';
import type { Edge, Env } from './edge.ts';
import { healthz, readyz } from './health.ts';
import { metricsPage } from './metrics.ts';
import { aboutPage } from './page-about.ts';
import { assetPage } from './page-assets.ts';
import { dayPage, editionsPage, latestPage, latestSpan, spanPage, trendingPage } from './page-front.ts';
import { ledgerDayPage, ledgerPage, ledgerSourcePage } from './page-ledger.ts';
import { authorPage, categoryPage, organisationPage } from './page-listing.ts';
import { robots, sitemap, sitemapIndex } from './page-machine.ts';
import { paperPage, versionsPage } from './page-paper.ts';
import { changeSearchPage, savedSearchesPage, saveSearchPage } from './page-saved-search.ts';
import { searchPage } from './page-search.ts';
import { saveSettings, settingsPage } from './page-settings.ts';
import { readingPathPage, similarPage } from './page-similar.ts';
import { pausePage, sourcesPage } from './page-sources.ts';
import { openSearchPage, suggestions } from './page-suggest.ts';
import { votePage } from './page-vote.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The least that one must be to use it: see `guard-role`. */
  readonly who: Role;
  /** Nothing of a reader is in it, so who asks is not looked up. */
  readonly bare?: true;
  readonly handle: (edge: Edge) => (c: Context<Env>) => Response | Promise<Response>;
}

const get = (path: string, handle: Route['handle']): Route => ({ method: 'GET', path, who: 'anyone', handle });
const bare = (path: string, handle: Route['handle']): Route => ({ ...get(path, handle), bare: true });

/** Every address there is, the special before the general. */
export const ROUTES: readonly Route[] = [
  get('/', latestPage),
  get('/papers', latestPage),
  get('/papers/trending', trendingPage),
  get('/papers/date/:date', dayPage),
  get(href.latestWeek, (edge) => latestSpan(edge, (day) => href.week(weekOf(day).name))),
  get(href.latestMonth, (edge) => latestSpan(edge, (day) => href.month(monthOf(day).name))),
  get('/papers/week/:name', (edge) => spanPage(edge, 'week')),
  get('/papers/month/:name', (edge) => spanPage(edge, 'month')),
  { method: 'POST', path: '/papers/:id{.+/vote}', who: 'reader', handle: votePage },
  get('/papers/:id{.+/versions}', versionsPage),
  get('/papers/:id{.+/path}', readingPathPage),
  get('/papers/:id{.+}', paperPage),
  get('/editions', editionsPage),
  get('/search', searchPage),
  get('/search.md', searchPage),
  get('/search.json', searchPage),
  get('/search/suggest', suggestions),
  bare(href.openSearch, openSearchPage),
  get('/similar', similarPage),
  get('/similar.json', similarPage),
  { method: 'GET', path: '/searches', who: 'reader', handle: savedSearchesPage },
  { method: 'GET', path: '/searches.json', who: 'reader', handle: savedSearchesPage },
  { method: 'POST', path: '/searches', who: 'reader', handle: saveSearchPage },
  { method: 'POST', path: '/searches/:id', who: 'reader', handle: changeSearchPage },
  get('/authors/:key', authorPage),
  get('/organisations/:key', organisationPage),
  get('/categories/:key', categoryPage),
  get('/ledger', ledgerPage),
  get('/ledger.json', ledgerPage),
  get('/ledger/:source', ledgerSourcePage),
  get('/ledger/:source/:day', ledgerDayPage),
  get('/sources', sourcesPage),
  get('/sources.json', sourcesPage),
  { method: 'POST', path: '/sources/:source', who: 'operator', handle: pausePage },
  get('/about', aboutPage),
  get('/settings', settingsPage),
  { method: 'POST', path: '/settings', who: 'anyone', handle: saveSettings },
  get('/api/daily_papers', dailyPapers),
  get('/api/papers', listApi),
  get('/api/papers/search', searchApi),
  get('/api/papers/:id{.+}', paperApi),
  get('/api/arxiv/:id{.+/repos}', reposApi),
  bare('/healthz', () => healthz),
  bare('/readyz', readyz),
  bare('/metrics', (edge) => metricsPage(edge.metrics)),
  bare('/robots.txt', robots),
  bare('/sitemap.xml', sitemapIndex),
  bare('/sitemap/:name', sitemap),
  bare('/favicon.ico', assetPage),
  bare('/assets/:name', assetPage),
];
