import sharp, { type Sharp } from 'sharp';

export interface DecodeOptions {
  /** 3 gives sRGB, 1 gives gray. */
  readonly channels: 1 | 3;
  /** [height, width] to fill and crop the image's centre to; by default the image's own. */
  readonly size?: readonly [number, number] | undefined;
}

export interface DecodedImage {
  readonly size: readonly [height: number, width: number];
  /** Pixels 0 to 255, [height, width, channels]. */
  readonly pixels: Uint8Array;
}

/**
 * Decodes a JPEG, PNG or WebP file the way its camera meant it (EXIF orientation, colour profile). Gray, CMYK and 16-bit
 * images are converted; an alpha channel is dropped and does not darken what it covers.
 * @throws Error from libvips if the file is damaged or no image
 */
export function decodeImage(path: string, { channels, size }: DecodeOptions): Promise<DecodedImage> {
  const image = sharp(path).autoOrient();
  if (size) image.resize({ height: size[0], width: size[1], fit: 'cover', position: 'centre' });
  return pixelsOf(image, channels);
}

/** A file this large may be worth a look at its size before it is decoded; that costs a tenth of decoding a small one. */
const largeFile = 2 ** 19;

/** libvips leaves out what a smaller image does without while it decodes a JPEG, from this factor on. */
const leastReduction = 3;

/**
 * Decodes an image file in memory as `decodeImage` does, but for two things that keep to what encoders trained on
 * ImageNet have seen: colour profiles count for nothing, and what libjpeg reads in spite of a warning is read. A file that
 * ends early is damaged nevertheless (libvips' `failOn: 'truncated'`).
 * @param reductionOf - how much smaller in height and width an image of a large file may be decoded, given its size
 * @throws Error from libvips if the file is damaged or no image
 */
export async function decodeFile(
  file: Uint8Array,
  channels: 1 | 3,
  reductionOf: (size: DecodedImage['size']) => number = () => 1,
): Promise<DecodedImage & { readonly original: DecodedImage['size'] }> {
  const image = sharp(file, { failOn: 'truncated', ignoreIcc: true }).autoOrient();
  let original: DecodedImage['size'] | undefined;
  if (file.length >= largeFile) {
    const { height, width } = (await image.metadata()).autoOrient;
    original = [height, width];
    const reduction = Math.floor(reductionOf(original));
    if (reduction >= leastReduction) {
      const [smallHeight, smallWidth] = original.map((side) => Math.ceil(side / reduction));
      image.resize({ height: smallHeight!, width: smallWidth!, fit: 'fill' });
    }
  }
  const decoded = await pixelsOf(image, channels);
  return { ...decoded, original: original ?? decoded.size };
}

/** Why an image could not be decoded, in one line: libvips gives every warning a line of its own. */
export function reasonOf(error: Error): string {
  return error.message.trim().split('\n').join('; ');
}

async function pixelsOf(image: Sharp, channels: 1 | 3): Promise<DecodedImage> {
  const { data, info } = await image
    .removeAlpha()
    .toColourspace(channels === 3 ? 'srgb' : 'b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels, not ${channels}`);
  return { size: [info.height, info.width], pixels: data };
}
