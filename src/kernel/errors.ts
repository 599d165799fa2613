/** The one table of everything that can go wrong by design: HTTP status, exit code, title. */
export const ERRORS = {
  'bad-request': { status: 400, exit: 64, title: 'The request is malformed' },
  unauthorised: { status: 401, exit: 77, title: 'Sign in first' },
  forbidden: { status: 403, exit: 77, title: 'That is not allowed' },
  'not-found': { status: 404, exit: 66, title: 'There is nothing here' },
  gone: { status: 410, exit: 66, title: 'This was taken down' },
  'method-not-allowed': { status: 405, exit: 64, title: 'That method is not served here' },
  'too-large': { status: 413, exit: 65, title: 'The request is too large' },
  'too-many': { status: 429, exit: 75, title: 'Too many tries' },
  'bad-usage': { status: 400, exit: 64, title: 'The command is not understood' },
  'bad-config': { status: 500, exit: 78, title: 'A setting is wrong' },
  'bad-input': { status: 422, exit: 65, title: 'The input is malformed' },
  'cannot-read': { status: 500, exit: 66, title: 'A file cannot be read' },
  'cannot-write': { status: 507, exit: 73, title: 'The data folder cannot be written' },
  'port-in-use': { status: 500, exit: 69, title: 'The port is taken' },
  'database-unavailable': { status: 503, exit: 69, title: 'The database does not answer' },
  'index-unavailable': { status: 503, exit: 69, title: 'The search index does not answer' },
  'model-unavailable': { status: 503, exit: 69, title: 'The embedding model cannot be used' },
  'mail-unavailable': { status: 503, exit: 69, title: 'The mail cannot be sent' },
  'mail-refused': { status: 502, exit: 69, title: 'The mail was refused' },
  'source-unavailable': { status: 503, exit: 69, title: 'A source does not answer' },
  'source-refused': { status: 502, exit: 65, title: 'A source reports an error' },
  'address-refused': { status: 403, exit: 77, title: 'That address may not be fetched' },
  busy: { status: 409, exit: 75, title: 'Another process is doing this' },
  interrupted: { status: 503, exit: 130, title: 'The work was interrupted' },
  internal: { status: 500, exit: 70, title: 'Something broke' },
} as const satisfies Record<string, { status: number; exit: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** The world failed (disk, network, database). Thrown; carries a code of `ERRORS`, one plain sentence and the mend. */
export class Fault extends Error {
  readonly code: ErrorCode;
  /** Seconds after which trying again may help. */
  readonly retryAfter: number | undefined;
  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}
