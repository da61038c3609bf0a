import { InputError } from '../../errors.js';
import type { MomentumSchedule } from '../../methods/index.js';
import type { ResNetStructure } from '../../models/index.js';

/** How views become anchors, positives and negatives in the script, with what the method has beside its head. */
export type TorchMethod =
  | { readonly name: 'simclr' }
  | {
      readonly name: 'moco';
      /** Keys K in the queue. */
      readonly queueSize: number;
      /** How much of the key models' weights each step keeps, from 0 to 1. */
      readonly keyMomentum: number;
      /** How it goes on from there. */
      readonly keyMomentumSchedule: MomentumSchedule;
    }
  | {
      readonly name: 'nnclr';
      /** Embeddings in the support queue. */
      readonly queueSize: number;
      /** Width of the prediction head's hidden layer. */
      readonly predictionFeatures: number;
    };

/**
 * A method's settings, as they are stored with a run, as the script takes them.
 * @throws InputError for a method that the script does not have
 */
export function torchMethod(
  { name, settings }: { readonly name: string; readonly settings: object },
  encoder: ResNetStructure,
  origin: string,
): TorchMethod {
  if (name === 'simclr') return { name };
  if (name === 'moco') {
    const { queueSize, keyMomentum, keyMomentumSchedule } = settings as Extract<
      TorchMethod,
      { name: 'moco' }
    >;
    return { name, queueSize, keyMomentum, keyMomentumSchedule };
  }
  if (name === 'nnclr') {
    const { queueSize, predictionFeatures } = settings as {
      readonly queueSize: number;
      readonly predictionFeatures: number | 'twice the encoder';
    };
    const isGiven = predictionFeatures !== 'twice the encoder';
    return { name, queueSize, predictionFeatures: isGiven ? predictionFeatures : 2 * featuresOf(encoder) };
  }
  throw new InputError(
    `${origin} trains with the method ${name}; the script for PyTorch has simclr, moco and nnclr. Train ${name} with train.pretrain.`,
  );
}

/** Each stage is twice as wide as the one before, and a bottleneck ends four times as wide. */
function featuresOf({ block, width, stages }: ResNetStructure): number {
  return width * 2 ** (stages.length - 1) * (block === 'bottleneck' ? 4 : 1);
}
