import type { Command } from 'commander';
import { startLab } from '../notebook/index.js';
import { given } from './option-values.js';

export function addLab(program: Command): void {
  program
    .command('lab')
    .description(
      "Open the notebooks in JupyterLab: yours, if one is active or on PATH, else one in '.venv', made on first use.",
    )
    .option('--folder <folder>', 'notebooks to open', 'notebooks')
    .option(
      '--environment <folder>',
      'use, or make, this virtual environment instead of looking for a Jupyter',
    )
    .argument('[jupyter...]', "JupyterLab's own options, such as --no-browser --port 8899")
    .allowUnknownOption()
    .action(labFromCommandLine);
}

async function labFromCommandLine(
  jupyterOptions: string[],
  { folder, environment }: { readonly folder: string; readonly environment?: string },
): Promise<void> {
  const status = await startLab({ folder, jupyterOptions, onStep: console.log, ...given({ environment }) });
  process.exitCode = status;
}
