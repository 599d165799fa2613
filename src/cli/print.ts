export { duration, many, number } from '../kernel/amounts.ts';

/** Writes to standard output and waits until it is taken, so that a slow reader never makes us pile up memory. */
export const print = (text: string): Promise<void> =>
  new Promise((done, failed) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') failed(error);
      else done();
    });
  });

/** A word to the person at the terminal; never mixed into a command's output. */
export const remark = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
