import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { ERRORS, type ErrorCode, Fault } from '../kernel/errors.ts';
import type { Result } from '../kernel/result.ts';
import { identifierOf } from '../model/identifier.ts';
import type { PaperId } from '../model/paper.ts';
import { problemView } from '../views/problem.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

const wantsJson = (c: Context<Env>): boolean =>
  c.req.path.startsWith('/api/') || (c.req.header('accept') ?? '').includes('application/json');

/** When to try again, in seconds, where what refused does not say. */
const TOO_MANY_S = 3_600;

/** An expected outcome that is no page, as HTML or as `{"error": …}`. */
export const problem = async (
  edge: Edge,
  c: Context<Env>,
  code: ErrorCode,
  detail: string,
  {
    reference = null,
    retryAfter,
    allow,
    lacking = null,
  }: { reference?: string | null; retryAfter?: number; allow?: string; lacking?: PaperId | null } = {},
): Promise<Response> => {
  const { status, title } = ERRORS[code];
  const answer = wantsJson(c)
    ? Response.json(
        { error: detail, ...(reference === null ? {} : { reference }) },
        { status, headers: { 'cache-control': 'no-store' } },
      )
    : await sendOnce(
        c,
        problemView({ status, title, detail, reference, ...(lacking === null ? {} : { lacking }) }, frameOf(edge, c)),
        { status, cache: 'no-store' },
      );
  if (retryAfter !== undefined) answer.headers.set('retry-after', String(Math.ceil(retryAfter)));
  if (allow !== undefined) answer.headers.set('allow', allow);
  return answer;
};

/** There is no such paper; the page offers to submit it where `named` is an identifier. */
export class NoPaper extends Fault {
  readonly paper: PaperId | null;
  constructor(named: string) {
    super('not-found', 'There is no such paper here.');
    this.paper = identifierOf(named);
  }
}

/** The value of a result; a failure leaves the handler and becomes the problem page of its code. */
export const unwrap = <T>(result: Result<T, ErrorCode>): T => {
  if (result.ok) return result.value;
  throw new Fault(result.code, result.message);
};

/** Where handlers' throws end: faults of the request say their sentence, all else is logged once under a reference and says nothing of itself. */
export const onError = async (edge: Edge, error: unknown, c: Context<Env>): Promise<Response> => {
  const fault = error instanceof Fault ? error : null;
  if (fault !== null && ERRORS[fault.code].status < 500) {
    const after = fault.retryAfter ?? (fault.code === 'too-many' ? TOO_MANY_S : undefined);
    const lacking = fault instanceof NoPaper ? fault.paper : null;
    return problem(edge, c, fault.code, fault.message, {
      lacking,
      ...(after === undefined ? {} : { retryAfter: after }),
    });
  }
  const reference = randomBytes(6).toString('hex');
  edge.log.error({ err: error, reference, path: c.req.path }, 'a request could not be answered');
  const detail = 'The page could not be made. It is not your doing, and nothing is lost; the log knows more.';
  const retryAfter = fault?.retryAfter;
  return problem(edge, c, fault?.code ?? 'internal', detail, {
    reference,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
};
