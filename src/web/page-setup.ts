import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { href } from '../model/urls.ts';
import { needsOperator, SET_UP, setUp } from '../services/setup.ts';
import { setupView } from '../views/setup.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { PRIVATE } from './page-sign-in.ts';
import { visitOf } from './reader.ts';
import { sendOnce } from './send.ts';
import { limit, needAccounts, signInto } from './sign-in.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const PER_NETWORK = 20;

/** `/setup?t=`: for the one who started the instance; the token is printed on the terminal. */
export const setupPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    if (!(await needsOperator(edge))) throw new Fault('not-found', SET_UP);
    const { reader: signedIn } = await visitOf(edge, c);
    const page = { token: c.req.query('t') ?? '', signedIn, name: '', handle: '', email: '', wrong: null };
    return sendOnce(c, setupView(page, frameOf(edge, c)), PRIVATE);
  };

const SetupForm = z.object({
  t: z.string().max(200),
  name: z.string().max(2_000).default(''),
  handle: z.string().max(2_000).default(''),
  email: z
    .string()
    .trim()
    .max(254)
    .pipe(z.union([z.literal(''), z.email()]))
    .default(''),
});

/** `POST /setup` */
export const setUpPage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    const { t: token, name, handle, email } = await formOf(edge, c, SetupForm);
    await limit(edge, c, 'setup', PER_NETWORK);
    const { reader: signedIn } = await visitOf(edge, c);
    const wish = { token, signedIn: signedIn?.id ?? null, name, handle: handle.trim().toLowerCase() };
    const made = await setUp(edge, { ...wish, email: email === '' ? null : email });
    if (!made.ok && made.code === 'forbidden') throw new Fault('forbidden', made.message);
    if (!made.ok) {
      const page = { token, signedIn, name, handle, email, wrong: made.message };
      return sendOnce(c, setupView(page, frameOf(edge, c)), { ...PRIVATE, status: 422 });
    }
    await signInto(edge, c, made.value, 'setup');
    return c.redirect(href.account, 303);
  };
