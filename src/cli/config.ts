import { Command } from 'commander';
import { describeConfig } from '../config.ts';
import { print } from './print.ts';

export const configCommand = (): Command =>
  new Command('config')
    .description('show every setting, what it is now and where that comes from')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = describeConfig();
      if (json) return print(`${JSON.stringify(rows, null, 2)}\n`);
      const wide = Math.max(...rows.map(({ name }) => name.length));
      for (const { name, value, from, says } of rows) {
        await print(
          `${name.padEnd(wide)}  ${value === '' ? '(empty)' : value}  · ${from}\n${' '.repeat(wide)}  ${says}\n`,
        );
      }
    });
