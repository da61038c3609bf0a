import type * as tf from '@tensorflow/tfjs';
import { from } from 'arquero';
import type { Command } from 'commander';
import type { ImageShape } from '../data/index.js';
import { accuracyInterval, type Classification } from '../evaluate/index.js';
import { progress, show } from '../notebook/index.js';
import { loadEncoder } from '../train/index.js';
import { writeReport } from './evaluation-report.js';
import { type EvaluationOptions, evaluations, fileName } from './evaluations.js';
import { type ForeignOptions, foreignOptions, withForeignOptions } from './foreign-options.js';
import { wholeNumber } from './option-values.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';

interface EvaluateCommandOptions extends PreparationOptions, EvaluationOptions, ForeignOptions {
  readonly untrained?: boolean;
  readonly report?: string;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description(
      'Measure encoders on the whole test set: by kNN (k 200, temperature 0.1), linear evaluation of their features, linear ' +
        'evaluation on augmented images (--online) and fine-tuning (--fine-tune).',
    )
    .argument(
      '<run...>',
      'folders or checkpoints of runs, or ResNets trained elsewhere (.pth, .ckpt, .safetensors)',
    );
  withPreparationOptions(
    command,
    'labelled training images to use, balanced over the classes (default: all)',
  );
  withForeignOptions(command)
    .option('--untrained', "also measure each run's encoder as it was before training")
    .option('--no-knn', 'without kNN')
    .option('--no-linear', 'without linear evaluation of features')
    .option('--online', 'also linear evaluation on augmented images, the usual protocol on ImageNet')
    .option('--fine-tune', 'also fine-tuning of the encoder with a classifier')
    .option('--linear-epochs <n>', 'epochs of both linear evaluations (default: 90)', wholeNumber)
    .option('--fine-tune-epochs <n>', 'epochs of fine-tuning (default: 30)', wholeNumber)
    .option('--batch-size <n>', 'images per step of --online and --fine-tune (default: 256)', wholeNumber)
    .option('--features <folder>', 'keep features there, not in memory; the same command goes on with them')
    .option('--checkpoints <folder>', 'keep the runs of --online and --fine-tune there; likewise')
    .option(
      '--report <folder>',
      'write accuracies by class, confusions, calibration and the surest errors there',
    )
    .action(evaluateFromCommandLine);
}

async function evaluateFromCommandLine(
  runs: readonly string[],
  options: EvaluateCommandOptions,
): Promise<void> {
  const all = await prepare(options);
  const splits = { train: part(all.train, options.images, 1), test: all.test };
  const rows: object[] = [];
  for (const [name, load] of runs.flatMap((run) => encodersOf(run, splits.test.shape, options))) {
    const encoder = await load();
    for await (const { name: evaluation, result } of evaluations({ name, encoder, splits }, options)) {
      if (result === undefined) {
        process.exitCode = 130;
        break;
      }
      rows.push(rowOf(name, evaluation, result));
      if (options.report === undefined) continue;
      await writeReport(options.report, fileName(`${name} ${evaluation}`), result);
    }
    encoder.dispose();
    if (process.exitCode === 130) break;
  }
  if (rows.length > 0) show(from(rows));
}

/** By what to call it: the run's encoder, and before it the one it began with, if that is asked for. */
function encodersOf(
  run: string,
  inputShape: ImageShape,
  options: EvaluateCommandOptions,
): [string, () => Promise<tf.LayersModel>][] {
  const trained = (): Promise<tf.LayersModel> =>
    loadEncoder(run, {
      foreign: { ...foreignOptions(options), inputShape, onProgress: progress(`Reading ${run}`) },
    });
  if (!options.untrained) return [[run, trained]];
  return [
    [`${run}, untrained`, () => loadEncoder(run, { weights: 'initial' })],
    [run, trained],
  ];
}

function rowOf(encoder: string, evaluation: string, { top1, top5, labels }: Classification): object {
  const { low, high } = accuracyInterval(top1, labels.length);
  return {
    encoder,
    evaluation,
    'top-1 %': percent(top1),
    '95 % interval': `${percent(low).toFixed(1)} to ${percent(high).toFixed(1)}`,
    'top-5 %': percent(top5),
  };
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
