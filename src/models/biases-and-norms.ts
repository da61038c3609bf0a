import type * as tf from '@tensorflow/tfjs';
import { BatchNorm } from './batch-norm.js';

const normalisations = [BatchNorm.className, 'BatchNormalization', 'LayerNormalization'];

/**
 * Those trained weights of a model that are a bias, or gamma or beta of a normalisation: what many recipes neither decay
 * nor adapt. Every weight of a normalisation layer is one, and of the other layers the vectors, since kernels have more axes.
 */
export function biasesAndNorms(model: tf.LayersModel): tf.Variable[] {
  return model.layers.flatMap((layer) => {
    if (isModel(layer)) return biasesAndNorms(layer);
    const normalises = normalisations.includes(layer.getClassName());
    return layer.trainableWeights
      .filter(({ shape }) => normalises || shape.length <= 1)
      .map((weight) => weight.read() as tf.Variable);
  });
}

function isModel(layer: tf.layers.Layer): layer is tf.LayersModel {
  return 'layers' in layer;
}
