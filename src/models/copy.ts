import * as tf from '@tensorflow/tfjs';

/** A model of the same layers with weights of its own, which begin as those of `model`. */
export function copyOf(model: tf.LayersModel): tf.LayersModel {
  const config = model.getConfig() as tf.serialization.ConfigDict;
  const copy = tf.LayersModel.fromConfig(tf.LayersModel, config) as tf.serialization.Serializable;
  const same = copy as unknown as tf.LayersModel;
  same.setWeights(model.getWeights());
  return same;
}
