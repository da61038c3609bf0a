import * as tf from '@tensorflow/tfjs';
import { generatorFor, uniform } from '../data/random.js';
import type { Batch } from './batch.js';
import type { Exercise } from './exercises/index.js';
import type { Term } from './note.js';
import { Problem, type Solution, thrown, views } from './run-solution.js';
import { scoped } from './scoped.js';

/** Relative to the largest component: float32, through a few more steps than the values. */
const tolerance = 1e-4;

/**
 * Compares a solution's gradient with the library's: that of a weighted sum of its values, the weights being random so
 * that no value's gradient can hide behind another's.
 * @returns undefined where they agree
 */
export function gradientProblem(
  exercise: Exercise,
  solution: Solution,
  batch: Batch,
): { readonly sentences: readonly string[]; readonly terms: readonly Term[] } | undefined {
  const generator = generatorFor('exercise', [batch.images]);
  const size = exercise.shape(batch).reduce((product, side) => product * side, 1);
  const weights = Float32Array.from({ length: size }, () => uniform(generator, 0.5, 1.5));
  const gradientsOf = (compute: Differentiated) => gradients(compute, weights, exercise, batch);

  const right = gradientsOf((z1, z2) => exercise.library(z1, z2, batch.temperature)) as Gradients;
  const yours = gradientsOf((z1, z2) => solution(z1, z2, batch.temperature) as tf.Tensor);
  if (yours instanceof Problem) return { sentences: yours.sentences, terms: [] };
  if (equal(yours, right)) return undefined;
  const sentences = [
    'The values are right, but the gradient is not, so training with it would go elsewhere.',
    describe(yours),
  ];
  for (const { constant, compute } of exercise.partial ?? []) {
    const partial = scoped(() => {
      const constants = views(batch);
      return gradientsOf((z1, z2) => compute([z1, z2], constants, batch.temperature));
    });
    if (!(partial instanceof Problem) && equal(yours, partial)) {
      sentences[1] = `No gradient flows through ${constant}: to TensorFlow.js they are constants. Compute them from z1 and z2 by tensor operations only.`;
    }
  }
  const [view, index] = largestDifference(yours, right);
  const row = Math.floor(index / batch.dimensions);
  const name = `slope in view ${view + 1}, image ${row}, component ${index % batch.dimensions}`;
  return { sentences, terms: [{ name, yours: yours[view]![index]!, right: right[view]![index]! }] };
}

type Differentiated = (z1: tf.Tensor2D, z2: tf.Tensor2D) => tf.Tensor;
type Gradients = readonly [Float32Array, Float32Array];

function gradients(
  compute: Differentiated,
  weights: Float32Array,
  exercise: Exercise,
  batch: Batch,
): Gradients | Problem {
  return scoped(() => {
    const weighted = (z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Scalar =>
      tf.sum(tf.mul(compute(z1, z2), tf.tensor(weights, [...exercise.shape(batch)])));
    const [z1, z2] = views(batch);
    try {
      const first = tf
        .grad((z) => weighted(z as tf.Tensor2D, z2))(z1)
        .dataSync<'float32'>();
      const second = tf
        .grad((z) => weighted(z1, z as tf.Tensor2D))(z2)
        .dataSync<'float32'>();
      return [first, second] as const;
    } catch (error) {
      if (!/cannot compute gradient/i.test(String(error))) return thrown(error, batch);
      return new Problem([
        'The values are right, but no gradient reaches the embeddings, so nothing could be trained with it.',
        /not found for (\w+)/.test(String(error))
          ? `TensorFlow.js has no gradient for the operation ${/not found for (\w+)/.exec(String(error))![1]}: use another.`
          : 'Somewhere the result is read out (arraySync, dataSync) and made into a new tensor: to TensorFlow.js that is a constant. Use tensor operations from z1 and z2 to the end.',
      ]);
    }
  });
}

function describe(yours: Gradients): string {
  if (yours.every((gradient) => gradient.every(Number.isFinite))) {
    return 'Part of it is missing: something that depends on z1 and z2 was read out (arraySync, dataSync), or set by a comparison, and is now a constant.';
  }
  return 'It is not a number (NaN). That happens where an infinite slope meets a 0: tf.where with a logarithm or root of 0 in the branch that is not taken, or a mask of -Infinity. Multiply by a mask of zeros and ones after exp instead.';
}

function equal(some: Gradients, others: Gradients): boolean {
  return some.every((gradient, view) => {
    const other = others[view]!;
    const largest = other.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    return gradient.every((value, i) => Math.abs(value - other[i]!) <= tolerance * largest);
  });
}

function largestDifference(yours: Gradients, right: Gradients): readonly [number, number] {
  let found: readonly [number, number] = [0, 0];
  let largest = -1;
  for (const [view, gradient] of yours.entries()) {
    for (const [index, value] of gradient.entries()) {
      const difference = Number.isNaN(value)
        ? Number.POSITIVE_INFINITY
        : Math.abs(value - right[view]![index]!);
      if (difference > largest) [found, largest] = [[view, index], difference];
    }
  }
  return found;
}
