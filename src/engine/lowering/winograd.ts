/**
 * Winograd's minimal filtering F(m x m, 3 x 3) (Lavin and Gray, 2016, arXiv 1509.09308) for small images with many
 * channels: (m + 2)^2 products of matrices do with 4/9 (m = 2) or 1/4 (m = 4) of the multiplications. With V, U and M the
 * transformed image, filter and result, and P, G and Q constant matrices,
 *
 *     V = P x,  U = G w,  M = V U,  y = Q M,
 *
 * each linear in what it is given, so the gradients use the same parts transposed: dM = Q' dy, dx = P' (dM U'),
 * dw = G' (V' dM). What the forward pass has made, the gradients find again, since equal nodes are emitted once.
 */
import type { Window } from '../graph/operations.js';
import { type Emitter, fusedDomain } from './emitter.js';
import { fillsBlocks, Value } from './value.js';
import {
  type Filtering,
  largeTiles,
  type Matrix,
  product,
  smallTiles,
  transpose,
} from './winograd-matrices.js';

type Four = readonly [number, number, number, number];

/** Fewer channels have too little to multiply for the transforms to pay. */
const fewestChannels = 128;
/** Larger images have more to transform for each product. */
const mostPixels = 64;

/** The algorithm for filters of this shape on images of this shape; undefined where the direct convolution is faster. */
export function winogradFor(
  { strides, dilations, pads }: Window,
  [, height, width]: Four,
  [rows, columns, inputs, outputs]: Four,
  emitter: Emitter,
): Filtering | undefined {
  const simple = [...strides, ...dilations, ...pads].every((number) => number === 1);
  const many = inputs >= fewestChannels && outputs >= fewestChannels;
  const small = height * width <= mostPixels;
  if (emitter.target.block === 0 || !simple || rows !== 3 || columns !== 3 || !many || !small)
    return undefined;
  return [largeTiles, smallTiles].find(({ size }) => height % size === 0 && width % size === 0);
}

export function winogradConvolution(filtering: Filtering, x: Value, filter: Value, emitter: Emitter): Value {
  const [batch, height, width] = x.shape as Four;
  const outputs = filter.shape[3]!;
  const operands = [intoTiles(x, filtering, 'image', emitter), transformedFilter(filter, filtering, emitter)];
  const products = emitter.emit('MatMul', operands);
  return outOfTiles(products, filtering, 'result', [batch, height, width, outputs], emitter);
}

export function winogradInputGradient(
  filtering: Filtering,
  dy: Value,
  filter: Value,
  emitter: Emitter,
): Value {
  const [batch, height, width] = dy.shape as Four;
  const inputs = filter.shape[2]!;
  const operands = [
    intoTiles(dy, filtering, 'result', emitter),
    transformedFilter(filter, filtering, emitter),
  ];
  const products = emitter.emit('FusedMatMul', operands, { transA: 0, transB: 1 }, fusedDomain);
  return outOfTiles(products, filtering, 'image', [batch, height, width, inputs], emitter);
}

export function winogradFilterGradient(
  filtering: Filtering,
  x: Value,
  dy: Value,
  filterShape: Four,
  emitter: Emitter,
): string {
  const [, , inputs, outputs] = filterShape;
  const operands = [intoTiles(x, filtering, 'image', emitter), intoTiles(dy, filtering, 'result', emitter)];
  const products = emitter.emit('FusedMatMul', operands, { transA: 1, transB: 0 }, fusedDomain);
  const flat = emitter.reshape(products, [filtering.positions ** 2, inputs * outputs]);
  const back = matrix(transpose(filterTransform(filtering)), emitter);
  return emitter.reshape(emitter.emit('MatMul', [back, flat]), filterShape);
}

/** What a matrix P or Q' transforms. */
type Side = 'image' | 'result';

/** Images [N, H, W, C] to [positions^2, N * tiles, C]: V = P x, or dM = Q' dy. */
function intoTiles(images: Value, filtering: Filtering, side: Side, emitter: Emitter): string {
  const [batch, height, width, channels] = images.shape as Four;
  const { size, positions } = filtering;
  const tiles = (height * width) / size ** 2;
  const flat = emitter.reshape(images.plain(emitter), [batch, height * width, channels]);
  const each = emitter.emit('MatMul', [matrix(tiling(filtering, side, height, width), emitter), flat]);
  const split = emitter.reshape(each, [batch, positions ** 2, tiles * channels]);
  return emitter.reshape(emitter.transpose(split, [1, 0, 2]), [positions ** 2, batch * tiles, channels]);
}

/**
 * [positions^2, N * tiles, C] to images, by the same matrix transposed: y = Q M, or dx = P' dV; in blocks, as channels
 * are summed and scaled fastest.
 */
function outOfTiles(name: string, filtering: Filtering, side: Side, shape: Four, emitter: Emitter): Value {
  const [batch, height, width, channels] = shape;
  const { size, positions } = filtering;
  const tiles = (height * width) / size ** 2;
  const split = emitter.reshape(name, [positions ** 2, batch, tiles * channels]);
  const order = [batch, positions ** 2 * tiles, channels];
  const each = emitter.reshape(emitter.transpose(split, [1, 0, 2]), order);
  const back = matrix(transpose(tiling(filtering, side, height, width)), emitter);
  const images = emitter.reshape(emitter.emit('MatMul', [back, each]), shape);
  const plain = new Value(shape, 'float32', images);
  if (!fillsBlocks(channels, emitter)) return plain;
  return new Value(shape, 'float32', plain.in('blocked', emitter), 'blocked');
}

/** [3, 3, in, out] to [positions^2, in, out]. */
function transformedFilter(filter: Value, filtering: Filtering, emitter: Emitter): string {
  const [, , inputs, outputs] = filter.shape as Four;
  const flat = emitter.reshape(filter.plain(emitter), [9, inputs * outputs]);
  const transformed = emitter.emit('MatMul', [matrix(filterTransform(filtering), emitter), flat]);
  return emitter.reshape(transformed, [filtering.positions ** 2, inputs, outputs]);
}

function filterTransform({ filter }: Filtering): Matrix {
  return product(filter, filter);
}

/** P or Q': for each of the positions in a tile, all tiles of an image; from all its pixels. */
function tiling(filtering: Filtering, side: Side, height: number, width: number): Matrix {
  const { size } = filtering;
  // The first tile's first pixel; before 0 lie the zeros of the padding.
  const first = side === 'image' ? -1 : 0;
  const range = (length: number) => [...Array(length).keys()];
  const line = (pixels: number) =>
    filtering[side].map((weights) =>
      range(pixels / size).map((tile) =>
        range(pixels).map((pixel) => weights[pixel - size * tile - first] ?? 0),
      ),
    );
  const [down, across] = [line(height), line(width)];
  // Positions first, tiles second: both of the lines' rows in the order of the result.
  return down.flatMap((rows) => across.flatMap((columns) => product(rows, columns)));
}

function matrix(rows: Matrix, emitter: Emitter): string {
  return emitter.constant('float32', [rows.length, rows[0]!.length], rows.flat());
}
