import type { Extra } from '../graph/operations.js';
import { type Attributes, blockedDomain, type Emitter } from './emitter.js';
import type { Value } from './value.js';

/** Per-channel scale and offset, and an image of the result's shape to add. */
export type Extras = { readonly [Name in Extra]?: Value | undefined };

/**
 * A convolution with a filter of one pixel for each channel, in the blocked layout: all threads do it, and it multiplies,
 * adds and rectifies in registers.
 * @param settings - what else the convolution does: its pads, strides or activation
 */
export function channelwise(
  x: Value,
  { scale, offset, residual }: Extras,
  settings: Attributes,
  emitter: Emitter,
): string {
  const channels = x.shape[3]!;
  const filter =
    scale === undefined
      ? emitter.constant('float32', [channels, 1, 1, 1], Array<number>(channels).fill(1))
      : emitter.reshape(scale.plain(emitter), [channels, 1, 1, 1]);
  const operands = [
    x.in('blocked', emitter),
    filter,
    offset === undefined ? '' : emitter.reshape(offset.plain(emitter), [channels]),
    residual === undefined ? '' : residual.in('blocked', emitter),
  ];
  while (operands.at(-1) === '') operands.pop();
  const attributes = { group: channels, kernel_shape: [1, 1], ...settings };
  return emitter.emit('Conv', operands, attributes, blockedDomain);
}
