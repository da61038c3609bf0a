import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeFile, reasonOf } from '../../src/data/decode-image.js';

/** 8 x 4 pixels, the left half of one colour and the right half of another. */
function halves(left: readonly number[], right: readonly number[]): Sharp {
  const pixels = Uint8Array.from({ length: 96 }, (_, i) => (i % 24 < 12 ? left : right)[i % 3]!);
  return sharp(pixels, { raw: { width: 8, height: 4, channels: 3 } });
}

const first = async (image: Sharp, channels: 1 | 3 = 3) => {
  const { pixels, size } = await decodeFile(await image.toBuffer(), channels);
  return { pixel: [...pixels.subarray(0, channels)], size };
};

describe('decodeFile', () => {
  const plain = () => halves([30, 60, 90], [30, 60, 90]);

  test('turns gray, 16-bit and transparent images into three channels, and colours into one', async () => {
    expect((await first(halves([120, 120, 120], [0, 0, 0]).toColourspace('b-w').png())).pixel).toEqual([
      120, 120, 120,
    ]);
    expect((await first(plain().toColourspace('rgb16').png())).pixel).toEqual([30, 60, 90]);
    expect((await first(plain().ensureAlpha(0.25).png())).pixel).toEqual([30, 60, 90]);
    expect((await first(plain().ensureAlpha(0.25).webp({ lossless: true, exact: true }))).pixel).toEqual([
      30, 60, 90,
    ]);
    const [gray] = (await first(plain().png(), 1)).pixel;
    expect(gray).toBeGreaterThan(30);
    expect(gray).toBeLessThan(90);
  });

  test('converts CMYK', async () => {
    const { pixel } = await first(halves([250, 250, 250], [250, 250, 250]).toColourspace('cmyk').jpeg());
    for (const value of pixel) expect(value).toBeGreaterThan(235);
  });

  test('turns a photograph the way its camera was held', async () => {
    // Orientation 6: turned by 90 degrees, so that the left half is at the top.
    const { size, pixel } = await first(
      halves([200, 0, 0], [0, 0, 200]).withMetadata({ orientation: 6 }).png(),
    );
    expect(size).toEqual([8, 4]);
    expect(pixel).toEqual([200, 0, 0]);
  });

  test('leaves pixels as they are whatever their colour profile', async () => {
    const wide = await plain().withIccProfile('p3', { attach: true }).png().toBuffer();
    const { data } = await sharp(wide, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).not.toEqual([30, 60, 90]);
    expect([...(await decodeFile(wide, 3)).pixels.subarray(0, 3)]).toEqual([...data.subarray(0, 3)]);
  });

  test('refuses a JPEG that ends early, and reads on where libjpeg only warns', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const create = { width: 64, height: 64, channels: 3 as const, background: 'gray', noise };
    const file = await sharp({ create }).jpeg().toBuffer();
    await expect(decodeFile(file.subarray(0, file.length - 100), 3)).rejects.toThrow(/premature end/i);
    const flawed = Buffer.from(file);
    flawed.set([0xff, 0xd3], Math.floor(file.length / 2));
    expect((await decodeFile(flawed, 3)).size).toEqual([64, 64]);
    await expect(sharp(flawed).raw().toBuffer()).rejects.toThrow(/corrupt/i);
  });

  test('gives a reason in one line', () => {
    expect(reasonOf(new Error('one\ntwo\n'))).toBe('one; two');
  });
});
