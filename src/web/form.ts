import type { Context } from 'hono';
import type { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { onwardOf } from '../model/onward.ts';
import type { Edge, Env } from './edge.ts';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const parsed = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const form = schema.safeParse(value);
  if (!form.success) throw new Fault('bad-request', 'The form has a field missing or wrong.');
  return form.data;
};

const isOf = (c: Context<Env>, type: string): boolean =>
  ((c.req.header('content-type') ?? '').split(';')[0] ?? '').trim().toLowerCase() === type;

/** A field that is there several times is a list. */
const fieldsOf = (text: string): Record<string, string | string[]> => {
  const fields: Record<string, string | string[]> = {};
  const params = new URLSearchParams(text);
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name);
    Object.defineProperty(fields, name, { value: all.length === 1 ? all[0] : all, enumerable: true });
  }
  return fields;
};

/** The parsed form of a page of ours: `guard-role` has seen that it is. Throws `Fault('bad-request')` for another content type or wrong fields. */
export const formOf = async <T>(_: Edge, c: Context<Env>, schema: z.ZodType<T>): Promise<T> => {
  if (!isOf(c, FORM)) throw new Fault('bad-request', `Send the form as ${FORM}.`);
  return parsed(schema, fieldsOf(await c.req.text()));
};

/** The same for what an island sends as JSON. */
export const jsonOf = async <T>(c: Context<Env>, schema: z.ZodType<T>): Promise<T> => {
  if (!isOf(c, JSON_TYPE)) throw new Fault('bad-request', `Send it as ${JSON_TYPE}.`);
  const value = await c.req.json().catch(() => {
    throw new Fault('bad-request', 'That is no JSON.');
  });
  return parsed(schema, value);
};

/** The page a form was sent from, if it is one of ours, else `fallback`. */
export const pageSentFrom = ({ config }: Pick<Edge, 'config'>, c: Context<Env>, fallback: string): string => {
  const from = URL.parse(c.req.header('referer') ?? '');
  if (from === null) return fallback;
  const ours = from.host === c.req.header('host') || from.origin === config.publicUrl;
  return ours ? onwardOf(from.pathname.replace(/^\/+/, '/') + from.search, fallback) : fallback;
};
