import * as tf from '@tensorflow/tfjs';

/**
 * A model of the same layers with weights of its own, which begin as those of `model`: `tf.model` or `tf.sequential`, whose
 * layers TensorFlow.js can load from a file.
 */
export function copyOf(model: tf.LayersModel): tf.LayersModel {
  const type = model.constructor as typeof tf.LayersModel;
  const config = model.getConfig() as tf.serialization.ConfigDict;
  // Zeros at first: random weights would be drawn for nothing.
  const copy = type.fromConfig(type, config, {}, true) as tf.serialization.Serializable;
  const same = copy as unknown as tf.LayersModel;
  // New values, or both models' variables would hold the same data and a recorded step could not tell them apart.
  tf.tidy(() => {
    const values = model
      .getWeights()
      .map((weight) => tf.tensor(weight.dataSync(), weight.shape, weight.dtype));
    same.setWeights(values);
  });
  return same;
}
