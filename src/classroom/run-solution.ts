import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch.js';
import type { Exercise } from './exercises/index.js';
import { scoped } from './scoped.js';
import { shapeProblem } from './shape-problem.js';

/** What a student wrote: two views' embeddings, [N, d] each, and the temperature to a tensor, or whatever comes out. */
export type Solution = (z1: tf.Tensor2D, z2: tf.Tensor2D, temperature: number) => unknown;

/** Why there are no values to compare, in sentences for the student. */
export class Problem {
  constructor(readonly sentences: readonly string[]) {}
}

/** The values of a solution on a batch, row by row, in the exercise's shape. */
export function valuesOf(exercise: Exercise, solution: Solution, batch: Batch): Float32Array | Problem {
  return scoped(() => {
    try {
      const returned = solution(...views(batch), batch.temperature);
      return returned instanceof tf.Tensor
        ? valuesOfTensor(exercise, returned, batch)
        : new Problem(notATensor(returned, exercise));
    } catch (error) {
      return thrown(error, batch);
    }
  });
}

/** The library's own values, row by row. */
export function libraryValues({ library }: Exercise, batch: Batch): Float32Array {
  return scoped(() => library(...views(batch), batch.temperature).dataSync<'float32'>());
}

/** A batch's embeddings as tensors. */
export function views({ z: [z1, z2] }: Batch): [tf.Tensor2D, tf.Tensor2D] {
  return [tf.tensor2d(z1 as number[][]), tf.tensor2d(z2 as number[][])];
}

/** What a solution threw, said in a sentence that names the batch. */
export function thrown(error: unknown, { images, dimensions }: Batch): Problem {
  const sentences = [
    `Your function stopped with an error, for two views of shape [${images}, ${dimensions}]: ${messageOf(error)}`,
  ];
  if (/matMul/i.test(messageOf(error))) {
    sentences.push(
      'tf.matMul(a, b) needs as many columns in a as rows in b. tf.matMul(a, b, false, true) takes the transpose of b: the dot products of all rows of a with all rows of b.',
    );
  }
  return new Problem(sentences);
}

function valuesOfTensor(exercise: Exercise, tensor: tf.Tensor, batch: Batch): Float32Array | Problem {
  if (tensor.isDisposed) {
    return new Problem([
      'The tensor that your function returns is disposed of. Return it before tf.dispose; tf.tidy keeps what its function returns.',
    ]);
  }
  const wanted = exercise.shape(batch);
  if (String(tensor.shape) !== String(wanted)) {
    return new Problem(shapeProblem(exercise, tensor, batch, libraryValues(exercise, batch)));
  }
  if (tensor.dtype !== 'float32') {
    return new Problem([
      `Your function returns values of type ${tensor.dtype}; the result has fractions and a gradient, so it must be float32. Which step made it ${tensor.dtype}?`,
    ]);
  }
  return tensor.dataSync<'float32'>();
}

function notATensor(returned: unknown, { result }: Exercise): string[] {
  const wanted = `The result is a tensor ${result}.`;
  if (returned === undefined) return ['Your function returns nothing. Is a return missing?', wanted];
  if (returned instanceof Promise) {
    returned.catch(() => {});
    return [
      'Your function is async, so it returns a promise. Nothing here needs await: tensors are computed when they are read, and reading them inside a loss cuts off the gradient. Take async and await away.',
    ];
  }
  if (Array.isArray(returned) && returned.some((part) => part instanceof tf.Tensor)) {
    return [
      `Your function returns a list of ${returned.length} tensors: put them together by tf.concat or tf.stack.`,
      wanted,
    ];
  }
  if (typeof returned === 'number' || Array.isArray(returned)) {
    return [
      `Your function returns ${typeof returned === 'number' ? 'a number' : 'an array'}, not a tensor. What arraySync or dataSync reads out has no gradient, so nothing could be trained with it: stay with tensors to the end.`,
      wanted,
    ];
  }
  const what = returned === null ? 'null' : `a value of type ${typeof returned}`;
  return [`Your function returns ${what}, not a tensor.`, wanted];
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : inspect(error);
  } catch {
    return 'an error that cannot be shown.';
  }
}
