import type { Context } from 'hono';
import { href } from '../model/urls.ts';
import { settingsView } from '../views/settings.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { frameOf } from './frame.ts';
import { keepPreferences, PreferencesForm } from './preferences.ts';
import { sendOnce } from './send.ts';

export const settingsPage =
  (edge: Edge) =>
  (c: Context<Env>): Promise<Response> =>
    sendOnce(c, settingsView({ saved: c.req.query('saved') !== undefined }, frameOf(edge, c)));

export const saveSettings =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    keepPreferences(c, await formOf(edge, c, PreferencesForm));
    return c.redirect(`${href.settings}?saved`, 303);
  };
