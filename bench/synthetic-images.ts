/** JPEG files of the sizes that ImageNet has, made of noise that is as hard to decode as photographs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import sharp from 'sharp';

/** Width and height in pixels of ImageNet's commonest images, the commonest more than once. */
const sizes = [
  [500, 375],
  [500, 375],
  [375, 500],
  [500, 333],
  [333, 500],
  [400, 300],
] as const;

/** Strength of noise by the length in pixels of its waves; natural images have about as much at every length. */
const waves = [
  [1, 10],
  [4, 25],
  [16, 30],
  [64, 40],
] as const;

/** Writes so many different files of about 100 kB and gives their paths. */
export async function writeImages(folder: string, count: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const write = async (index: number) => {
    const path = join(folder, `${index}.jpg`);
    await writeFile(path, await syntheticJpeg(index));
    return path;
  };
  return pMap(Array(count).keys(), write, { concurrency: 4 });
}

async function syntheticJpeg(index: number): Promise<Buffer> {
  const [width, height] = sizes[index % sizes.length]!;
  const sum = new Float32Array(width * height * 3).fill(120);
  for (const [wave, strength] of waves) {
    const field = await noise(Math.ceil(width / wave), Math.ceil(height / wave), [width, height]);
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + ((field[i]! - 128) / 64) * strength;
  }
  const pixels = Uint8ClampedArray.from(sum);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

function noise(
  width: number,
  height: number,
  [toWidth, toHeight]: readonly [number, number],
): Promise<Buffer> {
  const mean = { type: 'gaussian', mean: 128, sigma: 64 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'gray', noise: mean } })
    .resize({ width: toWidth, height: toHeight, fit: 'fill', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer();
}
