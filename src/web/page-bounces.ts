import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { hashSecret } from '../kernel/secret.ts';
import { takeBounce, takeBounceMail } from '../services/bounce.ts';
import type { Edge, Env } from './edge.ts';
import { limit } from './sign-in.ts';

const WRONG_TRIES = 20;

const same = (given: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(given)), Buffer.from(hashSecret(secret)));

const BounceJson = z.object({
  messageId: z
    .string()
    .max(500)
    .transform((text) => text.replace(/^\s*<|>\s*$/g, '')),
  kind: z.enum(['hard', 'soft', 'complaint']),
  status: z.string().max(40).default(''),
  says: z.string().max(1_000).default(''),
});

/**
 * `POST /mail/bounces` with `Authorization: Bearer` and the secret: a message that came back, whole (`message/rfc822`), as a mail server
 * pipes it; or what a mail service knows of one, as JSON: `{messageId, kind, status?, says?}`. Answers what came of it.
 */
export const bouncesPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const { bounceKey } = edge.config;
    if (bounceKey === '') throw new Fault('not-found', 'Nothing is printed at this address.');
    const given = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!same(given, bounceKey)) {
      await limit(edge, c, 'bounces', WRONG_TRIES);
      throw new Fault('unauthorised', 'The secret is not right.');
    }
    if (/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
      const parsed = BounceJson.safeParse(await c.req.json().catch(() => null));
      if (!parsed.success) throw new Fault('bad-request', 'Send messageId, and kind as hard, soft or complaint.');
      return c.json({ outcome: await takeBounce(edge, parsed.data) }, 200, { 'cache-control': 'no-store' });
    }
    const outcome = await takeBounceMail(edge, new Uint8Array(await c.req.arrayBuffer()));
    return c.json({ outcome: outcome ?? 'no-report' }, 200, { 'cache-control': 'no-store' });
  };
