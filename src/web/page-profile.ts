import type { Context } from 'hono';
import { z } from 'zod';
import { ERRORS, Fault } from '../kernel/errors.ts';
import { SHOWABLE } from '../model/profile.ts';
import type { Reader } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { isFollowed } from '../services/follow.ts';
import { readProfile, saveProfile } from '../services/profile.ts';
import { profileEditView, profileView } from '../views/profile.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { readerPage } from './page-account.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const OWN = { cache: 'private, no-store' };
const JSON_TYPE = 'application/json; charset=utf-8';

const ListQuery = z.object({
  list: z.enum(SHOWABLE).nullable().catch(null),
  p: z.coerce.number().int().min(1).catch(1),
});

/** `/readers/{handle}` and `/readers/{handle}.json`; one who left has a page that says so. */
export const profilePage =
  (edge: Edge): Handler =>
  async (c) => {
    const [, handle = '', json] = /^(.*?)(\.json)?$/s.exec((c.req.param('handle') ?? '').toLowerCase()) ?? [];
    const asking = await edge.readerOf(c);
    const { list, p } = ListQuery.parse(c.req.query());
    const page = await readProfile(edge, handle, asking, { list, page: p });
    if (!page.ok && json === undefined) return readerPage(edge)(c);
    const value = unwrap(page);
    const cache = asking === null ? {} : OWN;
    if (json === undefined) {
      const account = await edge.store.accounts.byHandle(handle);
      const followed = await isFollowed(edge, { reader: asking?.id ?? '', kind: 'reader', key: account?.id ?? '' });
      const moderated = account && { ...account, banned: account.disabledAt !== null };
      return sendOnce(c, profileView(value, frameOf(edge, c), { followed, moderated }), cache);
    }
    const { own: _, ...shown } = value;
    return sendOnce(c, JSON.stringify(shown), { type: JSON_TYPE, ...cache });
  };

const ownIn = async (edge: Edge, c: Context<Env>): Promise<Reader> => {
  const reader = await edge.readerOf(c);
  if (reader === null || reader.handle !== (c.req.param('handle') ?? '').toLowerCase())
    throw new Fault('not-found', 'This is not your page.');
  return reader;
};

/** `GET /readers/{handle}/edit`: one's own. */
export const profileEditPage =
  (edge: Edge): Handler =>
  async (c) => {
    const person = await ownIn(edge, c);
    const profile = await edge.store.profiles.get(person.id);
    const page = { person, profile, links: profile.links.join('\n'), wrong: null };
    return sendOnce(c, profileEditView(page, frameOf(edge, c)), OWN);
  };

const ProfileForm = z.object({
  about: z.string().max(20_000).default(''),
  links: z.string().max(20_000).default(''),
  shown: z
    .union([z.enum(SHOWABLE), z.array(z.enum(SHOWABLE))])
    .default([])
    .transform((some) => [...new Set([some].flat())]),
});

/** `POST /readers/{handle}/edit` */
export const saveProfilePage =
  (edge: Edge): Handler =>
  async (c) => {
    const person = await ownIn(edge, c);
    const form = await formOf(edge, c, ProfileForm);
    const saved = await saveProfile(edge, { reader: person.id, ...form });
    if (saved.ok) return c.redirect(href.reader(person.handle), 303);
    const profile = { reader: person.id, about: form.about, links: [], shown: form.shown, changedAt: 0 };
    const page = { person, profile, links: form.links, wrong: saved.message };
    return sendOnce(c, profileEditView(page, frameOf(edge, c)), { ...OWN, status: ERRORS[saved.code].status });
  };
