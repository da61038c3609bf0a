import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { buildNotebooksCommand } from './build-notebooks.js';
import { embedCommand } from './embed.js';
import { evaluateCommand } from './evaluate.js';
import { pretrainCommand } from './pretrain.js';
import { runCommand } from './run.js';

/** The command line `dcl-lab`. */
export function program(): Command {
  const { version, description } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return new Command('dcl-lab')
    .description(description)
    .version(version)
    .showHelpAfterError('(add --help for the options)')
    .addCommand(pretrainCommand())
    .addCommand(embedCommand())
    .addCommand(evaluateCommand())
    .addCommand(runCommand())
    .addCommand(buildNotebooksCommand());
}
