/**
 * Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray, 2016, arXiv 1509.09308) for small images with many
 * channels: 16 products of matrices need 4/9 of the multiplications. With V, U and M the transformed image, filter and
 * result, and P, G and Q constant matrices,
 *
 *     V = P x,  U = G w,  M = V U,  y = Q M,
 *
 * each linear in what it is given, so the gradients use the same parts transposed: dM = Q' dy, dx = P' (dM U'),
 * dw = G' (V' dM). What the forward pass has made, the gradients find again, since equal nodes are emitted once.
 */
import type { Window } from '../graph/operations.js';
import { type Emitter, fusedDomain } from './emitter.js';
import type { Value } from './value.js';

type Four = readonly [number, number, number, number];

/** Fewer channels have too little to multiply for the transforms to pay. */
const fewestChannels = 256;
/** Larger images have more to transform for each product: at 8 x 8 pixels and 256 channels nothing is gained. */
const mostPixels = 16;

/** Whether filters of this shape on images of this shape are worth it. */
export function suitsWinograd(
  { strides, dilations, pads }: Window,
  [, height, width]: Four,
  [rows, columns, inputs, outputs]: Four,
  emitter: Emitter,
): boolean {
  const simple = [...strides, ...dilations, ...pads].every((number) => number === 1);
  const even = height % 2 === 0 && width % 2 === 0;
  const many = inputs >= fewestChannels && outputs >= fewestChannels;
  const blocked = emitter.target.block > 0;
  return blocked && simple && even && rows === 3 && columns === 3 && many && height * width <= mostPixels;
}

export function winogradConvolution(x: Value, filter: Value, emitter: Emitter): string {
  const [batch, height, width] = x.shape as Four;
  const outputs = filter.shape[3]!;
  const operands = [intoTiles(x, imageTile, emitter), transformedFilter(filter, emitter)];
  const products = emitter.emit('MatMul', operands);
  return outOfTiles(products, resultTile, [batch, height, width, outputs], emitter);
}

export function winogradInputGradient(dy: Value, filter: Value, emitter: Emitter): string {
  const [batch, height, width] = dy.shape as Four;
  const inputs = filter.shape[2]!;
  const operands = [intoTiles(dy, resultTile, emitter), transformedFilter(filter, emitter)];
  const products = emitter.emit('FusedMatMul', operands, { transA: 0, transB: 1 }, fusedDomain);
  return outOfTiles(products, imageTile, [batch, height, width, inputs], emitter);
}

export function winogradFilterGradient(x: Value, dy: Value, filterShape: Four, emitter: Emitter): string {
  const [, , inputs, outputs] = filterShape;
  const operands = [intoTiles(x, imageTile, emitter), intoTiles(dy, resultTile, emitter)];
  const products = emitter.emit('FusedMatMul', operands, { transA: 1, transB: 0 }, fusedDomain);
  const flat = emitter.reshape(products, [16, inputs * outputs]);
  return emitter.reshape(
    emitter.emit('MatMul', [matrix(transpose(filterTransform), emitter), flat]),
    filterShape,
  );
}

type Matrix = readonly (readonly number[])[];

/** Images [N, H, W, C] to [16, N * tiles, C]: V = P x, or dM = Q' dy. */
function intoTiles(images: Value, tile: Tile, emitter: Emitter): string {
  const [batch, height, width, channels] = images.shape as Four;
  const tiles = (height * width) / 4;
  const flat = emitter.reshape(images.plain(emitter), [batch, height * width, channels]);
  const each = emitter.emit('MatMul', [matrix(tiling(tile, height, width), emitter), flat]);
  const split = emitter.reshape(each, [batch, 16, tiles * channels]);
  return emitter.reshape(emitter.transpose(split, [1, 0, 2]), [16, batch * tiles, channels]);
}

/** [16, N * tiles, C] to images, by the same matrix transposed: y = Q M, or dx = P' dV. */
function outOfTiles(name: string, tile: Tile, shape: Four, emitter: Emitter): string {
  const [batch, height, width, channels] = shape;
  const tiles = (height * width) / 4;
  const split = emitter.reshape(name, [16, batch, tiles * channels]);
  const each = emitter.reshape(emitter.transpose(split, [1, 0, 2]), [batch, 16 * tiles, channels]);
  const back = matrix(transpose(tiling(tile, height, width)), emitter);
  return emitter.reshape(emitter.emit('MatMul', [back, each]), shape);
}

/** [3, 3, in, out] to [16, in, out]. */
function transformedFilter(filter: Value, emitter: Emitter): string {
  const [, , inputs, outputs] = filter.shape as Four;
  const flat = emitter.reshape(filter.plain(emitter), [9, inputs * outputs]);
  return emitter.reshape(emitter.emit('MatMul', [matrix(filterTransform, emitter), flat]), [
    16,
    inputs,
    outputs,
  ]);
}

/** How a line of pixels becomes the 4 positions of its tiles, which lie 2 pixels apart. */
interface Tile {
  /** For each position, what it takes of each of the tile's pixels. */
  readonly weights: Matrix;
  /** The first tile's first pixel; before 0 lie the zeros of the padding. */
  readonly first: number;
}

const imageTile: Tile = {
  weights: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  first: -1,
};
const resultTile: Tile = {
  weights: [
    [1, 0],
    [1, 1],
    [1, -1],
    [0, -1],
  ],
  first: 0,
};
const filterLine: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];

const filterTransform = product(filterLine, filterLine);

/** P or Q': for each of the 16 positions in a tile, all tiles of an image; from all its pixels. */
function tiling({ weights, first }: Tile, height: number, width: number): Matrix {
  const range = (length: number) => [...Array(length).keys()];
  const line = (size: number) =>
    weights.map((row) =>
      range(size / 2).map((tile) => range(size).map((pixel) => row[pixel - 2 * tile - first] ?? 0)),
    );
  const [down, across] = [line(height), line(width)];
  // Positions first, tiles second: both of the lines' rows in the order of the result.
  return down.flatMap((rows) => across.flatMap((columns) => product(rows, columns)));
}

/** Kronecker's: rows and columns of the first, each with those of the second within it. */
function product(a: Matrix, b: Matrix): Matrix {
  return a.flatMap((rowA) => b.map((rowB) => rowA.flatMap((x) => rowB.map((y) => x * y))));
}

function transpose(rows: Matrix): Matrix {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}

function matrix(rows: Matrix, emitter: Emitter): string {
  return emitter.constant('float32', [rows.length, rows[0]!.length], rows.flat());
}
