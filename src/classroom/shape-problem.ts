import type * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import type { Exercise } from './exercises/index.js';
import { formatted } from './note.js';

/** What to say of a result that does not have the exercise's shape. @param right - the library's values */
export function shapeProblem(
  exercise: Exercise,
  tensor: tf.Tensor,
  batch: Batch,
  right: Float32Array,
): string[] {
  const { images } = batch;
  const anchors = 2 * images;
  const wanted = exercise.shape(batch);
  const shape = `For two views of ${images} images your function returns shape [${tensor.shape.join(', ')}]; the result is [${wanted.join(', ')}]: ${exercise.result}.`;
  if (tensor.size === right.length) {
    return [shape, 'The number of values fits: tf.reshape or tf.squeeze gives them the shape.'];
  }
  const forEachAnchor = wanted.length === 1;
  if (tensor.size === 1 && forEachAnchor) return [shape, oneNumber(tensor.dataSync()[0]!, right, images)];
  if (forEachAnchor && String(tensor.shape) === String([images])) {
    const equal = close(Array.from(tensor.dataSync()), right.subarray(0, images));
    const anchorsOf = equal ? 'The values are those of view 1, and right. ' : '';
    return [shape, `${anchorsOf}Each view is an anchor once: the ${images} rows of view 2 are missing.`];
  }
  if (forEachAnchor && String(tensor.shape) === String([anchors, anchors])) {
    return [shape, 'That is a value for each pair of rows. Sum over the columns: tf.sum(..., 1).'];
  }
  if (String(tensor.shape) === String([images, images])) {
    return [
      shape,
      'Those are the rows of one view. Put both views below each other first: tf.concat([z1, z2]).',
    ];
  }
  return [shape];
}

/** A right solution to which one step too many was added is recognised by its value. */
function oneNumber(value: number, right: Float32Array, images: number): string {
  const values = Array.from(right);
  const sum = values.reduce((total, term) => total + term, 0);
  const first = values.slice(0, images).reduce((total, term) => total + term, 0);
  const mean = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0) / terms.length;
  const steps: readonly (readonly [number, string])[] = [
    [
      sum / (2 * images),
      'the mean of the right values: leave out tf.mean. The library takes the mean of all anchors itself',
    ],
    [sum, 'the sum of the right values: give tf.sum the axis 1, or leave it out'],
    [
      sum / images,
      'the sum of the right values over N. There are 2N anchors, so that their mean is half of it; leave out both, the library takes the mean',
    ],
    [
      first / images,
      'the mean over the anchors of view 1 only, which are right. Each view is an anchor once',
    ],
    [
      Math.log(mean(values.map(Math.exp))),
      'the logarithm of a mean over the anchors. The loss is the mean of the logarithms: take the logarithm for each anchor',
    ],
    [
      -Math.log(mean(values.map((term) => Math.exp(-term)))),
      'minus the logarithm of the mean probability. The loss is the mean of the logarithms: take the logarithm for each anchor',
    ],
  ];
  const step = steps.find(([number]) => close([value], [number]));
  const said = step === undefined ? 'one number for the whole batch' : step[1];
  return `Your value, ${formatted(value)}, is ${said}.`;
}

function close(values: readonly number[], others: ArrayLike<number>): boolean {
  return values.every((value, i) => Math.abs(value - others[i]!) <= 1e-4 * Math.max(1, Math.abs(others[i]!)));
}
