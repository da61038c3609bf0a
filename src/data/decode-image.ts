import sharp from 'sharp';

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
 * Decodes a JPEG, PNG or WebP file the way its camera meant it (EXIF orientation). Gray, CMYK and 16-bit images are
 * converted; an alpha channel is dropped and does not darken what it covers.
 * @throws Error from libvips if the file is damaged or no image
 */
export async function decodeImage(path: string, { channels, size }: DecodeOptions): Promise<DecodedImage> {
  let image = sharp(path).autoOrient();
  if (size) image = image.resize({ height: size[0], width: size[1], fit: 'cover', position: 'centre' });
  const { data, info } = await image
    .removeAlpha()
    .toColourspace(channels === 3 ? 'srgb' : 'b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels, not ${channels}`);
  return { size: [info.height, info.width], pixels: data };
}
