import type { Scope } from '../../src/model/account.ts';
import type { Role } from '../../src/model/reader.ts';

/**
 * Who may use what, said a second time and apart from the route table, so that a slip there is noticed. A line is
 * `METHOD path`; a route without a line here fails the suite.
 */
export const PERMISSIONS: Readonly<Record<string, Role>> = {
  'GET /': 'anyone',
  'GET /papers': 'anyone',
  'GET /papers/trending': 'anyone',
  'GET /papers/date/:date': 'anyone',
  'GET /papers/week': 'anyone',
  'GET /papers/month': 'anyone',
  'GET /papers/week/:name': 'anyone',
  'GET /papers/month/:name': 'anyone',
  'POST /papers/:id{.+/vote}': 'reader',
  'POST /papers/:id{.+/letters}': 'reader',
  'GET /papers/:id{.+/letters}': 'anyone',
  'POST /letters/preview': 'reader',
  'GET /letters/:id': 'anyone',
  'POST /letters/:id': 'reader',
  'GET /letters/:id/history': 'anyone',
  'GET /letters/:id/report': 'reader',
  'POST /letters/:id/report': 'reader',
  'GET /papers/:id{.+/versions}': 'anyone',
  'GET /papers/:id{.+/path}': 'anyone',
  'GET /papers/:id{.+}': 'anyone',
  'GET /editions': 'anyone',
  'GET /search': 'anyone',
  'GET /search.md': 'anyone',
  'GET /search.json': 'anyone',
  'GET /search/suggest': 'anyone',
  'GET /opensearch.xml': 'anyone',
  'GET /similar': 'anyone',
  'GET /similar.json': 'anyone',
  'GET /searches': 'reader',
  'GET /searches.json': 'reader',
  'POST /searches': 'reader',
  'POST /searches/:id': 'reader',
  'GET /authors/:key': 'anyone',
  'GET /organisations/:key': 'anyone',
  'GET /categories/:key': 'anyone',
  'GET /ledger': 'anyone',
  'GET /ledger.json': 'anyone',
  'GET /ledger/:source': 'anyone',
  'GET /ledger/:source/:day': 'anyone',
  'GET /sources': 'anyone',
  'GET /sources.json': 'anyone',
  'POST /sources/:source': 'operator',
  'GET /about': 'anyone',
  'GET /settings': 'anyone',
  'POST /settings': 'anyone',
  'GET /readers/:handle': 'anyone',
  'GET /sign-in': 'anyone',
  'POST /sign-in': 'anyone',
  'GET /sign-in/link': 'anyone',
  'POST /sign-in/link': 'anyone',
  'POST /sign-in/passkey': 'anyone',
  'POST /sign-in/passkey/asked': 'anyone',
  'POST /sign-in/with/:site': 'anyone',
  'GET /sign-in/from/:site': 'anyone',
  'POST /sign-out': 'anyone',
  'GET /setup': 'anyone',
  'POST /setup': 'anyone',
  'GET /account': 'reader',
  'POST /account': 'reader',
  'GET /account/data.json': 'reader',
  'POST /account/passkeys': 'reader',
  'POST /account/passkeys/asked': 'reader',
  'POST /account/tokens': 'reader',
  'POST /invitations': 'moderator',
  'GET /api/daily_papers': 'anyone',
  'GET /api/papers': 'anyone',
  'GET /api/papers/search': 'anyone',
  'POST /api/papers/:id{.+/comment(?:/[0-9a-f]+/reply)?}': 'reader',
  'GET /api/papers/:id{.+}': 'anyone',
  'GET /api/arxiv/:id{.+/repos}': 'anyone',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /robots.txt': 'anyone',
  'GET /sitemap.xml': 'anyone',
  'GET /sitemap/:name': 'anyone',
  'GET /favicon.ico': 'anyone',
  'GET /assets/:name': 'anyone',
};

/** What no token opens: signing in, one's account, and what takes a moderator. */
const NEVER = /^\w+ \/(?:sign-in|sign-out|setup|account|invitations|settings)(?:\/|$)/;
const VOTES = new Set(['POST /papers/:id{.+/vote}']);

/** The scope a token needs for a route; null where none opens it. `GET /settings` is the browser's, and open to all. */
export const TOKENS = (route: string): Scope | null => {
  if (VOTES.has(route)) return 'vote';
  if (route === 'GET /settings') return 'read';
  if (NEVER.test(route) || ['moderator', 'operator'].includes(PERMISSIONS[route] ?? 'operator')) return null;
  return route.startsWith('GET ') ? 'read' : 'write';
};
