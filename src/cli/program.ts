import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { HOME } from '../config.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { reindexCommand } from './reindex.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';

/** In the order `--help` lists them. */
const COMMANDS = [
  serveCommand,
  importCommand,
  searchCommand,
  exportCommand,
  reindexCommand,
  doctorCommand,
  configCommand,
];

export const version = (): string => JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).version;

/** The whole command line. Throws `CommanderError` for what is not understood, `Fault` for what fails. */
export const program = (): Command => {
  const root = new Command('broadsheet')
    .description('Broadsheet, the open Daily Papers: the day’s research on one front page.')
    .version(version(), '-V, --version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(broadsheet --help lists the commands; a command’s own --help its options)')
    .exitOverride();
  for (const make of COMMANDS) root.addCommand(make().exitOverride().copyInheritedSettings(root));
  return root;
};
