import { InputError } from '../errors.js';

/**
 * Options of Slurm's `sbatch` by their long names without dashes, such as
 * `{ partition: 'gpu', 'cpus-per-task': 8, mem: '16G', time: '04:00:00', gres: 'gpu:1' }`; `true` for one without a value.
 */
export type SlurmOptions = Readonly<Record<string, string | number | true>>;

/** What requeueing and finding the tasks again depend on. */
const own = [
  'array',
  'chdir',
  'job-name',
  'open-mode',
  'output',
  'requeue',
  'no-requeue',
  'signal',
  'wrap',
  'parsable',
];

/** @throws InputError for an option that is no long one of sbatch's, is the library's own, or has a line break */
export function requireSlurmOptions(options: SlurmOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!/^[a-z][a-z-]+$/.test(name)) {
      throw new InputError(`'${name}' is no long option of sbatch; write it as in partition=gpu or mem=16G.`);
    }
    if (own.includes(name)) {
      throw new InputError(`The option ${name} of sbatch is set by dcl-lab itself; leave it out.`);
    }
    if (/[\r\n]/.test(String(value)))
      throw new InputError(`The option ${name} of sbatch has a line break in it.`);
  }
}
