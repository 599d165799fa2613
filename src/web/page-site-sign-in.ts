import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import type { SignInSite } from '../kernel/sign-in-sites.ts';
import { onwardOf } from '../model/onward.ts';
import { href } from '../model/urls.ts';
import { comeBack, leaveFor } from '../services/site-sign-in.ts';
import { leavingView } from '../views/sign-in.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { needFresh } from './page-account.ts';
import { unwrap } from './problem.ts';
import { visitOf } from './reader.ts';
import { dropCookie, readCookie, writeCookie } from './session-cookie.ts';
import { limit, needAccounts, signInto } from './sign-in.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const PER_NETWORK = 60;

const siteAt = (edge: Edge, c: Context<Env>): SignInSite => {
  const site = edge.config.oidc.find(({ name }) => name === c.req.param('site'));
  if (site === undefined) throw new Fault('not-found', 'One cannot sign in here with that site.');
  return site;
};

const LeaveForm = z.object({ onward: z.string().optional(), link: z.literal('1').optional() });

/** `POST /sign-in/with/{site}`: sets out to another site, to sign in or to link its account. */
export const leavePage =
  (edge: Edge): Handler =>
  async (c) => {
    needAccounts(edge);
    const form = await formOf(edge, c, LeaveForm);
    const site = siteAt(edge, c);
    await limit(edge, c, 'site', PER_NETWORK);
    const link = form.link === undefined ? null : (await needFresh(edge, c)).account.id;
    const redirect = edge.config.publicUrl + href.signedInFrom(site.name);
    const { address, browser } = await leaveFor(edge, site, { redirect, onward: onwardOf(form.onward), link });
    writeCookie(edge, c, 'flow', browser);
    // Not `send`, whose answers carry no cookies.
    return c.html(leavingView({ site: site.name, address }, frameOf(edge, c)), 200, {
      'cache-control': 'private, no-store',
    });
  };

/** `/sign-in/from/{site}`: the way back. What it carries is good once, and only in the browser that set out. */
export const backPage =
  (edge: Edge): Handler =>
  async (c) => {
    const opening = needAccounts(edge);
    const site = siteAt(edge, c);
    const browser = readCookie(edge, c, 'flow');
    dropCookie(edge, c, 'flow');
    const { reader } = await visitOf(edge, c);
    const callback = new URL(edge.config.publicUrl + href.signedInFrom(site.name) + new URL(c.req.url).search);
    const wish = { callback, browser, opening, signedIn: reader?.id ?? null };
    const { account, onward, linked } = unwrap(await comeBack(edge, site, wish));
    if (linked) return c.redirect(`${href.account}?said=linked`, 303);
    await signInto(edge, c, account, 'site');
    return c.redirect(onward, 303);
  };
