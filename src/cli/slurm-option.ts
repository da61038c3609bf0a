import { InvalidArgumentError, Option } from 'commander';
import type { SlurmOptions } from '../cluster/index.js';
import { InputError } from '../errors.js';

/** @param what - is computed somewhere, in the plural */
export function executorOption(what: string): Option {
  return new Option('--executor <name>', `where ${what} are computed`)
    .choices(['local', 'slurm'])
    .default('local');
}

/** `--slurm partition=gpu --slurm mem=16G`: what is asked of a cluster, in sbatch's own words. */
export function slurmOption(): Option {
  return new Option(
    '--slurm <option=value>',
    'a long option of sbatch, such as partition=gpu or cpus-per-task=8; may be repeated',
  )
    .argParser<SlurmOptions>((text, earlier) => {
      const [, name, value] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
      if (name === undefined) throw new InvalidArgumentError('It must be OPTION=VALUE or OPTION.');
      return { ...earlier, [name]: value ?? true };
    })
    .default({}, 'none');
}

/** @throws InputError for options of a cluster where none computes */
export function requireExecutor(executor: 'local' | 'slurm', slurm: SlurmOptions): void {
  const [name] = Object.keys(slurm);
  if (executor === 'slurm' || name === undefined) return;
  throw new InputError(`--slurm ${name} is for a cluster; give --executor slurm as well, or leave it out.`);
}
