import type { Configuration } from 'openid-client';
import type { Clock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import type { SignInSite } from '../kernel/sign-in-sites.ts';
import type { Account } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { accountFor, createAccount, type Opening } from './account.ts';
import { closed } from './mail-link.ts';
import { isOpen } from './session.ts';

interface Deps {
  readonly store: Pick<Store, 'accounts' | 'invitations' | 'flows' | 'linkedSignIns'>;
  readonly clock: Clock;
}

const FLOW_MS = 10 * 60_000;
const TIMEOUT_SECONDS = 10;
const GITHUB = 'https://github.com';
const GITHUB_API = 'https://api.github.com';

// Loaded where it is used: most instances know no other sites.
const library = () => import('openid-client');

/** Who somebody is at another site. */
interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  /** Only what the site says it has verified. */
  readonly email: string | null;
}

interface Flow {
  readonly site: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly onward: string;
  /** SHA-256 of the cookie of the browser that set out. */
  readonly browser: string;
  /** Account to link to; null to sign in. */
  readonly link: string | null;
}

const configurations = new Map<SignInSite, Promise<Configuration>>();

const configure = async (site: SignInSite): Promise<Configuration> => {
  const oidc = await library();
  if (site.issuer === null) {
    const metadata = {
      issuer: GITHUB,
      authorization_endpoint: `${GITHUB}/login/oauth/authorize`,
      token_endpoint: `${GITHUB}/login/oauth/access_token`,
    };
    return new oidc.Configuration(metadata, site.clientId, undefined, oidc.ClientSecretPost(site.clientSecret));
  }
  const url = new URL(site.issuer);
  return oidc.discovery(url, site.clientId, site.clientSecret, undefined, {
    timeout: TIMEOUT_SECONDS,
    ...(url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {}),
  });
};

const configurationOf = (site: SignInSite): Promise<Configuration> => {
  const known = configurations.get(site);
  if (known !== undefined) return known;
  const made = configure(site);
  configurations.set(site, made);
  made.catch(() => configurations.delete(site));
  return made;
};

const unanswered = (site: SignInSite, cause: unknown): Fault =>
  new Fault('source-unavailable', `${site.name} does not answer as it should. Try again, or sign in otherwise.`, {
    cause,
  });

/** Sets out to another site: the address to go to, and the secret that the browser keeps until it comes back. */
export const leaveFor = async (
  { store, clock }: Deps,
  site: SignInSite,
  { redirect, onward, link }: { readonly redirect: string; readonly onward: string; readonly link: string | null },
): Promise<{ readonly address: string; readonly browser: string }> => {
  const oidc = await library();
  const configuration = await configurationOf(site).catch((cause: unknown) => {
    throw unanswered(site, cause);
  });
  const [state, browser, verifier, nonce] = [
    newSecret(),
    newSecret(),
    oidc.randomPKCECodeVerifier(),
    oidc.randomNonce(),
  ];
  const flow: Flow = { site: site.name, verifier, nonce, onward, link, browser: hashSecret(browser) };
  const kept = { hash: hashSecret(state), kind: 'site', body: JSON.stringify(flow), expiresAt: clock.now() + FLOW_MS };
  await store.flows.put(kept);
  const address = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirect,
    scope: site.scopes,
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(site.issuer === null ? {} : { nonce }),
  });
  return { address: address.href, browser };
};

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

const fromGitHub = async (token: string): Promise<Identity> => {
  const ask = (path: string): Promise<Response> =>
    fetch(GITHUB_API + path, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'user-agent': 'broadsheet' },
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
  const told = await ask('/user');
  if (!told.ok) throw new Error(`GitHub answered ${told.status}.`);
  const user = (await told.json()) as { id?: unknown; login?: unknown; name?: unknown };
  if (typeof user.id !== 'number') throw new Error('GitHub told no id.');
  // Apps of the newer kind may not ask for addresses unless their owner said so: without one, one signs in all the same.
  const listed = await ask('/user/emails');
  if (!listed.ok && listed.status !== 403 && listed.status !== 404)
    throw new Error(`GitHub answered ${listed.status}.`);
  const emails = (listed.ok ? await listed.json() : []) as readonly {
    email?: unknown;
    primary?: unknown;
    verified?: unknown;
  }[];
  const first = Array.isArray(emails) ? emails.find((one) => one.primary === true && one.verified === true) : undefined;
  const email = words(first?.email) || null;
  return { issuer: GITHUB, subject: String(user.id), name: words(user.name) || words(user.login), email };
};

const identify = async (site: SignInSite, callback: URL, state: string, flow: Flow): Promise<Identity> => {
  const oidc = await library();
  const configuration = await configurationOf(site);
  const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
    pkceCodeVerifier: flow.verifier,
    expectedState: state,
    ...(site.issuer === null ? {} : { expectedNonce: flow.nonce, idTokenExpected: true }),
  });
  if (site.issuer === null) return fromGitHub(tokens.access_token);
  const claims = tokens.claims();
  if (claims === undefined) throw new Error('There is no ID token.');
  const endpoint = configuration.serverMetadata().userinfo_endpoint;
  const more = endpoint === undefined ? {} : await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  const all = { ...claims, ...more } as Record<string, unknown>;
  const email = all.email_verified === true ? words(all.email) || null : null;
  const name = words(all.name) || words(all.preferred_username) || words(all.given_name);
  return { issuer: claims.iss, subject: claims.sub, name, email };
};

const REFUSED = 'The other site did not sign you in, or the way back was not yours. Try again.';

const accountOf = async (
  deps: Deps,
  who: Identity,
  flow: Flow,
  opening: Opening,
): Promise<Result<Account, 'forbidden'>> => {
  const linked = await deps.store.linkedSignIns.get(who.issuer, who.subject);
  const known = linked === null ? null : await deps.store.accounts.get(linked.accountId);
  if (flow.link !== null) {
    if (linked !== null && linked.accountId !== flow.link)
      return fail('forbidden', 'That account is linked to another reader here.');
    const own = await deps.store.accounts.get(flow.link);
    return own === null ? fail('forbidden', REFUSED) : ok(own);
  }
  if (known !== null) return ok(known);
  if (who.email !== null) return accountFor(deps, { email: who.email, name: who.name, opening });
  if (opening !== 'open')
    return fail('forbidden', 'Accounts here are by invitation, and that site vouches for no address of yours.');
  const made = await createAccount(deps, { email: null, name: who.name });
  return made === null ? fail('forbidden', 'The account could not be made. Try again.') : ok(made);
};

/**
 * Comes back from another site. An account that is not linked yet is found by its address only where the site says that
 * it verified it. `browser` is the secret of `leaveFor`.
 */
export const comeBack = async (
  deps: Deps,
  site: SignInSite,
  {
    callback,
    browser,
    opening,
    signedIn,
  }: {
    readonly callback: URL;
    readonly browser: string;
    readonly opening: Opening;
    readonly signedIn: string | null;
  },
): Promise<Result<{ readonly account: Account; readonly onward: string; readonly linked: boolean }, 'forbidden'>> => {
  const { store, clock } = deps;
  const state = callback.searchParams.get('state') ?? '';
  const body = await store.flows.take(hashSecret(state), 'site', clock.now());
  if (body === null) return fail('forbidden', REFUSED);
  const flow = JSON.parse(body) as Flow;
  if (flow.site !== site.name || flow.browser !== hashSecret(browser)) return fail('forbidden', REFUSED);
  if (flow.link !== null && flow.link !== signedIn) return fail('forbidden', REFUSED);
  const who = await identify(site, callback, state, flow).catch(() => null);
  if (who === null) return fail('forbidden', REFUSED);
  const account = await accountOf(deps, who, flow, opening);
  if (!account.ok) return account;
  if (!isOpen(account.value)) return fail('forbidden', closed(account.value) ?? 'This account is closed.');
  await store.linkedSignIns.add({
    issuer: who.issuer,
    subject: who.subject,
    accountId: account.value.id,
    site: site.name,
    label: who.name || who.email || who.subject,
    linkedAt: clock.now(),
  });
  return ok({ account: account.value, onward: flow.onward, linked: flow.link !== null });
};
