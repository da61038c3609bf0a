import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Dataset, datasetNames } from '../data/index.js';
import { InputError } from '../errors.js';
import { byName as lossByName } from '../losses/index.js';
import { byName as methodByName } from '../methods/index.js';
import { byName as encoderByName } from '../models/index.js';
import { watch } from '../notebook/index.js';
import { type PretrainOptions, pretrain } from '../train/index.js';
import { keepingOptions, resumedOptions } from './kept-options.js';
import { decimal, given, wholeNumber } from './option-values.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';
import { type TrainingOptions, withTrainingOptions } from './pretrain-options.js';
import { optimiserOf, settingsOfRecipes, withRecipe } from './recipe-options.js';
import { tellEstimate } from './tell-estimate.js';

interface PretrainCommandOptions extends PreparationOptions, TrainingOptions {
  readonly output: string;
  readonly checkpointSeconds: number;
  readonly keepCheckpoints: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly estimate?: boolean;
}

export function addPretrain(program: Command): void {
  const command = program
    .command('pretrain')
    .description(
      'Pretrain an encoder with a contrastive loss; Ctrl-C or SIGTERM leaves a checkpoint to resume from.',
    )
    .requiredOption('--output <folder>', 'where the run keeps its checkpoints, settings and record');
  withPreparationOptions(command, 'train on so many images, balanced over the classes (default: all)');
  withTrainingOptions(command)
    .option('--checkpoint-seconds <s>', 'seconds between checkpoints', decimal, 60)
    .option('--keep-checkpoints <n>', 'so many of the newest checkpoints are kept', wholeNumber, 2)
    .addOption(
      new Option('--resume', 'continue the run that the folder holds, exactly, with its options').conflicts(
        'overwrite',
      ),
    )
    .option('--overwrite', 'replace the run that the folder holds')
    .option('--estimate', 'time a few steps and tell what the whole run would take; nothing is written')
    .action(pretrainFromCommandLine);
}

async function pretrainFromCommandLine(typed: PretrainCommandOptions, command: Command): Promise<void> {
  const { output, resume, overwrite } = typed;
  const now = withRecipe(typed, command);
  const options = resume ? await resumedOptions(output, now, command) : now;
  const { train } = await prepare(options);
  const training = trainingOf(options, part(train, options.images, options.seed));
  if (typed.estimate) return tellEstimate(training);
  const run = pretrain({
    ...training,
    checkpoint: output,
    checkpointSeconds: options.checkpointSeconds,
    keepCheckpoints: options.keepCheckpoints,
    existing: resume ? 'resume' : overwrite ? 'overwrite' : 'refuse',
  });
  const { reason } = await watch(keepingOptions(run, output, toKeep(options)));
  if (reason === 'stopped') process.exitCode = 130;
}

/** What to train, and how. */
function trainingOf(options: TrainingOptions, data: Dataset): PretrainOptions {
  const { seed, stem, width, queueSize, keyMomentum, temperature, sigma, headFeatures } = options;
  const { batchSize, chunkSize, accumulate, epochs, warmupEpochs, warmupStart, cosineFloor } = options;
  const { learningRate: rate, learningRateScaling: scaling } = options;
  const settings = settingsOfRecipes(options.recipe);
  const inputShape = data.shape;
  return {
    encoder: encoderByName(options.architecture, {
      ...{ stem, inputShape, seed, ...given({ width }) },
      ...(settings?.standardise === 'imagenet' && { standardise: 'imagenet' as const }),
    }),
    data,
    method: methodByName(options.method, {
      loss: lossByName(options.loss, { temperature, ...given({ sigma }) }),
      head: { ...settings?.head, outputFeatures: headFeatures },
      ...given({ queueSize, keyMomentum }),
    }),
    ...{ batchSize, epochs, seed, warmupEpochs },
    optimiser: optimiserOf(options, settings),
    ...given({ chunkSize, accumulate, warmupStart, cosineFloor, views: settings?.views }),
    ...given({ learningRate: scaled(rate, scaling) }),
  };
}

/** @throws InputError for a scaling of a learning rate that is not given */
function scaled(
  base: TrainingOptions['learningRate'],
  scaling: TrainingOptions['learningRateScaling'],
): PretrainOptions['learningRate'] {
  if (scaling === undefined) return base;
  if (base === undefined) {
    throw new InputError(`learning-rate-scaling is ${scaling}; give its base by --learning-rate.`);
  }
  return { base, scaling };
}

/** What a later sitting needs to know, also when it is started from another folder. */
function toKeep({ output, resume, overwrite, data, classes, ...options }: PretrainCommandOptions): object {
  return {
    ...options,
    data: data && (datasetNames.includes(data) ? data : resolve(data)),
    classes: classes && (classes === 'imagenette' ? classes : resolve(classes)),
  };
}
