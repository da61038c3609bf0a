import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imageFolder, type LoadProgress, load, type SkippedImage } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'));
});
afterEach(() => rm(folder, { recursive: true }));

type Colour = readonly [red: number, green: number, blue: number];

/** An image from its pixels, row by row. */
function picture(rows: readonly (readonly Colour[])[]): Sharp {
  const raw = { width: rows[0]!.length, height: rows.length, channels: 3 as const };
  return sharp(Uint8Array.from(rows.flat(2)), { raw });
}

/** A 4x4 image of one colour. */
function plain(colour: Colour): Sharp {
  return picture(Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => colour)));
}

async function save(path: string, image: Sharp | string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof image === 'string' ? image : await image.toBuffer());
}

describe('imageFolder', () => {
  test('reads classes and files in the order of their names, whatever the format', async () => {
    await save('dog/b.JPG', plain([0, 0, 200]).jpeg());
    await save('dog/a.png', plain([0, 200, 0]).png());
    await save('cat/z.webp', plain([200, 0, 0]).webp({ lossless: true }));
    await save('cat/notes.txt', 'passed over');
    await save('.hidden/x.png', plain([1, 1, 1]).png());
    const dataset = await imageFolder(folder);
    expect(dataset.classes).toEqual(['cat', 'dog']);
    expect([...dataset.labels]).toEqual([0, 1, 1]);
    expect(dataset.shape).toEqual([4, 4, 3]);
    expect(dataset.skipped).toEqual([]);
    const pixels = await dataset.read([0, 1, 2]);
    expect([...pixels.subarray(0, 3)]).toEqual([200, 0, 0]);
    expect([...pixels.subarray(48, 51)]).toEqual([0, 200, 0]);
    expect(pixels[96 + 2]).toBeGreaterThan(190);
  });

  test('turns gray, CMYK, 16-bit and transparent images into three channels of colour', async () => {
    await save('a/gray.png', plain([120, 120, 120]).toColourspace('b-w').png());
    await save('a/print.jpg', plain([250, 250, 250]).toColourspace('cmyk').jpeg());
    await save('a/sixteen.png', plain([30, 60, 90]).toColourspace('rgb16').png());
    await save('a/transparent.png', plain([30, 60, 90]).ensureAlpha(0.25).png());
    const dataset = await imageFolder(folder);
    const [gray, print, sixteen, transparent] = await Promise.all(
      [0, 1, 2, 3].map(async (index) => [...(await dataset.read([index])).subarray(0, 3)]),
    );
    expect(gray).toEqual([120, 120, 120]);
    for (const value of print!) expect(value).toBeGreaterThan(235);
    expect(sixteen).toEqual([30, 60, 90]);
    expect(transparent).toEqual([30, 60, 90]);
  });

  test('gives one channel on request, gray images unchanged', async () => {
    await save('a/gray.png', plain([120, 120, 120]).toColourspace('b-w').png());
    await save('a/white.jpg', plain([255, 255, 255]).jpeg());
    const dataset = await imageFolder(folder, { channels: 1 });
    expect(dataset.shape).toEqual([4, 4, 1]);
    expect([...(await dataset.read([0]))]).toEqual(new Array(16).fill(120));
    expect([...(await dataset.read([1]))]).toEqual(new Array(16).fill(255));
  });

  test('turns a photograph the way its camera was held', async () => {
    const [red, blue]: Colour[] = [
      [255, 0, 0],
      [0, 0, 255],
    ];
    // Orientation 3: the picture was taken upside down.
    await save(
      'a/a.png',
      picture([[red!], [blue!]])
        .withMetadata({ orientation: 3 })
        .png(),
    );
    const dataset = await imageFolder(folder);
    expect([...(await dataset.read([0]))]).toEqual([...blue!, ...red!]);
  });

  test('scales to cover the size and cuts at the centre', async () => {
    const [red, green, blue]: Colour[] = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ];
    const wide = Array.from({ length: 8 }, () =>
      Array.from({ length: 24 }, (_, x) => (x < 8 ? red! : x < 16 ? green! : blue!)),
    );
    await save('a/wide.png', picture(wide).png());
    await save('a/plain.png', plain([10, 20, 30]).png());
    const dataset = await imageFolder(folder, { size: [8, 8] });
    expect(dataset.shape).toEqual([8, 8, 3]);
    expect([...(await dataset.read([0]))].slice(0, 3)).toEqual([10, 20, 30]);
    expect([...(await dataset.read([1]))]).toEqual(new Array(64).fill(green!).flat());
  });

  test('asks for a size when images differ in theirs', async () => {
    await save('a/1.png', plain([1, 2, 3]).png());
    await save('a/2.png', picture([[[1, 2, 3]]]).png());
    const attempt = imageFolder(folder);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(/\d\.png is \dx\d pixels, .*\d\.png is \dx\d; give a size/);
  });

  test('skips images that cannot be decoded, and says which and why', async () => {
    const whole = await plain([1, 2, 3]).jpeg().toBuffer();
    await save('a/1.jpg', 'no image at all');
    await save('a/2.png', plain([50, 60, 70]).png());
    await save('a/4.png', plain([80, 90, 100]).png());
    await writeFile(join(folder, 'a/3.jpg'), whole.subarray(0, whole.length - 200));
    const told: SkippedImage[] = [];
    const dataset = await imageFolder(folder, { onSkip: (image) => told.push(image) });
    expect(dataset.length).toBe(2);
    expect([...(await dataset.read([1])).subarray(0, 3)]).toEqual([80, 90, 100]);
    expect(dataset.skipped.map(({ path }) => path)).toEqual([
      join(folder, 'a/1.jpg'),
      join(folder, 'a/3.jpg'),
    ]);
    expect(dataset.skipped[0]!.reason).toMatch(/unsupported image format/);
    expect(new Set(told)).toEqual(new Set(dataset.skipped));
  });

  test('fails on such an image if strict, and if a class has no other', async () => {
    await save('a/1.png', plain([1, 2, 3]).png());
    await save('b/1.jpg', 'no image at all');
    const strict = imageFolder(folder, { strict: true });
    await expect(strict).rejects.toThrow(InputError);
    await expect(strict).rejects.toThrow(`Could not decode ${join(folder, 'b/1.jpg')}`);
    const lenient = imageFolder(folder);
    await expect(lenient).rejects.toThrow(InputError);
    await expect(lenient).rejects.toThrow('None of the images of class b could be decoded');
  });

  test('follows links to folders and files', async () => {
    await save('elsewhere/1.png', plain([1, 2, 3]).png());
    await mkdir(join(folder, 'set/b'), { recursive: true });
    await symlink(join(folder, 'elsewhere'), join(folder, 'set/a'));
    await symlink(join(folder, 'elsewhere/1.png'), join(folder, 'set/b/link.png'));
    expect([...(await imageFolder(join(folder, 'set'))).labels]).toEqual([0, 1]);
  });

  test('reports its progress', async () => {
    for (const name of ['1', '2', '3']) await save(`a/${name}.png`, plain([1, 2, 3]).png());
    const events: LoadProgress[] = [];
    await imageFolder(folder, { name: 'three', onProgress: (event) => events.push(event) });
    expect(events).toEqual([1, 2, 3].map((done) => ({ type: 'decode', dataset: 'three', done, total: 3 })));
  });

  test('names what is missing, empty or impossible', async () => {
    await expect(imageFolder(join(folder, 'none'))).rejects.toThrow(
      `There is no folder ${join(folder, 'none')}`,
    );
    await expect(imageFolder(folder)).rejects.toThrow(`${folder} has no class folders`);
    await save('a/1.png', plain([1, 2, 3]).png());
    await expect(imageFolder(join(folder, 'a/1.png'))).rejects.toThrow('Could not read the folder');
    await mkdir(join(folder, 'b'));
    await expect(imageFolder(folder)).rejects.toThrow(`The class folder ${join(folder, 'b')} has no JPEG`);
    await expect(imageFolder(folder, { size: [0, 4] })).rejects.toThrow('not [0, 4]');
  });
});

describe('load of a folder', () => {
  test('gives both parts, with the classes of the training part', async () => {
    await save('train/a/1.png', plain([1, 2, 3]).png());
    await save('train/b/1.png', plain([1, 2, 3]).png());
    await save('val/b/1.png', plain([1, 2, 3]).png());
    const { train, test: held } = await load(folder);
    expect(held.classes).toEqual(train.classes);
    expect([...held.labels]).toEqual([1]);
    expect(held.name).toMatch(/ test$/);
  });

  test('explains the layout it expects', async () => {
    await save('a/1.png', plain([1, 2, 3]).png());
    await expect(load(folder)).rejects.toThrow(InputError);
    await expect(load(folder)).rejects.toThrow(
      /looked for train\/CLASS\/FILE\.JPEG.*val\/CLASS\/FILE\.JPEG \(also validation or test\).*not split is read by imageFolder/,
    );
  });

  test('refuses a test class that was not trained on, and parts of different sizes', async () => {
    await save('train/a/1.png', plain([1, 2, 3]).png());
    await save('test/b/1.png', plain([1, 2, 3]).png());
    await expect(load(folder)).rejects.toThrow(
      `${join(folder, 'test/b')} is a class of its own; the classes are a`,
    );
    await rm(join(folder, 'test'), { recursive: true });
    await save('test/a/1.png', picture([[[1, 2, 3]]]).png());
    await expect(load(folder)).rejects.toThrow('are 4x4x3, the test images 1x1x3; give a size');
    expect((await load(folder, { size: [2, 2] })).test.shape).toEqual([2, 2, 3]);
  });

  test('lists the data sets for a name that is neither one nor a folder', async () => {
    await expect(load('minst')).rejects.toThrow(InputError);
    await expect(load('minst')).rejects.toThrow(
      'There is no data set or folder minst; choose mnist, cifar10, cifar100, imagenet, or give the path of a folder',
    );
  });
});
