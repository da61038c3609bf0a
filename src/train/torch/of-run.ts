import { InputError } from '../../errors.js';
import { byName as lossByName } from '../../losses/index.js';
import type { CompleteHead } from '../../methods/index.js';
import { featuresOf, structureOf } from '../../models/index.js';
import { loadEncoder } from '../load-models.js';
import { readRunSettings } from '../run-settings.js';
import { torchMethod } from './method.js';
import { requireInScript, type TorchPretraining } from './pretraining.js';

/** What `run.json` holds, as `settingsOf` in plan.ts writes it. */
interface StoredSettings
  extends Pick<
    TorchPretraining,
    'views' | 'batchSize' | 'epochs' | 'seed' | 'warmupEpochs' | 'warmupStart' | 'cosineFloor'
  > {
  readonly learningRate: number;
  readonly method: { readonly name: string; readonly hiddenFeatures: number | 'as the encoder' } & {
    readonly outputFeatures: number;
    readonly headBatchNorm: CompleteHead['batchNorm'];
  };
  readonly loss: { readonly name: string; readonly temperature: number; readonly sigma?: number };
  readonly optimiser: { readonly name: string } & TorchPretraining['optimiser']['settings'];
  readonly gradientCaching?: { readonly chunkSize: number };
  readonly gradientAccumulation?: { readonly batches: number };
}

/**
 * The pretraining of a run's folder in PyTorch. It needs an engine, since the network is told from the newest checkpoint.
 * @param loss - another loss instead of the run's, at the same temperature
 * @throws InputError where the folder holds no run that can be read, or one with what the script does not have
 */
export async function torchPretrainingOfRun(folder: string, loss?: string): Promise<TorchPretraining> {
  const settings = (await readRunSettings(folder)) as unknown as StoredSettings;
  const origin = `the run ${folder}`;
  const { gradientAccumulation, gradientCaching, method, optimiser, warmupStart, cosineFloor } = settings;
  if (gradientAccumulation !== undefined) {
    throw new InputError(
      `${origin} averages the gradients of ${gradientAccumulation.batches} batches in a step; the script for PyTorch compares one ` +
        'joined batch in each. Export a run without --accumulate.',
    );
  }
  const encoder = await loadEncoder(folder);
  try {
    const structure = structureOf(encoder);
    return requireInScript({
      ...{ origin, sources: {}, notes: notesOf(gradientCaching) },
      method: torchMethod({ name: method.name, settings: method }, structure, origin),
      loss: lossOf(settings.loss, loss),
      encoder: structure,
      head: {
        hiddenFeatures:
          method.hiddenFeatures === 'as the encoder' ? featuresOf(encoder) : method.hiddenFeatures,
        outputFeatures: method.outputFeatures,
        batchNorm: method.headBatchNorm,
      },
      views: settings.views,
      ...{ batchSize: settings.batchSize, epochs: settings.epochs, seed: settings.seed },
      optimiser: named(optimiser),
      learningRate: settings.learningRate,
      warmupEpochs: settings.warmupEpochs,
      ...(warmupStart !== undefined && { warmupStart }),
      ...(cosineFloor !== undefined && { cosineFloor }),
    });
  } finally {
    encoder.dispose();
  }
}

function notesOf(caching: StoredSettings['gradientCaching']): string[] {
  const seeds =
    'PyTorch draws other numbers by the same seed, so weights, order and views are not those of the run.';
  if (caching === undefined) return [seeds];
  return [
    seeds,
    `The run embedded ${caching.chunkSize} images at a time, and batch norm normalised each such chunk; here it sees the joined batch.`,
  ];
}

function lossOf(
  { name, temperature, sigma }: StoredSettings['loss'],
  another = name,
): TorchPretraining['loss'] {
  const options = { temperature, ...(sigma !== undefined && another === 'dclw' && { sigma }) };
  return { name: another, settings: lossByName(another, options).settings };
}

function named({ name, ...settings }: StoredSettings['optimiser']): TorchPretraining['optimiser'] {
  return { name, settings };
}
