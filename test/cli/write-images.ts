import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** Two classes of noise, 24 images to train on and 8 to test with, 8 x 8. */
export async function writeImages(path: string): Promise<void> {
  for (const [split, count] of [
    ['train', 12],
    ['test', 4],
  ] as const) {
    for (const [c, name] of ['even', 'odd'].entries()) {
      const classFolder = join(path, split, name);
      await mkdir(classFolder, { recursive: true });
      for (let i = 0; i < count; i++) {
        const pixels = Buffer.from(
          Array.from({ length: 192 }, (_, p) => (p * 7919 * (i + 2) + c * 31) % 256),
        );
        await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
          .png()
          .toFile(join(classFolder, `${i}.png`));
      }
    }
  }
}
