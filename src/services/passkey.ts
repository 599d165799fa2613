import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret } from '../kernel/secret.ts';
import { type Account, nameOf } from '../model/account.ts';
import type { Store } from '../store/store.ts';
import { closed } from './mail-link.ts';
import { isOpen } from './session.ts';

interface Deps {
  readonly store: Pick<Store, 'accounts' | 'passkeys' | 'flows'>;
  readonly clock: Clock;
  /** Origin that readers use, e.g. `https://papers.example`. */
  readonly origin: string;
  readonly masthead: string;
}

const CHALLENGE_MS = 5 * 60_000;
const MOST = 20;
const ASK_NEW = 'passkey new';
const ASK = 'passkey';

// Loaded where it is used: it would cost every start some 60 ms.
const library = () => import('@simplewebauthn/server');
const hostOf = (origin: string): string => new URL(origin).hostname;

const ask = ({ store, clock }: Deps, kind: string, challenge: string, body: string): Promise<void> =>
  store.flows.put({ hash: hashSecret(challenge), kind, body, expiresAt: clock.now() + CHALLENGE_MS });

/** The challenge a browser says it answers, from what it signed. */
const challengeOf = (clientDataJSON: unknown): string => {
  try {
    const { challenge } = JSON.parse(Buffer.from(String(clientDataJSON), 'base64url').toString()) as {
      challenge?: unknown;
    };
    return typeof challenge === 'string' ? challenge : '';
  } catch {
    return '';
  }
};

/** What a browser needs to make a passkey for an account: one that asks for a finger, a face or a code. */
export const askForPasskey = async (
  deps: Deps,
  { id, handle, name }: Pick<Account, 'id' | 'handle' | 'name'>,
): Promise<PublicKeyCredentialCreationOptionsJSON> => {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: deps.masthead,
    rpID: hostOf(deps.origin),
    userID: Uint8Array.from(Buffer.from(id)),
    userName: handle,
    userDisplayName: name,
    excludeCredentials: (await deps.store.passkeys.of(id)).map((key) => ({
      id: key.id,
      transports: [...key.transports],
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await ask(deps, ASK_NEW, options.challenge, id);
  return options;
};

const NOT_TAKEN = 'The passkey was not taken. Try again.';

/** Keeps the passkey a browser made in answer to `askForPasskey`. */
export const addPasskey = async (
  deps: Deps,
  {
    accountId,
    name,
    response,
  }: {
    readonly accountId: string;
    readonly name: string;
    readonly response: RegistrationResponseJSON;
  },
): Promise<Result<null, 'bad-input'>> => {
  const challenge = challengeOf(response.response?.clientDataJSON);
  if ((await deps.store.flows.take(hashSecret(challenge), ASK_NEW, deps.clock.now())) !== accountId)
    return fail('bad-input', NOT_TAKEN);
  if ((await deps.store.passkeys.of(accountId)).length >= MOST)
    return fail('bad-input', `There are ${MOST} passkeys already: remove one first.`);
  const { verifyRegistrationResponse } = await library();
  const said = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: deps.origin,
    expectedRPID: hostOf(deps.origin),
    requireUserVerification: true,
  }).catch(() => null);
  if (!said?.verified) return fail('bad-input', NOT_TAKEN);
  const { credential } = said.registrationInfo;
  const added = await deps.store.passkeys.add({
    id: credential.id,
    accountId,
    name: nameOf(name) || 'A passkey',
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
    createdAt: deps.clock.now(),
    usedAt: null,
  });
  return added ? ok(null) : fail('bad-input', 'This passkey is kept already.');
};

/** What a browser needs to sign in with whichever passkey it has for this site. */
export const askToSignIn = async (deps: Deps): Promise<PublicKeyCredentialRequestOptionsJSON> => {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({ rpID: hostOf(deps.origin), userVerification: 'required' });
  await ask(deps, ASK, options.challenge, '');
  return options;
};

const UNKNOWN = 'This passkey is not known here. Sign in otherwise, then add it to your account.';

/** Whom a browser's answer to `askToSignIn` signs in. */
export const signInByPasskey = async (
  deps: Deps,
  response: AuthenticationResponseJSON,
): Promise<Result<Account, 'bad-input' | 'forbidden'>> => {
  const { store, clock, origin } = deps;
  const challenge = challengeOf(response.response?.clientDataJSON);
  if ((await store.flows.take(hashSecret(challenge), ASK, clock.now())) === null) return fail('bad-input', NOT_TAKEN);
  const key = await store.passkeys.get(String(response.id));
  if (key === null) return fail('bad-input', UNKNOWN);
  const { verifyAuthenticationResponse } = await library();
  const said = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: hostOf(origin),
    credential: { id: String(response.id), publicKey: Uint8Array.from(key.publicKey), counter: key.counter },
    requireUserVerification: true,
  }).catch(() => null);
  if (!said?.verified) return fail('bad-input', NOT_TAKEN);
  const account = await store.accounts.get(key.accountId);
  if (account === null || !isOpen(account)) return fail('forbidden', closed(account) ?? 'This account is closed.');
  await store.passkeys.used(key.id, said.authenticationInfo.newCounter, clock.now());
  return ok(account);
};
