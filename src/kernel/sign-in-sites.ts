/** A site one can sign in with, as `BROADSHEET_OIDC` names it. */
export interface SignInSite {
  /** Stands in addresses: `/sign-in/with/{name}`. */
  readonly name: string;
  /** Null for GitHub, which speaks OAuth 2 without OpenID Connect. */
  readonly issuer: string | null;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Separated by spaces. */
  readonly scopes: string;
}

const KNOWN: Readonly<Record<string, readonly [issuer: string | null, scopes: string]>> = {
  github: [null, 'read:user user:email'],
  orcid: ['https://orcid.org', 'openid'],
  huggingface: ['https://huggingface.co', 'openid profile email'],
};

const SHAPE = /^([a-z][a-z0-9-]{0,30})(?:\s*=\s*(https?:\/\/[^\s|]+))?\|([^\s|]+)\|([^\s|]+)(?:\|([^|]+))?$/;

/** The sites of `name=issuer|client id|client secret[|scopes];…`; null where a part is not written so, or a name is there twice. */
export const signInSites = (text: string): readonly SignInSite[] | null => {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const sites = parts.flatMap((part): readonly SignInSite[] => {
    const [, name = '', url, clientId = '', clientSecret = '', scopes] = SHAPE.exec(part) ?? [];
    const known = KNOWN[name];
    if (clientId === '' || (url === undefined && known === undefined)) return [];
    const issuer = url ?? known?.[0] ?? null;
    return [{ name, issuer, clientId, clientSecret, scopes: scopes?.trim() ?? known?.[1] ?? 'openid email profile' }];
  });
  return sites.length === parts.length && new Set(sites.map(({ name }) => name)).size === sites.length ? sites : null;
};
