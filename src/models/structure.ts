import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import type { ResNetParts } from './resnet.js';
import { type Standardisation, standardisationOf } from './standardise.js';
import { type Stem, stemOf } from './stem.js';

/** All that decides a ResNet's layers. */
export interface ResNetStructure extends ResNetParts {
  /** Channels of the first stage. */
  readonly width: number;
  readonly stem: Stem;
  readonly standardise: 'none' | Standardisation;
  readonly inputShape: readonly [height: number, width: number, channels: number];
}

/** What a ResNet of this library was built from. @throws InputError for another model */
export function structureOf(encoder: tf.LayersModel): ResNetStructure {
  const names = encoder.layers.map(({ name }) => name);
  const stages: number[] = [];
  for (const name of names) {
    const [, stage, block] = /^stage(\d+)\.(\d+)\.conv1$/.exec(name) ?? [];
    if (stage !== undefined) stages[Number(stage) - 1] = Number(block);
  }
  if (!names.includes('stem.conv') || stages.length === 0) {
    throw new InputError(
      `The encoder ${encoder.name} is no ResNet of this library: it has no layers stem.conv and stage1.1.conv1.`,
    );
  }
  const [standardise = 'none'] = encoder.layers.map(standardisationOf).filter((found) => found !== undefined);
  return {
    block: names.includes('stage1.1.conv3') ? 'bottleneck' : 'basic',
    stages,
    width: encoder.getLayer('stem.conv').getConfig().filters as number,
    stem: stemOf(encoder),
    standardise,
    inputShape: encoder.inputs[0]!.shape.slice(1) as [number, number, number],
  };
}
