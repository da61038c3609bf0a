/**
 * The input gradient of a convolution of stride 2, in the blocked layout. Pixels of equal parity (row and column, even
 * or odd) meet the same few filter positions: a convolution of stride 1 with those computes the pixels of one parity, and
 * the four results are woven into the image.
 */
import type { Window } from '../graph/operations.js';
import { convolveBackwards } from './convolution-blocked.js';
import type { Emitter } from './emitter.js';
import { Value } from './value.js';

type Four = readonly [number, number, number, number];

/** Images whose odd rows and columns are zeros, as a filter of one pixel gives. */
export class EvenPixels extends Value {
  /** @param even - the other pixels, [N, C, H / 2, W / 2] in blocks */
  constructor(
    shape: Four,
    readonly even: string,
  ) {
    super(shape, 'float32', (emitter) => spreadOut(even, shape, emitter), 'blocked');
  }
}

/** Plus the addend. Undefined for other strides, dilated filters, sizes that do not halve, and padding about as wide as the filter. */
export function blockedStridedInputGradient(
  { strides, dilations, pads: [top, left] }: Window,
  dy: Value,
  filter: Value,
  shape: Four,
  emitter: Emitter,
  addend?: EvenPixels,
): Value | undefined {
  const [, height, width] = shape;
  const [filterHeight, filterWidth] = filter.shape as Four;
  const [, dyHeight, dyWidth] = dy.shape as Four;
  if (height !== 2 * dyHeight || width !== 2 * dyWidth) return undefined;
  if (strides.some((stride) => stride !== 2) || dilations.some((step) => step !== 1)) return undefined;
  const pointwise = filterHeight * filterWidth === 1 && top + left === 0;
  const enough = top <= filterHeight - 2 && left <= filterWidth - 2;
  if (!pointwise && !enough) return undefined;
  const convolve = (rows: Taps, columns: Taps, plus?: string) =>
    convolveBackwards(
      dy,
      filter,
      {
        size: [rows.positions.length, columns.positions.length],
        positions: rows.positions.flatMap((row) =>
          columns.positions.map((column) => row * filterWidth + column),
        ),
        pads: [-rows.first, -columns.first, rows.last, columns.last],
        dilations: [1, 1],
      },
      emitter,
      plus,
    );
  if (pointwise) return new EvenPixels(shape, convolve(taps(1, 0, 0), taps(1, 0, 0), addend?.even));
  const parities = [0, 1].flatMap((oddRow) =>
    [0, 1].map((oddColumn) =>
      convolve(
        taps(filterHeight, top, oddRow),
        taps(filterWidth, left, oddColumn),
        oddRow + oddColumn === 0 ? addend?.even : undefined,
      ),
    ),
  );
  const woven = weave(emitter.emit('Concat', parities, { axis: 1 }), shape, emitter);
  return new Value(shape, 'float32', woven, 'blocked');
}

/** In one dimension: the pixels i + first ... i + last of dy that pixel 2 i + odd depends on. */
interface Taps {
  readonly first: number;
  readonly last: number;
  /** The filter position through which each of them is met. */
  readonly positions: readonly number[];
}

/** Pixel 2 i + odd meets pixel i + t of dy through filter position odd + pad - 2 t. */
function taps(size: number, pad: number, odd: number): Taps {
  const first = Math.ceil((odd + pad - size + 1) / 2);
  const last = Math.floor((odd + pad) / 2);
  const positions = Array.from({ length: last - first + 1 }, (_, index) => odd + pad - 2 * (first + index));
  return { first, last, positions };
}

/** Parities [N, 4 * C, H / 2, W / 2] to [N, C, H, W], both blocked. */
function weave(name: string, [batch, height, width, channels]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const split = emitter.reshape(name, [batch, 2, 2, channels / block, height / 2, width / 2, block]);
  const woven = emitter.transpose(split, [0, 3, 4, 1, 5, 2, 6]);
  return emitter.reshape(woven, [batch, channels, height, width]);
}

/** Blocked images of half the size with a row and a column of zeros put after each of their own. */
function spreadOut(name: string, [batch, height, width, channels]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const rows = (batch * channels * (height / 2)) / block;
  const split = emitter.reshape(name, [rows, 1, width / 2, 1, block]);
  const margins = emitter.integers([0, 0, 0, 0, 0, 0, 1, 0, 1, 0]);
  const spread = emitter.emit('Pad', [split, margins], { mode: 'constant' });
  return emitter.reshape(spread, [batch, channels, height, width]);
}
