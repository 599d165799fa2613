import { type ErrorCode, Fault } from '../kernel/errors.ts';

/** What the doctor has to say of one thing. */
export interface Finding {
  readonly what:
    | 'settings'
    | 'runtime'
    | 'disk'
    | 'database'
    | 'index'
    | 'model'
    | 'clock'
    | 'mail'
    | 'mirrors'
    | 'fetching'
    | 'source';
  /** `care`: works, but wants looking at. */
  readonly state: 'well' | 'care' | 'ill';
  readonly says: string;
  readonly mend: string | null;
  /** What the command ends with where this is ill. */
  readonly code: ErrorCode;
}

export const well = (what: Finding['what'], says: string): Finding => ({
  what,
  state: 'well',
  says,
  mend: null,
  code: 'internal',
});

export const ill = (what: Finding['what'], error: unknown, code: ErrorCode, mend: string): Finding => ({
  what,
  state: 'ill',
  says: error instanceof Error ? error.message : String(error),
  mend,
  code: error instanceof Fault ? error.code : code,
});
