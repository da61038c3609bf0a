import * as tf from '@tensorflow/tfjs';

/** `tf.tidy` for work whose result holds no tensors: all that it made are disposed of. */
export function scoped<Result>(work: () => Result): Result {
  let result: { readonly value: Result } | undefined;
  tf.tidy(() => {
    result = { value: work() };
  });
  return result!.value;
}
