import { Command } from 'commander';
import { ERRORS } from '../kernel/errors.ts';
import { print } from './print.ts';

const run = async ({ json }: { json?: boolean }): Promise<void> => {
  const { examine } = await import('./doctor-checks.ts');
  const findings = [];
  for await (const finding of examine()) {
    findings.push(finding);
    if (json) continue;
    const mark = { well: 'ok  ', care: 'care', ill: 'ILL ' }[finding.state];
    await print(
      `${mark}  ${finding.what.padEnd(9)} ${finding.says}\n${finding.mend ? `      ${' '.repeat(9)} Mend: ${finding.mend}\n` : ''}`,
    );
  }
  if (json) await print(`${JSON.stringify(findings, null, 2)}\n`);
  const ill = findings.find(({ state }) => state === 'ill');
  if (ill) process.exitCode = ERRORS[ill.code].exit;
  else if (!json) await print('Broadsheet is well.\n');
};

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check settings, runtime, disk, database, index, model and clock; say what is wrong and the mend')
    .option('--json', 'as JSON')
    .action(run);
