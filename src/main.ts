import { complain } from './cli/complain.ts';
import { program } from './cli/program.ts';

// `broadsheet export | head` closes our output early: that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = complain(error);
}
