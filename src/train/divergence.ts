/** The loss or the weights are NaN or infinite: the message names the step, the images and the last good checkpoint. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}
