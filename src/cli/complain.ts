import { CommanderError } from 'commander';
import { ERRORS, type ErrorCode, Fault } from '../kernel/errors.ts';

/** What is said about an error, and the exit code it ends with. Expected ones are a sentence; only bugs show their stack. */
export const complaint = (error: unknown): { readonly text: string; readonly exit: number } => {
  if (error instanceof CommanderError) {
    // Commander has already said it; `--help` and `--version` arrive here too, with 0.
    return { text: '', exit: error.exitCode === 0 ? 0 : ERRORS['bad-usage'].exit };
  }
  if (error instanceof Fault) return { text: error.message, exit: ERRORS[error.code].exit };
  if (error instanceof Error && error.name === 'AbortError') return { text: 'Stopped.', exit: ERRORS.interrupted.exit };
  return {
    text: `Something broke inside Broadsheet; this is a bug.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    exit: ERRORS.internal.exit,
  };
};

export const complain = (error: unknown): number => {
  const { text, exit } = complaint(error);
  if (text !== '') process.stderr.write(`${text}\n`);
  return exit;
};

/** Turns an expected failure of a service into one the command ends with. */
export const faultOf = (failure: { readonly code: string; readonly message: string }): Fault =>
  new Fault(failure.code in ERRORS ? (failure.code as ErrorCode) : 'internal', failure.message);
