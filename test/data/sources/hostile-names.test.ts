import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classFolderImages, type ImageSource, openImageNet } from '../../../src/data/index.js';
import { InputError } from '../../../src/errors.js';
import { save, tarOf } from './archives.js';
import { temporaryFolder } from './temporary-folder.js';

const inFolder = temporaryFolder();
const outside = 'secret.JPEG';

const climbing = fc.constantFrom(
  '../',
  '../../',
  '/',
  '//',
  './',
  'x/../../',
  'C:\\',
  '\\\\host\\share\\',
  '/etc/',
  '%2e%2e/',
  `${'../'.repeat(80)}`,
);
const stem = fc.oneof(
  fc.constantFrom(
    'secret',
    'passwd',
    '..',
    '.',
    '',
    'CON',
    '__proto__',
    'constructor',
    '\u202egpj',
    'a\nb',
    'a\0b',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const hostileName = (extension: string) =>
  fc
    .tuple(fc.array(climbing, { maxLength: 3 }), stem)
    .map(([steps, last]) => `${steps.join('')}${last}${extension}`);

/** Every file under the temporary folder, with its contents. */
async function everything(): Promise<[path: string, contents: string][]> {
  const found = await readdir(inFolder(), { withFileTypes: true, recursive: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => [path, await readFile(path, 'latin1')] as const),
  ) as never;
}

/** Reads all that an ImageNet folder gives; its images all say that they are from the archive. Gives their number. */
async function readAll(open: () => Promise<ImageSource>): Promise<number> {
  const before = await everything();
  let length = 0;
  try {
    const source = await open();
    length = source.length;
    for (const index of source.labels.keys()) {
      expect(Buffer.from(await source.read(index)).toString()).toMatch(/^archived/);
      expect(source.locationOf(index)).toContain(inFolder('data'));
    }
    await source.close();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  expect(await everything()).toEqual(before);
  return length;
}

test('names in the published archive are no paths', async () => {
  let images = 0;
  const files = fc.array(fc.tuple(hostileName('.JPEG'), fc.nat(9)), { minLength: 1, maxLength: 3 });
  const classes = fc.array(fc.tuple(hostileName('.tar'), files), { minLength: 1, maxLength: 3 });
  const property = fc.asyncProperty(classes, async (archives) => {
    const nested = archives.map(([name, inside]) => ({
      name,
      contents: tarOf(inside.map(([file, tag]) => ({ name: file, contents: `archived ${tag}` }))),
    }));
    await save(inFolder('data/ILSVRC2012_img_train.tar'), tarOf(nested));
    images += await readAll(async () => (await openImageNet(inFolder('data'))).train);
  });
  await save(inFolder(outside), 'secret');
  await fc.assert(property, { numRuns: 150 });
  expect(images).toBeGreaterThan(100);
});

test('names in shards are no paths', async () => {
  let images = 0;
  const property = fc.asyncProperty(
    fc.array(hostileName(''), { minLength: 1, maxLength: 4 }),
    async (keys) => {
      const entries = keys.flatMap((key) => [
        { name: `${key}.jpg`, contents: 'archived' },
        { name: `${key}.cls`, contents: '3' },
      ]);
      await save(inFolder('data/train-0.tar'), tarOf(entries));
      images += await readAll(async () => (await openImageNet(inFolder('data'))).train);
    },
  );
  await save(inFolder(outside), 'secret');
  await fc.assert(property, { numRuns: 150 });
  expect(images).toBeGreaterThan(100);
});

test('names of classes are no paths', async () => {
  await save(inFolder(outside), 'secret');
  await save(inFolder('away/1.JPEG'), 'secret');
  await save(inFolder('data/train/n1/1.JPEG'), 'archived');
  const property = fc.asyncProperty(hostileName(''), async (name) => {
    await readAll(async () => (await openImageNet(inFolder('data'), { classes: [name] })).train);
    await readAll(() =>
      classFolderImages(inFolder('data/train'), { name: 'train', classes: [name, '../../away', 'n1'] }),
    );
  });
  await fc.assert(property, { numRuns: 50 });
  await rm(inFolder('data/train/n1'), { recursive: true });
  await save(inFolder('data/train/__proto__/1.JPEG'), 'archived');
  const { train } = await openImageNet(inFolder('data'));
  expect(train.classes).toEqual(['__proto__']);
  expect([...train.labels]).toEqual([0]);
});
