import * as tf from '@tensorflow/tfjs';
import { type Repeatable, replayable } from '../../engine/index.js';
import { Sgd } from '../../train/index.js';
import { slotsOf } from '../../train/optimiser.js';

/** A classifier and what of it is trained. */
export interface Trainee {
  /** What is not trained makes features of the inputs, without a gradient; by default the inputs are the features. */
  readonly frozen?: (inputs: tf.Tensor) => tf.Tensor;
  /** Features to logits [n, classes]. */
  readonly logits: (features: tf.Tensor) => tf.Tensor2D;
  /** The weights that are trained. */
  readonly weights: readonly tf.Variable[];
  /** Every variable that the above read or assign, the trained weights included. */
  readonly state: readonly tf.Variable[];
}

/** One linear layer, [n, features] to logits [n, classes], weights and biases at zero: softmax regression has one optimum. */
export function linearClassifier(features: number, classes: number): tf.LayersModel {
  const inputs = tf.input({ name: 'features', shape: [features] });
  const layer = tf.layers.dense({
    name: 'classifier',
    units: classes,
    kernelInitializer: 'zeros',
    biasInitializer: 'zeros',
  });
  return tf.model({ name: 'classifier', inputs, outputs: layer.apply(inputs) as tf.SymbolicTensor });
}

/** All weights of the models, or those that can be trained. */
export function weightsOf(models: readonly tf.LayersModel[], which: 'all' | 'trainable'): tf.Variable[] {
  return models.flatMap((model) =>
    (which === 'all' ? model.weights : model.trainableWeights).map((weight) => weight.read() as tf.Variable),
  );
}

/** SGD on the cross-entropy of labelled inputs, momentum 0.9 and no weight decay as in linear evaluation. */
export class SupervisedStep {
  readonly optimiser: Sgd;
  private readonly step: Repeatable;

  constructor({ frozen = (inputs) => inputs, logits, weights, state }: Trainee, classes: number) {
    this.optimiser = new Sgd(weights, { momentum: 0.9, weightDecay: 0 });
    const update = (inputs: tf.Tensor, labels: tf.Tensor, rate: tf.Scalar) => {
      const features = frozen(inputs);
      const targets = tf.oneHot(labels as tf.Tensor1D, classes);
      const crossEntropy = () => tf.losses.softmaxCrossEntropy(targets, logits(features)) as tf.Scalar;
      const { value, grads } = tf.variableGrads(crossEntropy, [...weights]);
      this.optimiser.step(
        weights.map(({ name }) => grads[name]!),
        rate,
      );
      return value;
    };
    this.step = replayable(
      (inputs, labels, rates) => {
        const each = tf.unstack(rates!);
        const batches = tf.split(inputs!, each.length);
        const answers = tf.split(labels!, each.length);
        return [tf.stack(each.map((rate, i) => update(batches[i]!, answers[i]!, rate as tf.Scalar)))];
      },
      [...state, ...slotsOf(this.optimiser)],
    );
  }

  /**
   * A step for each learning rate, one after the other, on as many batches of the same size. Several in a run save handing the
   * weights over after each.
   * @param inputs - rows of all batches in one array
   * @param shape - of one row
   * @returns each batch's mean cross-entropy before its step, in nats
   */
  async run(
    inputs: Float32Array,
    shape: readonly number[],
    labels: Int32Array,
    learningRates: readonly number[],
  ): Promise<Float32Array> {
    const [losses] = tf.tidy(() =>
      this.step(
        tf.tensor(inputs, [labels.length, ...shape]),
        tf.tensor1d(labels, 'int32'),
        tf.tensor1d([...learningRates]),
      ),
    );
    return losses!.data<'float32'>().finally(() => losses!.dispose());
  }

  dispose(): void {
    this.optimiser.dispose();
  }
}
