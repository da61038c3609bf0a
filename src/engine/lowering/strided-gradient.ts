/**
 * The input gradient of a convolution of stride 2, in the blocked layout. Pixels of equal parity (row and column, even
 * or odd) meet the same few filter positions: a convolution of stride 1 with those computes the pixels of one parity, and
 * the four results are woven into the image.
 */
import type { Window } from '../graph/operations.js';
import { convolveBackwards } from './convolution-blocked.js';
import type { Emitter } from './emitter.js';
import type { Value } from './value.js';

type Four = readonly [number, number, number, number];

/** Undefined for other strides, dilated filters, sizes that do not halve, and padding about as wide as the filter. */
export function blockedStridedInputGradient(
  { strides, dilations, pads: [top, left] }: Window,
  dy: Value,
  filter: Value,
  [, height, width, channels]: Four,
  emitter: Emitter,
): string | undefined {
  const [filterHeight, filterWidth] = filter.shape as Four;
  const [batch, dyHeight, dyWidth] = dy.shape as Four;
  const halved: Four = [batch, dyHeight, dyWidth, channels];
  if (height !== 2 * dyHeight || width !== 2 * dyWidth) return undefined;
  if (strides.some((stride) => stride !== 2) || dilations.some((step) => step !== 1)) return undefined;
  const pointwise = filterHeight * filterWidth === 1 && top + left === 0;
  const enough = top <= filterHeight - 2 && left <= filterWidth - 2;
  if (!pointwise && !enough) return undefined;
  const convolve = (rows: Taps, columns: Taps) =>
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
    );
  if (pointwise) return spreadOut(convolve(taps(1, 0, 0), taps(1, 0, 0)), halved, emitter);
  const parities = [0, 1].flatMap((oddRow) =>
    [0, 1].map((oddColumn) => convolve(taps(filterHeight, top, oddRow), taps(filterWidth, left, oddColumn))),
  );
  return weave(emitter.emit('Concat', parities, { axis: 1 }), halved, emitter);
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

/** [N, 4 * C, H, W] of parities to [N, C, 2 H, 2 W], both blocked. */
function weave(name: string, [batch, height, width, channels]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const split = emitter.reshape(name, [batch, 2, 2, channels / block, height, width, block]);
  const woven = emitter.transpose(split, [0, 3, 4, 1, 5, 2, 6]);
  return emitter.reshape(woven, [batch, channels, 2 * height, 2 * width]);
}

/** Blocked images with a row and a column of zeros put after each of their own. */
function spreadOut(name: string, [batch, height, width, channels]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const rows = (batch * channels * height) / block;
  const split = emitter.reshape(name, [rows, 1, width, 1, block]);
  const margins = emitter.integers([0, 0, 0, 0, 0, 0, 1, 0, 1, 0]);
  const spread = emitter.emit('Pad', [split, margins], { mode: 'constant' });
  return emitter.reshape(spread, [batch, channels, 2 * height, 2 * width]);
}
