import * as tf from '@tensorflow/tfjs';

/** Both models as one, images to what the head makes of the encoder's features; it shares their weights. */
export function withHead(encoder: tf.LayersModel, head: tf.LayersModel): tf.LayersModel {
  const embeddings = head.apply(encoder.outputs) as tf.SymbolicTensor;
  return tf.model({ name: `${encoder.name}-with-head`, inputs: encoder.inputs, outputs: embeddings });
}
