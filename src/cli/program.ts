import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { HOME } from '../config.ts';
import { addCommand } from './add.ts';
import { configCommand } from './config.ts';
import { digestCommand } from './digest.ts';
import { doctorCommand } from './doctor.ts';
import { editionCommand } from './edition.ts';
import { enrichCommand } from './enrich.ts';
import { evalCommand } from './eval.ts';
import { evalKnownItemsCommand } from './eval-known-items.ts';
import { exportCommand } from './export.ts';
import { harvestCommand } from './harvest.ts';
import { importCommand, sourcesInWords } from './import.ts';
import { labCommand } from './lab.ts';
import { libraryCommand } from './library.ts';
import { reindexCommand } from './reindex.ts';
import { replayCommand } from './replay.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { sourcesCommand } from './sources.ts';
import { submitCommand } from './submit.ts';

/** In the order `--help` lists them. */
const COMMANDS = [
  serveCommand,
  importCommand,
  harvestCommand,
  addCommand,
  submitCommand,
  enrichCommand,
  sourcesCommand,
  editionCommand,
  digestCommand,
  searchCommand,
  exportCommand,
  libraryCommand,
  labCommand,
  reindexCommand,
  replayCommand,
  evalCommand,
  evalKnownItemsCommand,
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
  const adopt = (command: Command): Command => {
    command.commands.forEach(adopt);
    return command.exitOverride().copyInheritedSettings(root);
  };
  for (const make of COMMANDS) root.addCommand(adopt(make()));
  root.hook('preSubcommand', async (_, command) => {
    const helps = root.args.some((arg) => arg === '-h' || arg === '--help');
    if (helps && command.name() === 'import') command.addHelpText('after', await sourcesInWords());
  });
  return root;
};
