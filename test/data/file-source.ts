import sharp from 'sharp';
import type { ImageSource } from '../../src/data/index.js';

/** A picture that tells place and number: red grows to the right, green downwards, blue with the number. */
export async function numberedJpeg(number: number, width = 64, height = 48): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const places = [(255 * (pixel % width)) / width, (255 * Math.floor(pixel / width)) / height, number * 20];
    return places[i % 3]!;
  });
  const raw = { width, height, channels: 3 as const };
  return sharp(pixels, { raw }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Files in memory as a source; every read is noted. */
export function fileSource(
  files: readonly Uint8Array[],
  labels: readonly number[] = files.map(() => 0),
): ImageSource & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    name: 'files',
    length: files.length,
    classes: ['cat', 'dog'],
    labels: Int32Array.from(labels),
    locationOf: (index) => `place ${index}`,
    read: async (index) => {
      reads.push(index);
      return files[index]!;
    },
    close: async () => {},
    reads,
  };
}
