/** The options of `dcl-lab pretrain` that say how to train. */
import { type Command, Option } from 'commander';
import { names as lossNames } from '../losses/index.js';
import { names as methodNames } from '../methods/index.js';
import { architectures, type StemName } from '../models/index.js';
import {
  type LarsForm,
  type LearningRateScaling,
  optimiserNames,
  type RecipeName,
  recipeNames,
} from '../train/index.js';
import { decimal, wholeNumber } from './option-values.js';

export interface TrainingOptions {
  readonly recipe?: readonly RecipeName[];
  readonly architecture: string;
  readonly stem: StemName;
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
  readonly accumulate?: number;
  readonly epochs: number;
  readonly seed: number;
  readonly optimiser: string;
  readonly larsForm?: LarsForm;
  readonly trustCoefficient?: number;
  readonly weightDecay?: number;
  readonly learningRate?: number;
  readonly learningRateScaling?: LearningRateScaling;
  readonly warmupEpochs: number;
  readonly warmupStart?: number;
  readonly cosineFloor?: number;
}

export function withTrainingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--recipe <name...>',
        'settings of a pretraining on ImageNet, for what no other option says; from a second recipe what the first leaves open',
      ).choices([...recipeNames]),
    )
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
    .option('--batch-size <n>', 'images compared with each other', wholeNumber, 32)
    .option(
      '--chunk-size <n>',
      'images embedded at a time, so that a large batch fits the memory (default: the whole batch)',
      wholeNumber,
    )
    .option('--accumulate <n>', 'batches whose gradients are averaged in a step (default: 1)', wholeNumber)
    .option('--epochs <n>', 'passes over the images', wholeNumber, 10)
    .option('--seed <n>', 'decides weights, order and views', wholeNumber, 1)
    .addOption(
      new Option('--optimiser <name>', 'how the weights move').choices([...optimiserNames]).default('sgd'),
    )
    .addOption(new Option('--lars-form <name>', 'of lars (default: pytorch)').choices(['google', 'pytorch']))
    .option('--trust-coefficient <c>', 'of lars (default: 0.001)', decimal)
    .option('--weight-decay <d>', 'weight decay (default: 5e-4 of sgd, 1e-6 of lars)', decimal)
    .option(
      '--learning-rate <r>',
      'highest learning rate, or the base of its scaling (default: 0.06 x images of a step / 128)',
      decimal,
    )
    .addOption(
      new Option(
        '--learning-rate-scaling <rule>',
        'how it follows the images N of a step: base x N / 256, or base x sqrt(N) (default: not)',
      ).choices(['linear', 'square-root']),
    )
    .option('--warmup-epochs <n>', 'epochs of linear warm-up', decimal, 0)
    .option(
      '--warmup-start <r>',
      "learning rate of the warm-up's first step (default: a part of it)",
      decimal,
    )
    .option('--cosine-floor <share>', 'share of the highest learning rate left in the last step', decimal);
}
