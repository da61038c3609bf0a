import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { load, type SkippedImage } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';

const root = mkdtempSync(join(tmpdir(), 'dcl-lab-test-'));
const folder = join(root, 'imagenet');
const before = process.env.DCL_IMAGENET;

/** Images of several sizes, one colour a class; one of them is damaged. */
beforeAll(async () => {
  const save = async (path: string, width: number, colour: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const image = sharp({ create: { width, height: 40, channels: 3, background: colour } });
    await image.jpeg({ quality: 100 }).toFile(join(folder, path));
  };
  for (const i of [1, 2, 3]) {
    await save(`train/n1/${i}.JPEG`, 40 + 8 * i, '#ff0000');
    await save(`train/n2/${i}.JPEG`, 40 + 8 * i, '#0000ff');
  }
  await save('val/n1/1.JPEG', 60, '#ff0000');
  await save('val/n2/1.JPEG', 60, '#0000ff');
  await writeFile(join(folder, 'train/n2/2.JPEG'), 'no image');
});
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  if (before === undefined) delete process.env.DCL_IMAGENET;
  else process.env.DCL_IMAGENET = before;
});

test('ImageNet is where the environment says, or in the directory, and is streamed', async () => {
  process.env.DCL_IMAGENET = folder;
  const { train, test: held } = await load('imagenet', { size: [32, 32] });
  expect([train.name, train.shape, [...train.labels]]).toEqual([
    'imagenet train',
    [32, 32, 3],
    [0, 0, 0, 1, 1, 1],
  ]);
  expect([held.name, held.classes]).toEqual(['imagenet val', ['n1', 'n2']]);
  const [red, , blue] = await held.read([1]);
  expect(red).toBeLessThan(3);
  expect(blue).toBeGreaterThan(250);
  expect(train.readFile).toBeDefined();
  delete process.env.DCL_IMAGENET;
  expect((await load('imagenet', { directory: root })).train.shape).toEqual([224, 224, 3]);
});

test('says where it should be when it is not there', async () => {
  delete process.env.DCL_IMAGENET;
  await expect(load('imagenet', { directory: join(root, 'none') })).rejects.toThrow(
    `ImageNet is not in ${join(root, 'none', 'imagenet')}`,
  );
});

test('a folder is streamed where one asks for it or for some classes, and tells of what it skips', async () => {
  const skipped: SkippedImage[] = [];
  const onSkip = (image: SkippedImage) => skipped.push(image);
  const { train } = await load(folder, { stream: true, size: [32, 32], onSkip });
  expect(await train.read([4])).toEqual(await train.read([5]));
  expect(skipped.map(({ path }) => path)).toEqual([join(folder, 'train/n2/2.JPEG')]);
  await expect((await load(folder, { stream: true, strict: true })).train.read([4])).rejects.toThrow(
    InputError,
  );
  const few = await load(folder, { classes: ['n2'] });
  expect([few.train.classes, few.train.length, few.test.length]).toEqual([['n2'], 3, 1]);
  await expect(load(folder, { stream: true, size: [32, 16] })).rejects.toThrow('size is 32x16, give 32x32');
});

test('archives and shards are streamed without being asked', async () => {
  const shards = join(root, 'shards');
  mkdirSync(join(shards, 'parts'), { recursive: true });
  for (const part of ['train', 'val']) {
    for (const [label, colour] of ['#ff0000', '#0000ff'].entries()) {
      const image = sharp({ create: { width: 30, height: 40, channels: 3, background: colour } });
      await image.jpeg().toFile(join(shards, 'parts', `${part}${label}.jpg`));
      await writeFile(join(shards, 'parts', `${part}${label}.cls`), String(label));
    }
    const names = [0, 1].flatMap((label) => [`${part}${label}.jpg`, `${part}${label}.cls`]);
    await create({ file: join(shards, `${part}-0.tar`), cwd: join(shards, 'parts') }, names);
  }
  const { train, test: held } = await load(shards, { size: [16, 16] });
  expect([[...train.labels], held.shape]).toEqual([
    [0, 1],
    [16, 16, 3],
  ]);
});
