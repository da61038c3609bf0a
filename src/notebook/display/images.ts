import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import type { ImageShape } from '../../data/index.js';
import { InputError } from '../../errors.js';
import { escapeHtml } from './escape.js';
import type { Picture } from './picture.js';
import type { Presentation } from './presentation.js';

/** What {@link images} has to know of pixels, and how they are laid out. */
export interface ImagesOptions {
  /** Height, width and channels of one image; needed for plain arrays, taken from a tensor's shape otherwise. */
  readonly shape?: ImageShape;
  /** Images in a row. Default: as many as fit, at most 10. */
  readonly columns?: number;
  /** A caption below each image. */
  readonly labels?: readonly string[];
  /** The values shown as black and white. Default: 0 and 255 for bytes and int32 tensors, 0 and 1 for floats. */
  readonly range?: readonly [black: number, white: number];
}

/** Images laid out in a grid, for `show`. */
export interface ImageGrid {
  readonly kind: 'images';
  /** RGB, 0 to 255, [count, height, width, 3]. */
  readonly pixels: Uint8Array;
  /** Number of images. */
  readonly count: number;
  /** Of one image, in pixels. */
  readonly height: number;
  /** Of one image, in pixels. */
  readonly width: number;
  /** Images in a row. */
  readonly columns: number;
  /** A caption for each image; empty for none. */
  readonly labels: readonly string[];
}

/** Images are enlarged by a whole factor until their longer side has about this many pixels. */
const shownSide = 80;
/**
 * Larger images are made smaller until their longer side has this many: six fit the width of a page, with captions that can be read
 * and in a file of bearable size.
 */
const longestSide = 128;
const gap = 6;
const captionHeight = 20;
const lineHeight = 15;
/** Of a character of a caption, on average. */
const characterWidth = 7;
/** Has a contrast of 4 and more against white as well as against the black of dark pages. */
const captionColour = '#7a7a7a';

/**
 * A grid of images for `show`: small ones with each pixel drawn as a sharp square, those of more than 128 pixels made smaller.
 *
 * @param images - [n, height, width, channels] with one or three channels, as a tensor or row by row with `shape`
 * @throws InputError when the shape does not fit the values, or a label is missing
 */
export function images(
  images: tf.Tensor | Uint8Array | Float32Array,
  options: ImagesOptions = {},
): ImageGrid {
  const { values, shape, bytes } = read(images, options);
  const [height, width, channels] = shape;
  const count = values.length / (height * width * channels);
  if (!Number.isInteger(count) || count === 0 || (channels !== 1 && channels !== 3)) {
    throw new InputError(
      `${values.length} values are no images of shape [${shape}] with one or three channels.`,
    );
  }
  const { labels = [], columns = Math.min(count, 10) } = options;
  if (labels.length !== 0 && labels.length !== count) {
    throw new InputError(`${labels.length} labels were given for ${count} images.`);
  }
  const [black, white] = options.range ?? (bytes ? [0, 255] : [0, 1]);
  const pixels = new Uint8Array(count * height * width * 3);
  for (let i = 0; i < pixels.length; i++) {
    const value = values[channels === 3 ? i : Math.floor(i / 3)]!;
    pixels[i] = Math.min(255, Math.max(0, Math.round((255 * (value - black)) / (white - black))));
  }
  return { kind: 'images', pixels, count, height, width, columns, labels };
}

function read(
  images: tf.Tensor | Uint8Array | Float32Array,
  { shape }: ImagesOptions,
): { values: ArrayLike<number>; shape: ImageShape; bytes: boolean } {
  if (images instanceof tf.Tensor) {
    const own = images.shape.slice(-3);
    if (own.length !== 3)
      throw new InputError(`A tensor of shape [${images.shape}] holds no images [n, h, w, c].`);
    return {
      values: images.dataSync(),
      shape: own as unknown as ImageShape,
      bytes: images.dtype === 'int32',
    };
  }
  if (shape === undefined)
    throw new InputError('Give the shape of one image: { shape: [height, width, channels] }.');
  return { values: images, shape, bytes: images instanceof Uint8Array };
}

export function presentImages(grid: ImageGrid): Presentation {
  const { count, height, width, labels } = grid;
  const named = labels.length === 0 ? '' : `: ${labels.join(', ')}`;
  const picture = async () => drawGrid(await withoutLarge(grid));
  return { text: `${count} images of ${width} x ${height}${named}`, picture };
}

async function withoutLarge(grid: ImageGrid): Promise<ImageGrid> {
  const { pixels, count, width, height } = grid;
  const shrink = longestSide / Math.max(width, height);
  if (shrink >= 1) return grid;
  const [smallWidth, smallHeight] = [width, height].map((side) => Math.max(1, Math.round(side * shrink))) as [
    number,
    number,
  ];
  const length = 3 * width * height;
  const small = Array.from({ length: count }, (_, i) =>
    sharp(pixels.subarray(i * length, (i + 1) * length), { raw: { width, height, channels: 3 } })
      .resize({ width: smallWidth, height: smallHeight, fit: 'fill' })
      .raw()
      .toBuffer(),
  );
  return { ...grid, pixels: Buffer.concat(await Promise.all(small)), width: smallWidth, height: smallHeight };
}

async function drawGrid(grid: ImageGrid): Promise<Picture> {
  const factor = Math.max(1, Math.round(shownSide / Math.max(grid.width, grid.height)));
  const cellWidth = grid.width * factor + gap;
  const captions = grid.labels.map((label) => captionLines(label, cellWidth));
  const mostLines = Math.max(0, ...captions.map((lines) => lines.length));
  const captionsHeight = mostLines === 0 ? 0 : captionHeight + lineHeight * (mostLines - 1);
  const cellHeight = grid.height * factor + gap + captionsHeight;
  const width = cellWidth * Math.min(grid.columns, grid.count) + gap;
  const height = cellHeight * Math.ceil(grid.count / grid.columns) + gap;
  const corner = (index: number) => ({
    left: gap + cellWidth * (index % grid.columns),
    top: gap + cellHeight * Math.floor(index / grid.columns),
  });
  // Transparent between the images, so that the grid fits light and dark pages.
  const canvas = Buffer.alloc(width * height * 4);
  for (let index = 0; index < grid.count; index++)
    paint(canvas, width, grid, index, { factor, ...corner(index) });
  const texts = captions.flatMap((lines, index) => {
    const { left, top } = corner(index);
    const x = left + (grid.width * factor) / 2;
    const y = top + grid.height * factor + lineHeight;
    return lines.map(
      (line, i) => `<text x="${x}" y="${y + i * lineHeight}" text-anchor="middle">${escapeHtml(line)}</text>`,
    );
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Arial, Helvetica, sans-serif" font-size="13" fill="${captionColour}">${texts.join('')}</svg>`;
  const image = sharp(canvas, { raw: { width, height, channels: 4 } });
  if (texts.length > 0) image.composite([{ input: Buffer.from(svg) }]);
  return { png: await image.png({ compressionLevel: 9 }).toBuffer(), width, height };
}

/** The words of a caption on as many lines as they need below an image of this width, in pixels. */
function captionLines(caption: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of caption.split(/ (?!%)/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length * characterWidth > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Copies image `index` into the canvas, each pixel as a square of `factor` pixels. */
function paint(
  canvas: Buffer,
  canvasWidth: number,
  { pixels, width, height }: ImageGrid,
  index: number,
  { factor, left, top }: { factor: number; left: number; top: number },
): void {
  for (let row = 0; row < height * factor; row++) {
    for (let column = 0; column < width * factor; column++) {
      const from = 3 * ((index * height + Math.floor(row / factor)) * width + Math.floor(column / factor));
      const to = 4 * ((top + row) * canvasWidth + left + column);
      canvas[to] = pixels[from]!;
      canvas[to + 1] = pixels[from + 1]!;
      canvas[to + 2] = pixels[from + 2]!;
      canvas[to + 3] = 255;
    }
  }
}
