import * as tf from '@tensorflow/tfjs';
import { batches, type Dataset } from '../../data/index.js';
import { NonFiniteError } from '../../train/checkpoint.js';
import { prefetched } from '../prefetched.js';
import { type ProbabilisticClassification, ProbabilityTally } from '../probabilities.js';

/**
 * How well logits of a data set's images do; the next batch is read while one is classified.
 * @param classify - images to logits [n, classes]
 * @param onProgress - called after each batch; what it throws ends the measuring
 * @throws NonFiniteError naming the first image whose logits are not finite
 */
export async function measured(
  dataset: Dataset,
  batchSize: number,
  classify: (images: tf.Tensor) => tf.Tensor2D,
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<ProbabilisticClassification> {
  const { name, length: count, labels, classes, shape } = dataset;
  const tally = new ProbabilityTally({ name, count, labels, classes });
  for await (const { inputs, indices } of prefetched(batches(dataset, batchSize))) {
    const logits = tf.tidy(() => classify(tf.tensor(inputs, [indices.length, ...shape])));
    const values = await logits.data<'float32'>().finally(() => logits.dispose());
    const stray = values.findIndex((value) => !Number.isFinite(value));
    if (stray >= 0) {
      const image = indices[Math.floor(stray / classes.length)];
      throw new NonFiniteError(`A logit of image ${image} of ${name} is ${values[stray]}.`);
    }
    tally.add(values);
    await onProgress(indices.at(-1)! + 1, count);
  }
  return tally.result();
}
