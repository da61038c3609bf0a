import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { datasetNames } from '../data/index.js';
import { byName as lossByName, names as lossNames } from '../losses/index.js';
import { byName as methodByName, names as methodNames } from '../methods/index.js';
import { architectures, byName as encoderByName } from '../models/index.js';
import { watch } from '../notebook/index.js';
import { pretrain, sgd } from '../train/index.js';
import { keepingOptions, resumedOptions } from './kept-options.js';
import { decimal, given, wholeNumber } from './option-values.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';

interface PretrainCommandOptions extends PreparationOptions {
  readonly output: string;
  readonly architecture: string;
  readonly stem: 'cifar' | 'imagenet';
  readonly width?: number;
  readonly method: string;
  readonly queueSize?: number;
  readonly keyMomentum?: number;
  readonly loss: string;
  readonly temperature: number;
  readonly sigma?: number;
  readonly headFeatures: number;
  readonly batchSize: number;
  readonly chunkSize?: number;
  readonly epochs: number;
  readonly seed: number;
  readonly learningRate?: number;
  readonly warmupEpochs: number;
  readonly weightDecay: number;
  readonly checkpointSeconds: number;
  readonly keepCheckpoints: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
}

export function addPretrain(program: Command): void {
  const command = program
    .command('pretrain')
    .description(
      'Pretrain an encoder with a contrastive loss; Ctrl-C or SIGTERM leaves a checkpoint to resume from.',
    )
    .requiredOption('--output <folder>', 'where the run keeps its checkpoints, settings and record');
  withPreparationOptions(command, 'train on so many images, balanced over the classes (default: all)')
    .addOption(new Option('--architecture <name>', 'the encoder').choices(architectures).default('resnet18'))
    .addOption(
      new Option('--stem <kind>', 'first layers, for small or large images')
        .choices(['cifar', 'imagenet'])
        .default('cifar'),
    )
    .option('--width <n>', "channels of the first stage (default: the architecture's own)", wholeNumber)
    .addOption(new Option('--method <name>', 'the method').choices([...methodNames]).default('simclr'))
    .option('--queue-size <n>', "embeddings in moco's or nnclr's queue (default: 4096)", wholeNumber)
    .option('--key-momentum <m>', "share of moco's key weights kept each step (default: 0.999)", decimal)
    .addOption(new Option('--loss <name>', 'the loss').choices([...lossNames]).default('dcl'))
    .option('--temperature <t>', 'divides the similarities', decimal, 0.1)
    .option('--sigma <s>', 'width of the weights of dclw (default: 0.5)', decimal)
    .option('--head-features <n>', 'dimension of the embeddings that the loss compares', wholeNumber, 128)
    .option('--batch-size <n>', 'images per step', wholeNumber, 32)
    .option(
      '--chunk-size <n>',
      'images embedded at a time, so that a large batch fits the memory (default: the whole batch)',
      wholeNumber,
    )
    .option('--epochs <n>', 'passes over the images', wholeNumber, 10)
    .option('--seed <n>', 'decides weights, order and views', wholeNumber, 1)
    .option('--learning-rate <r>', 'highest learning rate (default: 0.06 x batch size / 128)', decimal)
    .option('--warmup-epochs <n>', 'epochs of linear warm-up', decimal, 0)
    .option('--weight-decay <d>', 'weight decay', decimal, 5e-4)
    .option('--checkpoint-seconds <s>', 'seconds between checkpoints', decimal, 60)
    .option('--keep-checkpoints <n>', 'so many of the newest checkpoints are kept', wholeNumber, 2)
    .addOption(
      new Option('--resume', 'continue the run that the folder holds, exactly, with its options').conflicts(
        'overwrite',
      ),
    )
    .option('--overwrite', 'replace the run that the folder holds')
    .action(pretrainFromCommandLine);
}

async function pretrainFromCommandLine(typed: PretrainCommandOptions, command: Command): Promise<void> {
  const { output, resume, overwrite } = typed;
  const options = resume ? await resumedOptions(output, typed, command) : typed;
  const { seed, stem, width, queueSize, keyMomentum, temperature, sigma, learningRate } = options;
  const { batchSize, chunkSize, epochs, warmupEpochs, weightDecay } = options;
  const { checkpointSeconds, keepCheckpoints } = options;
  const { train } = await prepare(options);
  const data = part(train, options.images, seed);
  const encoder = encoderByName(options.architecture, {
    stem,
    inputShape: data.shape,
    seed,
    ...given({ width }),
  });
  const run = pretrain({
    encoder,
    data,
    method: methodByName(options.method, {
      loss: lossByName(options.loss, { temperature, ...given({ sigma }) }),
      head: { outputFeatures: options.headFeatures },
      ...given({ queueSize, keyMomentum }),
    }),
    batchSize,
    epochs,
    seed,
    warmupEpochs,
    optimiser: sgd({ weightDecay }),
    ...given({ chunkSize, learningRate }),
    checkpoint: output,
    checkpointSeconds,
    keepCheckpoints,
    existing: resume ? 'resume' : overwrite ? 'overwrite' : 'refuse',
  });
  const { reason } = await watch(keepingOptions(run, output, toKeep(options)));
  if (reason === 'stopped') process.exitCode = 130;
}

/** What a later sitting needs to know, also when it is started from another folder. */
function toKeep({ output, resume, overwrite, data, ...options }: PretrainCommandOptions): object {
  return { ...options, data: data && (datasetNames.includes(data) ? data : resolve(data)) };
}
