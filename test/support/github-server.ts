import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

/** Who GitHub says somebody is. */
export interface GitHubUser {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  /** Null where the app may not ask: 403, as GitHub answers apps without that permission. */
  readonly emails: readonly { readonly email: string; readonly primary: boolean; readonly verified: boolean }[] | null;
}

/**
 * GitHub's OAuth 2 and the two addresses of its API that tell who somebody is, on this machine. It has GitHub's ways: answers
 * in form encoding to whoever does not ask for JSON, refusals with status 200, scopes with commas, no ID token.
 */
export interface GitHubServer extends AsyncDisposable {
  user: GitHubUser | null;
  /** Requests so far, as `METHOD path`. */
  readonly asked: readonly string[];
  /** Goes where a browser would go from this address; returns the address it is sent back to. */
  visit(address: string): Promise<URL>;
}

const bodyOf = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
};

/** Stands in for github.com and api.github.com until it is disposed of: what this process fetches there is asked here. */
export const startGitHubServer = async (client: {
  readonly clientId: string;
  readonly clientSecret: string;
}): Promise<GitHubServer> => {
  const grants = new Map<string, { user: GitHubUser; challenge: string; redirect: string }>();
  const tokens = new Map<string, GitHubUser>();
  const asked: string[] = [];
  const http = createServer(async (request, answer) => {
    const url = new URL(request.url ?? '/', 'http://github');
    asked.push(`${request.method} ${url.pathname}`);
    const json = (value: unknown, status = 200): void => {
      answer.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
    };
    if (url.pathname === '/login/oauth/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      if (server.user === null) back.searchParams.set('error', 'access_denied');
      else {
        const code = randomUUID();
        const challenge = url.searchParams.get('code_challenge') ?? '';
        grants.set(code, { user: server.user, challenge, redirect: url.searchParams.get('redirect_uri') ?? '' });
        back.searchParams.set('code', code);
      }
      return void answer.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/login/oauth/access_token') {
      const form = await bodyOf(request);
      const grant = grants.get(form.get('code') ?? '');
      grants.delete(form.get('code') ?? '');
      const verifier = form.get('code_verifier') ?? '';
      const proved = grant?.challenge === createHash('sha256').update(verifier).digest('base64url');
      const known = form.get('client_id') === client.clientId && form.get('client_secret') === client.clientSecret;
      const token = randomUUID();
      const said =
        !known || grant === undefined || !proved || form.get('redirect_uri') !== grant.redirect
          ? { error: known ? 'bad_verification_code' : 'incorrect_client_credentials' }
          : { access_token: token, scope: 'read:user,user:email', token_type: 'bearer' };
      if (grant !== undefined && 'access_token' in said) tokens.set(token, grant.user);
      if ((request.headers.accept ?? '').includes('application/json')) return json(said);
      return void answer
        .writeHead(200, { 'content-type': 'application/x-www-form-urlencoded' })
        .end(new URLSearchParams(said as Record<string, string>).toString());
    }
    const user = tokens.get((request.headers.authorization ?? '').replace(/^(?:Bearer|token) /i, ''));
    if ((request.headers['user-agent'] ?? '') === '') return json({ message: 'Request forbidden' }, 403);
    if (user === undefined) return json({ message: 'Bad credentials' }, 401);
    const { emails, ...rest } = user;
    if (url.pathname === '/user') return json({ ...rest, email: null, type: 'User' });
    if (url.pathname !== '/user/emails') return json({ message: 'Not Found' }, 404);
    return emails === null ? json({ message: 'Resource not accessible by integration' }, 403) : json(emails);
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const address = http.address();
  const here = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const there = (to: string): string => to.replace(/^https:\/\/(?:api\.)?github\.com(?=\/)/, here);
  const direct = globalThis.fetch;
  globalThis.fetch = (input, init) =>
    direct(typeof input === 'string' ? there(input) : input instanceof URL ? there(input.href) : input, init);
  const server: GitHubServer = {
    user: null,
    asked,
    async visit(to) {
      const answer = await direct(there(to), { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? 'about:blank');
    },
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        globalThis.fetch = direct;
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  return server;
};
