import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Context } from 'hono';
import { z } from 'zod';
import { onwardOf } from '../model/onward.ts';
import { addPasskey, askForPasskey, askToSignIn, signInByPasskey } from '../services/passkey.ts';
import { deviceOf } from '../views/device.ts';
import type { Edge, Env } from './edge.ts';
import { jsonOf } from './form.ts';
import { needFresh } from './page-account.ts';
import { unwrap } from './problem.ts';
import { limit, needAccounts, signInto } from './sign-in.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const PER_NETWORK = 60;
const NO_STORE = { 'cache-control': 'private, no-store' };

const deps = (edge: Edge) => ({ ...edge, origin: edge.config.publicUrl, masthead: edge.config.masthead });

/** What a browser answers is checked by the library; here only that it is an answer at all. */
const response = z.looseObject({ id: z.string().max(2_000), response: z.looseObject({}) });

/** `POST /sign-in/passkey/asked`: what the browser needs to sign in. */
export const passkeyAskedPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    await jsonOf(c, z.object({}));
    await limit(edge, c, 'passkey', PER_NETWORK);
    return c.json(await askToSignIn(deps(edge)), 200, NO_STORE);
  };

/** `POST /sign-in/passkey` */
export const passkeyPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    const form = await jsonOf(c, z.object({ response, onward: z.string().optional() }));
    const account = unwrap(await signInByPasskey(deps(edge), form.response as unknown as AuthenticationResponseJSON));
    await signInto(edge, c, account, 'passkey');
    return c.json({ onward: onwardOf(form.onward) }, 200, NO_STORE);
  };

/** `POST /account/passkeys/asked`: what the browser needs to make a passkey. */
export const newPasskeyAskedPage =
  (edge: Edge): Handler =>
  async (c) => {
    await jsonOf(c, z.object({}));
    const { account } = await needFresh(edge, c);
    return c.json(await askForPasskey(deps(edge), account), 200, NO_STORE);
  };

/** `POST /account/passkeys` */
export const newPasskeyPage =
  (edge: Edge): Handler =>
  async (c) => {
    const form = await jsonOf(c, z.object({ response }));
    const { account } = await needFresh(edge, c);
    const name = deviceOf(c.req.header('user-agent') ?? '');
    const wish = { accountId: account.id, name, response: form.response as unknown as RegistrationResponseJSON };
    unwrap(await addPasskey(deps(edge), wish));
    return c.json({ ok: true }, 200, NO_STORE);
  };
