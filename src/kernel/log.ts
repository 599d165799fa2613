import { pino } from 'pino';

/** The part of a structured logger that Broadsheet uses. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** JSON lines on standard error; `auto` means `warn`. */
export const createLog = (level: string): Log =>
  pino(
    { level: level === 'auto' ? 'warn' : level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
