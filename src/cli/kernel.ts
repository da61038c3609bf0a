import { type Command, Option } from 'commander';
import { installKernel, type KernelInstallOptions, uninstallKernel } from '../notebook/index.js';
import { given } from './option-values.js';

export function addKernel(program: Command): void {
  const kernel = program
    .command('kernel')
    .description('Make the kernel of the notebooks known to Jupyter (JupyterLab, VS Code), or take it away.');
  withPlace(kernel.command('install').description('Install the kernel, or replace an earlier one.')).action(
    async ({ prefix }: KernelInstallOptions) =>
      console.log(`Installed the kernel in ${await installKernel(given({ prefix }))}`),
  );
  withPlace(kernel.command('uninstall').description('Remove the kernel.')).action(
    async ({ prefix }: KernelInstallOptions) =>
      console.log(`Removed the kernel from ${await uninstallKernel(given({ prefix }))}`),
  );
}

function withPlace(command: Command): Command {
  return command
    .addOption(new Option('--user', "in this user's folder of Jupyter (the default)").conflicts('prefix'))
    .option('--prefix <folder>', 'in a Python environment, such as a venv');
}
