import { z } from 'zod';
import { WHY_CAP } from '../model/moderation.ts';
import { href } from '../model/urls.ts';
import { readGroupReports, tendGroupLetter } from '../services/group-reports.ts';
import { groupReportsView } from '../views/group-reports.ts';
import type { Edge } from './edge.ts';
import { formOf } from './form.ts';
import { acting, type Handler, onward, pageFor } from './group-request.ts';
import { unwrap } from './problem.ts';

/** `/groups/{handle}/reports` */
export const groupReportsPage =
  (edge: Edge): Handler =>
  async (c) =>
    pageFor(edge, c, unwrap(await readGroupReports(edge, await acting(edge, c))), { view: groupReportsView });

const TendForm = z.object({
  do: z.enum(['hide', 'remove', 'restore', 'settle']),
  target: z.string().min(1).max(200),
  reason: z
    .string()
    .max(4 * WHY_CAP)
    .default(''),
});

/** `POST /groups/{handle}/reports` */
export const tendGroupPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    const { do: action, ...form } = await formOf(edge, c, TendForm);
    unwrap(await tendGroupLetter(edge, { ...who, ...form, action }));
    return onward(c, href.groupPart(who.handle, 'reports'));
  };
