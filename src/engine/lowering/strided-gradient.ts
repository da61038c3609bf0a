/**
 * The input gradient of a convolution of stride 2, in the blocked layout. Pixels of equal parity (row and column, even
 * or odd) meet the same few filter positions, so one convolution of stride 1 computes the four parities as four times the
 * channels, which are then woven into the image.
 */
import type { Window } from '../graph/operations.js';
import { convolveBackwards } from './convolution-blocked.js';
import type { Emitter } from './emitter.js';
import type { Value } from './value.js';

type Four = readonly [number, number, number, number];

/** Undefined for other strides, dilated filters and sizes that do not halve. */
export function blockedStridedInputGradient(
  { strides, dilations, pads: [top, left] }: Window,
  dy: Value,
  filter: Value,
  [, height, width, channels]: Four,
  emitter: Emitter,
): string | undefined {
  const [filterHeight, filterWidth, , outputs] = filter.shape as Four;
  const [batch, dyHeight, dyWidth] = dy.shape as Four;
  const halved: Four = [batch, dyHeight, dyWidth, channels];
  if (height !== 2 * dyHeight || width !== 2 * dyWidth) return undefined;
  if (strides.some((stride) => stride !== 2) || dilations.some((step) => step !== 1)) return undefined;
  if (filterHeight * filterWidth === 1 && top + left === 0) {
    const name = convolveBackwards(dy, filter.plain(emitter), filter.shape as Four, [0, 0, 0, 0], emitter);
    return spreadOut(name, halved, emitter);
  }
  const [rows, columns] = [taps(filterHeight, top), taps(filterWidth, left)];
  const parities = convolveBackwards(
    dy,
    parityFilter(filter, rows, columns, emitter),
    [rows.count, columns.count, 4 * channels, outputs],
    [-rows.first, -columns.first, rows.last, columns.last],
    emitter,
  );
  return weave(parities, halved, emitter);
}

/** In one dimension: which of dy's pixels i + first ... i + last pixels 2 i and 2 i + 1 depend on. */
interface Taps {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** The filter position through which tap t is met, even pixels first; the filter's size where there is none. */
  readonly positions: readonly number[];
}

/** Pixel 2 i + odd meets dy at i + t through filter position odd + pad - 2 t. */
function taps(size: number, pad: number): Taps {
  const first = Math.min(Math.ceil((pad - size + 1) / 2), 0);
  const last = Math.max(Math.floor((1 + pad) / 2), 0);
  const positions: number[] = [];
  for (const odd of [0, 1]) {
    for (let tap = first; tap <= last; tap += 1) {
      const position = odd + pad - 2 * tap;
      positions.push(position >= 0 && position < size ? position : size);
    }
  }
  return { first, last, count: last - first + 1, positions };
}

/** [tap rows, tap columns, 4 * in, out], the in channels of each parity together. */
function parityFilter(filter: Value, rows: Taps, columns: Taps, emitter: Emitter): string {
  const [, , channels, outputs] = filter.shape as Four;
  const margins = emitter.integers([0, 0, 0, 0, 1, 1, 0, 0]);
  const withNone = emitter.emit('Pad', [filter.plain(emitter), margins], { mode: 'constant' });
  const byRow = emitter.emit('Gather', [withNone, emitter.integers(rows.positions)], { axis: 0 });
  const byBoth = emitter.emit('Gather', [byRow, emitter.integers(columns.positions)], { axis: 1 });
  const split = emitter.reshape(byBoth, [2, rows.count, 2, columns.count, channels, outputs]);
  const ordered = emitter.transpose(split, [1, 3, 0, 2, 4, 5]);
  return emitter.reshape(ordered, [rows.count, columns.count, 4 * channels, outputs]);
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
