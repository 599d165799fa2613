import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { ACTIONS, DEEDS, type TargetKind, WHY_CAP } from '../model/moderation.ts';
import type { Reader } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { moderate, setRole, undoModeration } from '../services/moderation.ts';
import { readModerationLog, readModerationQueue } from '../services/moderation-queue.ts';
import { decideSubmission } from '../services/submit-decide.ts';
import { moderationLogView, moderationView } from '../views/moderation.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, pageSentFrom } from './form.ts';
import { frameOf } from './frame.ts';
import { submitDepsOf } from './page-submit.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const OWN = { cache: 'private, no-store' };

const moderatorIn = async (edge: Edge, c: Context<Env>): Promise<Reader> => {
  const reader = await edge.readerOf(c);
  if (reader === null) throw new Fault('forbidden', 'This is open to moderators only.');
  return reader;
};

/** `/moderation` */
export const moderationPage =
  (edge: Edge): Handler =>
  async (c) =>
    sendOnce(c, moderationView(await readModerationQueue(edge, await moderatorIn(edge, c)), frameOf(edge, c)), OWN);

const target = z.string().min(1).max(1_000);

const ModerationForm = z.discriminatedUnion('do', [
  z.object({
    do: z.enum(ACTIONS.filter((one) => one !== 'role' && one !== 'undo')),
    kind: z.enum(Object.keys(DEEDS) as TargetKind[]),
    target,
    reason: z
      .string()
      .max(4 * WHY_CAP)
      .default(''),
    letters: z.literal('1').optional(),
  }),
  z.object({
    do: z.literal('role'),
    target,
    role: z.enum(['reader', 'trusted', 'moderator', 'operator']),
    reason: z.string().max(4 * WHY_CAP),
  }),
  z.object({ do: z.literal('undo'), target: z.string().regex(/^\d{1,15}$/) }),
]);

/** `POST /moderation`: does something, or takes it back. */
export const moderatePage =
  (edge: Edge): Handler =>
  async (c) => {
    const actor = await moderatorIn(edge, c);
    const form = await formOf(edge, c, ModerationForm);
    if (form.do === 'undo') unwrap(await undoModeration(edge, { actor, id: Number(form.target) }));
    else if (form.do === 'role') {
      const { target: reader, role, reason } = form;
      unwrap(await setRole(edge, { actor, reader, role, reason }));
    } else if (form.kind === 'draft' && (form.do === 'accept' || form.do === 'refuse')) {
      // What waits may have to be taken in first.
      const wish = { id: form.target, by: actor, wish: form.do, reason: form.reason };
      unwrap(await decideSubmission(submitDepsOf(edge), wish));
    } else {
      const { do: action, letters, ...deed } = form;
      unwrap(await moderate(edge, { ...deed, actor, action, letters: letters === '1' }));
    }
    return c.redirect(pageSentFrom(edge, c, href.moderation), 303);
  };

/** `/moderation/log`, open to everyone. */
export const moderationLogPage =
  (edge: Edge): Handler =>
  async (c) => {
    const asked = Number(c.req.query('before'));
    const before = Number.isSafeInteger(asked) && asked > 0 ? { before: asked } : {};
    const page = await readModerationLog(edge, { reader: await edge.readerOf(c), ...before });
    return sendOnce(c, moderationLogView(page, frameOf(edge, c)));
  };
