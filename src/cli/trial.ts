import { type Command, Option } from 'commander';
import { computeTask } from '../experiments/index.js';
import { given, wholeNumber } from './option-values.js';
import type { PreparationOptions } from './preparation.js';

/** Seconds after a signal at which a task that evaluates, which cannot be stopped half-way, just ends. */
const patience = 25;

/** What the script of a sweep on Slurm calls; people have no need of it. */
export function addTrial(program: Command): void {
  program
    .command('trial', { hidden: true })
    .description('Compute one trial of a sweep, as a task of a cluster does; what it has done is on disk.')
    .argument('<folder>', "the sweep's folder")
    .argument('<place>', "the trial's place in the sweep's list, from 0", wholeNumber)
    .addOption(new Option('--engine <name>', 'what computes').default('auto'))
    .option('--device <name>', 'where it computes')
    .action(trialFromCommandLine);
}

async function trialFromCommandLine(
  folder: string,
  place: number,
  { engine, device }: Pick<PreparationOptions, 'engine' | 'device'>,
): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping.abort();
      setTimeout(() => process.exit(130), patience * 1000).unref();
    });
  }
  const outcome = await computeTask(folder, place, {
    engine: given({ name: engine, device }),
    stopped: stopping.signal,
    onBegun: (trial, step) => console.log(`${trial} ${step > 0 ? `goes on after step ${step}` : 'begins'}`),
  });
  console.log(`${folder}, trial ${place}: ${outcome}`);
  if (outcome === 'stopped') process.exitCode = 130;
  if (outcome === 'failed') process.exitCode = 1;
}
