import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { SlurmOptions } from '../cluster/index.js';
import { readSpec, sweep } from '../experiments/index.js';
import { watchSweep } from '../notebook/index.js';
import { decimal, given, wholeNumber } from './option-values.js';
import type { PreparationOptions } from './preparation.js';
import { executorOption, requireExecutor, slurmOption } from './slurm-option.js';

interface SweepCommandOptions extends Pick<PreparationOptions, 'data' | 'engine' | 'device' | 'threads'> {
  readonly output?: string;
  readonly executor: 'local' | 'slurm';
  readonly slurm: SlurmOptions;
  readonly jobs?: number;
  readonly checkpointSeconds: number;
}

export function addSweep(program: Command): void {
  program
    .command('sweep')
    .description(
      'Train and evaluate every combination of the values that a spec lists; run again, it goes on where it was.',
    )
    .argument('<spec>', 'a JSON file, see experiments.SweepSpec')
    .option('--output <folder>', 'where trials and results go (default: runs/ and the name of the spec)')
    .option('--data <name or folder>', "another place of the spec's images")
    .addOption(executorOption('trials'))
    .option(
      '--jobs <n>',
      'trials at the same time, each in a process or a task of its own (default: 1, or what Slurm gives)',
      wholeNumber,
    )
    .addOption(slurmOption())
    .addOption(
      new Option('--engine <name>', 'what computes')
        .choices(['auto', 'onnxruntime', 'tensorflow', 'cpu'])
        .default('auto'),
    )
    .addOption(new Option('--device <name>', 'where it computes').choices(['cpu', 'webgpu', 'cuda']))
    .option('--threads <n>', 'threads, divided among the jobs (default: one per core)', wholeNumber)
    .option('--checkpoint-seconds <s>', 'seconds between the checkpoints of a trial', decimal, 60)
    .action(sweepFromCommandLine);
}

async function sweepFromCommandLine(path: string, options: SweepCommandOptions): Promise<void> {
  const { data, executor, slurm, jobs, engine, device, threads, checkpointSeconds } = options;
  requireExecutor(executor, slurm);
  const folder = options.output ?? join('runs', basename(path).replace(/(\.sweep)?\.json$/, ''));
  const { reason, progress } = await watchSweep(
    sweep(await readSpec(path), {
      folder,
      checkpointSeconds,
      engine: given({ name: engine, device, threads }),
      ...given({ data, jobs, slurm: executor === 'slurm' ? slurm : undefined }),
    }),
  );
  console.log(`${join(folder, 'results.csv')}: ${progress.finished} of ${progress.trials} trials`);
  if (reason === 'stopped') process.exitCode = 130;
  else if (progress.failed > 0) process.exitCode = 1;
}
