import { Command, Option } from 'commander';
import { byName as lossByName, names as lossNames } from '../losses/index.js';
import { simclr } from '../methods/index.js';
import { architectures, byName as encoderByName } from '../models/index.js';
import { watch } from '../notebook/index.js';
import { pretrain } from '../train/index.js';
import {
  type DataOptions,
  decimal,
  type EngineOptions,
  loadData,
  part,
  startEngine,
  wholeNumber,
  withDataOptions,
  withEngineOptions,
} from './options.js';

interface PretrainCommandOptions extends DataOptions, EngineOptions {
  readonly output: string;
  readonly images?: number;
  readonly architecture: string;
  readonly stem: 'cifar' | 'imagenet';
  readonly width?: number;
  readonly loss: string;
  readonly temperature: number;
  readonly sigma?: number;
  readonly headFeatures: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly learningRate?: number;
  readonly warmupEpochs: number;
  readonly weightDecay: number;
  readonly checkpointSeconds: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
}

export function pretrainCommand(): Command {
  const command = new Command('pretrain')
    .description(
      'Pretrain an encoder with SimCLR and a contrastive loss; Ctrl-C leaves a checkpoint to resume from.',
    )
    .requiredOption('--output <folder>', 'where the run keeps its checkpoint, settings and record');
  withDataOptions(command)
    .option('--images <n>', 'train on so many images, balanced over the classes (default: all)', wholeNumber)
    .addOption(new Option('--architecture <name>', 'the encoder').choices(architectures).default('resnet18'))
    .addOption(
      new Option('--stem <kind>', 'first layers, for small or large images')
        .choices(['cifar', 'imagenet'])
        .default('cifar'),
    )
    .option('--width <n>', "channels of the first stage (default: the architecture's own)", wholeNumber)
    .addOption(new Option('--loss <name>', 'the loss').choices([...lossNames]).default('dcl'))
    .option('--temperature <t>', 'divides the similarities', decimal, 0.1)
    .option('--sigma <s>', 'width of the weights of dclw (default: 0.5)', decimal)
    .option('--head-features <n>', 'dimension of the embeddings that the loss compares', wholeNumber, 128)
    .option('--batch-size <n>', 'images per step', wholeNumber, 32)
    .option('--epochs <n>', 'passes over the images', wholeNumber, 10)
    .option('--seed <n>', 'decides weights, order and views', wholeNumber, 1)
    .option('--learning-rate <r>', 'highest learning rate (default: 0.06 x batch size / 128)', decimal)
    .option('--warmup-epochs <n>', 'epochs of linear warm-up', decimal, 0)
    .option('--weight-decay <d>', 'weight decay', decimal, 5e-4)
    .option('--checkpoint-seconds <s>', 'seconds between checkpoints', decimal, 60)
    .addOption(
      new Option('--resume', 'continue the run that the folder holds, exactly').conflicts('overwrite'),
    )
    .option('--overwrite', 'replace the run that the folder holds');
  return withEngineOptions(command).action(pretrainFromCommandLine);
}

async function pretrainFromCommandLine(options: PretrainCommandOptions): Promise<void> {
  const { loss, temperature, sigma, seed, batchSize, epochs, warmupEpochs, weightDecay, stem, width } =
    options;
  await startEngine(options);
  const { train } = await loadData(options);
  const data = part(train, options.images, seed);
  const encoder = encoderByName(options.architecture, {
    stem,
    inputShape: data.shape,
    seed,
    ...(width && { width }),
  });
  const run = pretrain({
    encoder,
    data,
    method: simclr({
      loss: lossByName(loss, { temperature, ...(sigma !== undefined && { sigma }) }),
      head: { outputFeatures: options.headFeatures },
    }),
    batchSize,
    epochs,
    seed,
    warmupEpochs,
    weightDecay,
    ...(options.learningRate !== undefined && { learningRate: options.learningRate }),
    checkpoint: options.output,
    checkpointSeconds: options.checkpointSeconds,
    existing: options.resume ? 'resume' : options.overwrite ? 'overwrite' : 'refuse',
  });
  const { reason } = await watch(run);
  if (reason === 'stopped') process.exitCode = 130;
}
