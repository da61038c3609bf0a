import type * as tf from '@tensorflow/tfjs';
import { table } from 'arquero';
import type { Command } from 'commander';
import { type Embeddings, embed, knn, linearEvaluation } from '../evaluate/index.js';
import { progress, show } from '../notebook/index.js';
import { loadEncoder } from '../train/index.js';
import { given, wholeNumber } from './option-values.js';
import { type PreparationOptions, part, prepare, withPreparationOptions } from './preparation.js';

interface EvaluateCommandOptions extends PreparationOptions {
  readonly untrained?: boolean;
  readonly linear: boolean;
  readonly linearEpochs?: number;
}

interface Result {
  readonly encoder: string;
  readonly evaluation: string;
  readonly top1: number;
  readonly top5: number;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description(
      'Measure encoders by kNN (k 200, temperature 0.1) and linear evaluation on the whole test set.',
    )
    .argument(
      '<run...>',
      'folders or checkpoints of runs, or ResNets trained elsewhere (.pth, .ckpt, .safetensors)',
    );
  withPreparationOptions(command, 'labelled training images to use, balanced over the classes (default: all)')
    .option('--untrained', "also measure each run's encoder as it was before training")
    .option('--no-linear', 'kNN alone')
    .option('--linear-epochs <n>', 'epochs of linear evaluation (default: 90)', wholeNumber)
    .action(evaluateFromCommandLine);
}

async function evaluateFromCommandLine(
  runs: readonly string[],
  options: EvaluateCommandOptions,
): Promise<void> {
  const splits = await prepare(options);
  const train = part(splits.train, options.images, 1);
  const measure = async (name: string, encoder: tf.LayersModel) => {
    const embedded = async (dataset: typeof train) =>
      embed(encoder, dataset, { onProgress: progress(`Embedding ${dataset.name} by ${name}`) });
    return results(name, await embedded(train), await embedded(splits.test), options);
  };
  const rows: Result[] = [];
  for (const run of runs) {
    if (options.untrained) {
      rows.push(...(await measure(`${run}, untrained`, await loadEncoder(run, { weights: 'initial' }))));
    }
    const foreign = { inputShape: splits.test.shape };
    rows.push(...(await measure(run, await loadEncoder(run, { foreign }))));
  }
  show(
    table({
      encoder: rows.map((row) => row.encoder),
      evaluation: rows.map((row) => row.evaluation),
      'top-1 %': rows.map((row) => percent(row.top1)),
      'top-5 %': rows.map((row) => percent(row.top5)),
    }),
  );
}

async function results(
  encoder: string,
  train: Embeddings,
  test: Embeddings,
  { linear, linearEpochs }: EvaluateCommandOptions,
): Promise<Result[]> {
  const rows: Result[] = [{ encoder, evaluation: 'kNN', ...(await knn(train, test)) }];
  if (linear) {
    const accuracy = await linearEvaluation(train, test, {
      onEpoch: progress(`Linear evaluation of ${encoder}`),
      ...given({ epochs: linearEpochs }),
    });
    rows.push({ encoder, evaluation: 'linear', ...accuracy });
  }
  return rows;
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
