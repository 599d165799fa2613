import type { Context } from 'hono';
import { readLedger, readLedgerDay, readLedgerSource } from '../services/ledger.ts';
import type { Frame } from '../views/frame.ts';
import { ledgerView } from '../views/ledger.ts';
import { ledgerDayView, ledgerSourceView } from '../views/ledger-source.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const JSON_ENDING = /\.json$/;

/** A value as its page, or as JSON where the address ends in `.json` or the reader asks for it. */
export const pageOrJson = async <T>(
  edge: Edge,
  c: Context<Env>,
  value: T,
  view: (value: T, frame: Frame) => string,
): Promise<Response> => {
  const vary = 'Accept, Accept-Encoding, Cookie';
  const json = JSON_ENDING.test(c.req.path) || /\bapplication\/json\b/.test(c.req.header('accept') ?? '');
  return json
    ? sendOnce(c, JSON.stringify(value), { type: 'application/json; charset=utf-8', vary })
    : sendOnce(c, view(value, frameOf(edge, c)), { vary });
};

const parameter = (c: Context<Env>, name: string): string => (c.req.param(name) ?? '').replace(JSON_ENDING, '');

/** `/ledger` and `/ledger.json` */
export const ledgerPage =
  (edge: Edge): Handler =>
  async (c) =>
    pageOrJson(edge, c, await readLedger(edge), ledgerView);

/** `/ledger/{source}` */
export const ledgerSourcePage =
  (edge: Edge): Handler =>
  async (c) =>
    pageOrJson(edge, c, unwrap(await readLedgerSource(edge, parameter(c, 'source'))), ledgerSourceView);

/** `/ledger/{source}/{day}` */
export const ledgerDayPage =
  (edge: Edge): Handler =>
  async (c) =>
    pageOrJson(edge, c, unwrap(await readLedgerDay(edge, parameter(c, 'source'), parameter(c, 'day'))), ledgerDayView);
