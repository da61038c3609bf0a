import type { Command } from 'commander';
import { InputError } from '../errors.js';
import { build } from '../notebook/index.js';

export function addBuildNotebooks(program: Command): void {
  program
    .command('build-notebooks')
    .description(
      'Make the .ipynb of each typed source (.ts) of a folder, keeping the outputs of unchanged cells.',
    )
    .argument('[folder]', 'folder with the sources', 'notebooks')
    .option('--check', 'only fail if a notebook does not match its source')
    .action(buildFromCommandLine);
}

async function buildFromCommandLine(folder: string, { check = false }: { check?: boolean }): Promise<void> {
  const changed = await build(folder, { check });
  if (check && changed.length > 0) {
    throw new InputError(`${changed.join(', ')} do not match their sources; run dcl-lab build-notebooks.`);
  }
  for (const path of changed) console.log(path);
}
