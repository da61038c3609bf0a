import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import type { SlurmOptions } from '../cluster/index.js';
import { threadsOfEach } from '../engine/processors.js';
import { InputError, requireInteger } from '../errors.js';
import { embed, saveEmbeddings } from '../evaluate/index.js';
import { progress } from '../notebook/index.js';
import { loadEncoder } from '../train/index.js';
import { type EmbedInParts, embedInParts } from './embed-in-parts.js';
import { extracted, extractedPart } from './features.js';
import { type ForeignOptions, foreignOptions, withForeignOptions } from './foreign-options.js';
import { given, wholeNumber } from './option-values.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';
import { executorOption, requireExecutor, slurmOption } from './slurm-option.js';

interface EmbedCommandOptions extends PreparationOptions, ForeignOptions {
  readonly split: 'train' | 'test';
  readonly output: string;
  readonly executor: 'local' | 'slurm';
  readonly shards?: number;
  readonly jobs?: number;
  readonly slurm: SlurmOptions;
  readonly part?: number;
}

export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description(
      "Write an encoder's features of a data set, with their labels; into a folder, the command can be interrupted and goes on.",
    )
    .argument(
      '<run>',
      "a run's folder or checkpoint, or a ResNet trained elsewhere (.pth, .ckpt, .safetensors)",
    )
    .requiredOption(
      '--output <file or folder>',
      'a .safetensors or .csv file, or a folder for features of any number of images',
    );
  withPreparationOptions(command, 'so many images, balanced over the classes (default: all)');
  withForeignOptions(command)
    .addOption(
      new Option('--split <name>', 'part of the data set').choices(['train', 'test']).default('test'),
    )
    .addOption(executorOption('parts'))
    .option(
      '--shards <n>',
      "share the files of a folder among so many processes, or a cluster's tasks (default: --jobs)",
      wholeNumber,
    )
    .option('--jobs <n>', 'of these so many at the same time (default: all)', wholeNumber)
    .addOption(slurmOption())
    .addOption(new Option('--part <number>', 'one of the shards, from 0').argParser(wholeNumber).hideHelp())
    .action(embedFromCommandLine);
}

async function embedFromCommandLine(run: string, options: EmbedCommandOptions): Promise<void> {
  const { output, part: index, executor, slurm } = options;
  requireExecutor(executor, slurm);
  if (options.shards !== undefined) requireInteger('shards', options.shards);
  if (options.jobs !== undefined) requireInteger('jobs', options.jobs);
  const parts = options.shards ?? options.jobs ?? 1;
  if (parts > 1 && extname(output) !== '') {
    throw new InputError(
      `${output} is a file; shares of the work go to a folder, such as --output features/.`,
    );
  }
  if (parts > 1 && index === undefined) return embedInParts(sharedWork(options, parts));
  const splits = await prepare(options);
  const dataset = part(splits[options.split], options.images, 1);
  const encoder = await loadEncoder(run, {
    foreign: {
      ...foreignOptions(options),
      inputShape: dataset.shape,
      onProgress: progress(`Reading ${run}`),
    },
  });
  if (index !== undefined) return extractedPart(encoder, dataset, output, { index, of: parts });
  const { count, dimension } = await (extname(output) === '' ? intoFolder() : intoFile());
  console.log(`${output}: ${count} images, ${dimension} features`);

  async function intoFolder() {
    const features = await extracted(encoder, dataset, output, run);
    await features.close();
    return features;
  }

  async function intoFile() {
    const features = await embed(encoder, dataset, { onProgress: progress(`Embedding ${dataset.name}`) });
    await saveEmbeddings(output, features, { onProgress: progress(`Writing ${output} (rows)`) });
    return features;
  }
}

function sharedWork(options: EmbedCommandOptions, parts: number): EmbedInParts {
  const { output, executor, slurm, jobs = parts } = options;
  const typed = [...process.argv.slice(2), '--shards', String(parts)];
  if (executor === 'slurm') {
    return {
      output,
      parts,
      args: typed,
      executor: { type: 'slurm', slurm, ...given({ jobs: options.jobs }) },
    };
  }
  const threads = threadsOfEach(jobs, options.threads);
  return { output, parts, args: [...typed, '--threads', String(threads)], executor: { type: 'local', jobs } };
}
