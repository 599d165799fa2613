import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Who the server says somebody is. */
export interface Person {
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
}

/** A small OpenID Connect issuer: everybody who comes is `person`. */
export interface OidcServer extends AsyncDisposable {
  readonly issuer: string;
  /** Who signs in next; `null` refuses. */
  person: Person | null;
  /** Put in place of what an ID token says, to see it refused. */
  lie: Readonly<Record<string, unknown>>;
  /** Goes where a browser would go from this address; returns the address it is sent back to. */
  visit(address: string): Promise<URL>;
}

interface Grant {
  readonly person: Person;
  readonly challenge: string;
  readonly nonce: string;
  readonly client: string;
}

export const startOidcServer = async ({
  clientId,
  clientSecret,
}: {
  clientId: string;
  clientSecret: string;
}): Promise<OidcServer> => {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();
  const tokens = new Map<string, Person>();
  const http = createServer(async (request, answer) => {
    const url = new URL(request.url ?? '/', server.issuer);
    const json = (value: unknown, status = 200): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (url.pathname === '/.well-known/openid-configuration')
      return json({
        issuer: server.issuer,
        authorization_endpoint: `${server.issuer}/authorize`,
        token_endpoint: `${server.issuer}/token`,
        userinfo_endpoint: `${server.issuer}/me`,
        jwks_uri: `${server.issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    if (url.pathname === '/keys') return json({ keys: [jwk] });
    if (url.pathname === '/authorize') {
      const asked = (name: string): string => url.searchParams.get(name) ?? '';
      const back = new URL(asked('redirect_uri'));
      back.searchParams.set('state', asked('state'));
      if (server.person === null) back.searchParams.set('error', 'access_denied');
      else {
        const code = randomUUID();
        const grant = {
          person: server.person,
          challenge: asked('code_challenge'),
          nonce: asked('nonce'),
          client: asked('client_id'),
        };
        grants.set(code, grant);
        back.searchParams.set('code', code);
      }
      return void answer.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/token') {
      let body = '';
      for await (const chunk of request) body += chunk;
      const form = new URLSearchParams(body);
      const grant = grants.get(form.get('code') ?? '');
      grants.delete(form.get('code') ?? '');
      const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
      const authentic = basic === `${clientId}:${clientSecret}` || form.get('client_secret') === clientSecret;
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (grant === undefined || !authentic || challenge !== grant.challenge)
        return json({ error: 'invalid_grant' }, 400);
      const access = randomUUID();
      tokens.set(access, grant.person);
      const id = await new SignJWT({ nonce: grant.nonce, ...grant.person, ...server.lie })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .setIssuer(String(server.lie.iss ?? server.issuer))
        .setAudience(String(server.lie.aud ?? grant.client))
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey);
      return json({ access_token: access, token_type: 'Bearer', expires_in: 300, id_token: id });
    }
    if (url.pathname === '/me') {
      const person = tokens.get((request.headers.authorization ?? '').replace(/^Bearer /i, ''));
      return person === undefined ? json({ error: 'invalid_token' }, 401) : json(person);
    }
    json({ error: 'nothing here' }, 404);
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const address = http.address();
  const server: OidcServer = {
    issuer: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    person: null,
    lie: {},
    async visit(to) {
      const answer = await fetch(to, { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? 'about:blank');
    },
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  return server;
};
