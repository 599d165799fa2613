import type { Context } from 'hono';
import { Fault } from '../kernel/errors.ts';
import { calculatorOf } from '../labs/calculators.ts';
import { readParams } from '../labs/params.ts';
import { calculatorView } from '../views/calculator.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { paperOf } from './page-lab.ts';
import { sendOnce } from './send.ts';

/** `/calculators/{id}`: the values stand in the address. */
export const calculatorPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const calculator = calculatorOf(c.req.param('id') ?? '');
    if (calculator === null) throw new Fault('not-found', 'There is no such calculator here.');
    const params = readParams(calculator, c.req.query());
    const page = { calculator, paper: await paperOf(edge, calculator), params };
    return sendOnce(c, calculatorView(page, frameOf(edge, c), edge.assets.labCss));
  };
