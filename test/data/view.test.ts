import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropAndResize } from '../../src/data/crop.js';
import { type SimclrViewsOptions, simclrViews, toInput, viewShapes } from '../../src/data/index.js';
import { makeViews, type ViewJob } from '../../src/data/view.js';
import { expectClose, golden, goldenImage } from './golden-views.js';

const still: SimclrViewsOptions = {
  cropScale: [1, 1],
  cropRatio: [golden.shape[1] / golden.shape[0], golden.shape[1] / golden.shape[0]],
  flipProbability: 0,
  jitterProbability: 0,
  grayscaleProbability: 0,
};

/** Many views of the golden image, one a row. */
function views(options: SimclrViewsOptions, images = 500): Float32Array[] {
  const job: ViewJob = {
    pixels: Uint8Array.from(
      { length: images * golden.pixels.length },
      (_, i) => golden.pixels[i % golden.pixels.length]!,
    ),
    shape: golden.shape,
    indices: Int32Array.from({ length: images }, (_, i) => i),
    settings: simclrViews(options),
    seed: 5,
    epoch: 2,
  };
  const all = makeViews(job);
  const length = golden.pixels.length;
  return Array.from({ length: 2 * images }, (_, i) => all.subarray(i * length, (i + 1) * length));
}

function share(items: readonly Float32Array[], holds: (view: Float32Array) => boolean): number {
  return items.filter(holds).length / items.length;
}

describe('makeViews', () => {
  test('gives the image itself when nothing is random', () => {
    const whole = toInput(Uint8Array.from(golden.pixels));
    for (const view of views(still, 3)) expect(view).toEqual(whole);
  });

  test('gives every view values in [0, 1]', () => {
    for (const view of views({ strength: 2, hue: 0.5 })) {
      expect(view.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  test('gives no two views alike once every one is jittered', () => {
    const settings = { cropScale: [0.5, 1], jitterProbability: 1, grayscaleProbability: 0 } as const;
    const distinct = new Set(views(settings).map((view) => view.join()));
    expect(distinct.size).toBe(1000);
  });

  test('flips, jitters and grays as often as asked', () => {
    const image = goldenImage();
    const changed = (view: Float32Array) => view.some((value, i) => value !== image[i]);
    const gray = (view: Float32Array) => view.every((value, i) => value === view[i - (i % 3)]);
    expect(share(views({ ...still, flipProbability: 0.5 }), changed)).toBeCloseTo(0.5, 1);
    expect(share(views({ ...still, jitterProbability: 0.8 }), changed)).toBeCloseTo(0.8, 1);
    expect(share(views({ ...still, grayscaleProbability: 0.2 }), gray)).toBeCloseTo(0.2, 1);
  });

  test('draws brightness factors evenly from 1 - 0.4 to 1 + 0.4 at strength 0.5', () => {
    // The brightest pixel below one half is not clipped at 1.4 times its value.
    const image = goldenImage();
    const pixel = image.findIndex((value) => value > 0.4 && value < 0.5);
    const settings = { ...still, jitterProbability: 1, contrast: 0, saturation: 0, hue: 0 };
    const factors = views(settings).map((view) => view[pixel]! / image[pixel]!);
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.6 - 1e-6);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.4 + 1e-6);
    expect(factors.reduce((sum, factor) => sum + factor) / factors.length).toBeCloseTo(1, 1);
    expect(factors.filter((factor) => factor < 0.8).length / factors.length).toBeCloseTo(0.25, 1);
  });

  test('leaves a gray image gray, since a gray pixel has no hue', () => {
    const job: ViewJob = {
      pixels: Uint8Array.from({ length: 100 * 12 }, (_, i) => (Math.floor(i / 3) * 17) % 256),
      shape: [2, 2, 3],
      indices: Int32Array.from({ length: 100 }, (_, i) => i),
      settings: simclrViews({ hue: 0.5 }),
      seed: 0,
      epoch: 0,
    };
    const made = makeViews(job);
    for (let i = 0; i < made.length; i += 3)
      expectClose([made[i + 1]!, made[i + 2]!], [made[i]!, made[i]!], 1e-5);
  });

  test('makes views of one-channel images', () => {
    const job: ViewJob = {
      pixels: new Uint8Array(2 * 9).fill(102),
      shape: [3, 3, 1],
      indices: Int32Array.of(0, 1),
      settings: simclrViews({ jitterProbability: 1, contrast: 0, brightness: 0 }),
      seed: 0,
      epoch: 0,
    };
    expectClose(makeViews(job), new Float32Array(4 * 9).fill(0.4));
  });
});

describe('small crops', () => {
  const shape = [24, 32, 3] as const;
  /** Red tells the column and green the row, so that a crop tells where it was cut. */
  const place = Uint8Array.from({ length: 24 * 32 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % 32, Math.floor(pixel / 32), 7][i % 3]!;
  });
  const job = (options: SimclrViewsOptions, images = 2): ViewJob => ({
    pixels: Uint8Array.from({ length: images * place.length }, (_, i) => place[i % place.length]!),
    shape,
    indices: Int32Array.from({ length: images }, (_, i) => i),
    settings: simclrViews(options),
    seed: 3,
    epoch: 1,
  });
  const colourless = { jitterProbability: 0, grayscaleProbability: 0 } as const;

  test('come after the two views, which stay as they are without them', () => {
    const smallCrops = { count: 3, size: 8, scale: [0.1, 0.2] } as const;
    const [without, both] = [makeViews(job({})), makeViews(job({ smallCrops }))];
    expect(viewShapes(shape, job({ smallCrops }).settings)).toEqual([
      shape,
      shape,
      ...Array(3).fill([8, 8, 3]),
    ]);
    expect(both.length).toBe(without.length + 2 * 3 * 8 * 8 * 3);
    expect(both.subarray(0, without.length)).toEqual(without);
    const crops = Array.from({ length: 6 }, (_, i) => both.slice(without.length + i * 192).slice(0, 192));
    expect(new Set(crops.map((crop) => crop.join())).size).toBe(6);
    expect(both.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('show about the asked share of the image', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.05, max: 0.2, noNaN: true }), (seed, least) => {
        const scale = [least, least + 0.1] as const;
        const smallCrops = { count: 1, size: 20, scale };
        const settings = { ...colourless, flipProbability: 0, smallCrops };
        const crop = makeViews({ ...job(settings, 1), seed }).subarray(2 * place.length);
        // No box is larger than the 20 pixels that come out, so that the first and the last are the box's own.
        const side = (channel: number) => Math.round(255 * (crop.at(channel - 3)! - crop[channel]!)) + 1;
        const share = (side(0) * side(1)) / (24 * 32);
        expect(share).toBeGreaterThan(scale[0] * 0.8);
        expect(share).toBeLessThan(scale[1] * 1.2);
      }),
    );
  });

  test('are the whole image in their size when nothing is random', () => {
    const smallCrops = { count: 1, size: 6, scale: [1, 1] } as const;
    const still = { ...colourless, flipProbability: 0, cropRatio: [32 / 24, 32 / 24], smallCrops } as const;
    const expected = new Float32Array(6 * 6 * 3);
    cropAndResize(place, shape, { top: 0, left: 0, height: 24, width: 32 }, false, [6, 6], expected);
    expect(makeViews(job(still, 1)).subarray(2 * place.length)).toEqual(expected);
  });

  test('are flipped, jittered and grayed as often as the views', () => {
    const smallCrops = { count: 1000, size: 20, scale: [0.2, 0.3] } as const;
    const made = (options: SimclrViewsOptions) => {
      const all = makeViews(job({ ...colourless, flipProbability: 0, ...options, smallCrops }, 1));
      const crops = all.subarray(2 * place.length);
      return Array.from({ length: 1000 }, (_, i) => crops.subarray(i * 1200, (i + 1) * 1200));
    };
    const flipped = (crop: Float32Array) => crop[0]! > crop.at(-3)!;
    const gray = (crop: Float32Array) => crop[0] === crop[1] && crop[1] === crop[2];
    const blue = (crop: Float32Array) => Math.abs(crop[2]! - 7 / 255) > 1e-6;
    expect(share(made({ flipProbability: 0.5 }), flipped)).toBeCloseTo(0.5, 1);
    expect(share(made({ grayscaleProbability: 0.3 }), gray)).toBeCloseTo(0.3, 1);
    expect(share(made({ jitterProbability: 0.6 }), blue)).toBeCloseTo(0.6, 1);
  });
});
