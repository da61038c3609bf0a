import * as tf from '@tensorflow/tfjs';

/**
 * Moves every trained weight of the copy towards that of the model: copy = m copy + (1 - m) model (He et al., MoCo, 2020,
 * equation 2). Batch norm's moving statistics are the copy's own: those of other weights would not fit it.
 * @param copy - what `models.copyOf` made of the model
 */
export function follow(copy: tf.LayersModel, model: tf.LayersModel, momentum: tf.Scalar): void {
  tf.tidy(() => {
    const rest = tf.sub(1, momentum);
    for (const [i, weight] of model.trainableWeights.entries()) {
      const own = copy.trainableWeights[i]!.read() as tf.Variable;
      own.assign(tf.add(tf.mul(own, momentum), tf.mul(weight.read(), rest)));
    }
  });
}

/** How the momentum goes on from its first value m: not at all, or to 1 by half a cosine (BYOL, Grill et al., 2020). */
export type MomentumSchedule = 'constant' | 'cosine';

/**
 * How much {@link follow} keeps of the copy.
 * @param first - m, from 0 to 1
 * @param progress - share of the run's steps that are done, as `Learner.update` gets it
 */
export function scheduledMomentum(first: number, schedule: MomentumSchedule, progress: tf.Scalar): tf.Scalar {
  if (schedule === 'constant') return tf.scalar(first);
  const cosine = tf.cos(tf.mul(Math.PI, progress));
  return tf.sub(1, tf.mul((1 - first) / 2, tf.add(cosine, 1)));
}
